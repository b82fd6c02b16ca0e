#!/bin/bash
# containerd is killed while layers are being decoded: the decoders end, nothing stays in the spool, and when containerd
# starts again, no half-made snapshot is taken for a whole one.
# KILLED_CONTAINERDS: how many times (5)
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

rounds=${KILLED_CONTAINERDS:-5}
message="unpacked after all"
layers=6
interrupted=0

# expect_whole_image: the import can be run again, and what runs then is the image.
expect_whole_image() {
  import_image "$TMP/encrypted" t test.local/killed >/dev/null
  expect_equal "$(run_image test.local/killed:t)" "$(printed_by "$message" "$layers")" "what the container printed"
  remove_images test.local/killed:t
}

# kill_containerd_after MILLISECONDS: from the moment at which the import begins
kill_containerd_after() {
  local import
  import_image "$TMP/encrypted" t test.local/killed >"$TMP/import.log" 2>&1 &
  import=$!
  sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
  kill -KILL "$containerd_pid"
  wait "$import" || ((interrupted += 1))
}

require_root
require_commands containerd ctr runc zstd jq openssl
mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
make_image "$TMP/plain" t --layers "$layers" --compression gzip,zstd,tar --layer-size $((8 << 20)) --message "$message" >/dev/null
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
use_keys "$TMP/key"
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"
for ((round = 0; round < rounds; round++)); do
  kill_containerd_after $((100 + RANDOM % 900))
  expect_nothing_left
  launch_containerd
  expect_whole_image
done
((interrupted > 0)) || fail "every import was faster than its kill"
echo "$interrupted of $rounds imports were interrupted, none lost or half taken"
