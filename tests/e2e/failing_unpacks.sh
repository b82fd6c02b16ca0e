#!/bin/bash
# An unpack that must fail is never taken for one that succeeded; each says why, and none leaves anything behind.
# FAILING_UNPACKS: how many of each of the eleven kinds (5). For a soak: FAILING_UNPACKS=100 tests/e2e/failing_unpacks.sh
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/shell/memory_group.sh
source "$support_shell/memory_group.sh"
# shellcheck source=../support/providers/config.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/providers/config.sh"

rounds=${FAILING_UNPACKS:-5}
refused=0
# What containerd says of a decoder that was killed: of the layer's cut end, if that was noticed first.
killed="killed before the layer was done|unexpected EOF"

# expect_refusal LAYOUT REASON: containerd refuses the image, for a reason that matches the expression.
expect_refusal() {
  expect_exit 1 import_image "$1" t test.local/failing
  expect_refused "$2"
}

# expect_refused REASON: what remains of a refused import
expect_refused() {
  expect_matches "$(<"$TMP/stderr")" "$1"
  expect_half_unpacked
  expect_nothing_left
  remove_images test.local/failing:t
  ((refused += 1))
}

# expect_half_unpacked: the layers below may exist, but not the failing one, nor an unfinished one.
expect_half_unpacked() {
  local snapshots
  snapshots=$(ctr_here snapshots ls)
  [[ $snapshots != *Active* ]] || fail "left unfinished: $snapshots"
  (($(grep -c Committed <<<"$snapshots") < 2)) || fail "unpacked after all: $snapshots"
}

# damaged_copy NAME HOW: the encrypted layout with a bit of its second layer flipped, or the layer truncated
damaged_copy() {
  cp -r "$TMP/encrypted" "$TMP/$1"
  python3 "$support_dir/damage_layer.py" "$TMP/$1" t 1 "$2"
}

# start_decoder_by COMMAND...: containerd starts the decoder through this command; without one, directly.
start_decoder_by() {
  local program=$containerd_dir/bin/ctd-decoder
  printf '#!/bin/bash\nexec %s "$@"\n' "${*@Q} ${CTD_DECODER@Q}" >"$program.new"
  chmod 755 "$program.new"
  mv "$program.new" "$program"
}

wrong_key() {
  use_keys "$TMP/wrong"
  expect_refusal "$TMP/small" "wrong\.pem"
}

no_key() {
  use_keys
  expect_refusal "$TMP/small" "no keys: .*$TMP/keys"
}

no_directory_of_keys() {
  rm -rf "$TMP/keys"
  expect_refusal "$TMP/small" "no keys: .*$TMP/keys does not exist"
}

tampered() {
  expect_refusal "$TMP/tampered" "layer authentication failed"
}

truncated() {
  expect_refusal "$TMP/truncated" "layer authentication failed"
}

provider_dies() {
  configure_hostile dies SEGV
  expect_refusal "$TMP/provided" "killed by signal 11"
}

# Killed at another moment each time, from the one at which it has started the child that keeps stdout open: a program
# that is killed before it has done anything looks to containerd like one that had nothing to write.
decoder_is_killed() {
  local attempt import
  for ((attempt = 0; attempt < 20; attempt++)); do
    import_image "$TMP/large" t test.local/failing >"$TMP/stdout" 2>"$TMP/stderr" &
    import=$!
    if kill_decoder_after "$((RANDOM % 120))"; then
      ! wait "$import" || fail "accepted although the decoder was killed"
      [[ $(<"$TMP/stderr") != *[dD]iff*[iI][dD]* ]] || fail "only the diff_id showed that the decoder was killed"
      expect_refused "$killed"
      return
    fi
    wait "$import" || fail "refused although the decoder was not killed: $(cat "$TMP/stderr")"
    remove_images test.local/failing:t
  done
  fail "the decoder ended too early, $attempt times"
}

# kill_decoder_after MILLISECONDS: false if it, or the import, had already ended. It is stopped first, to be sure.
kill_decoder_after() {
  wait_for 60 decoder_appears_or_import_ends || fail "containerd started no decoder"
  [[ -n $decoder ]] || return 1
  wait_for 5 decoder_has_begun || return 1
  sleep "$(printf '0.%03d' "$1")"
  kill -STOP "$decoder" 2>/dev/null || return 1
  wait_for 1 is_stopped "$decoder" || return 1
  kill -KILL "$decoder"
}

decoder_appears_or_import_ends() {
  decoder=$(pgrep -P "$containerd_pid" -f "ctd-decoder .*$TMP/keys" | head -n1)
  [[ -n $decoder ]] || process_is_gone "$import"
}

decoder_has_begun() {
  pgrep -P "$decoder" >/dev/null
}

is_stopped() {
  [[ $(ps -o stat= -p "$1") == T* ]]
}

no_memory() {
  # shellcheck disable=SC2016 # the other shell expands it
  start_decoder_by bash -c 'echo $$ >'"$memory_group"'/cgroup.procs && exec "$0" "$@"'
  expect_refusal "$TMP/large" "$killed"
}

# Nobody can hold the output until the status is known, so containerd may only see that the content is not there.
no_processes() {
  start_decoder_by python3 "$support_dir/start_spoiled.py" --no-processes
  expect_refusal "$TMP/small" "allow more processes|wrong diff id calculated"
}

no_descriptors() {
  start_decoder_by python3 "$support_dir/start_spoiled.py" --files 6
  expect_refusal "$TMP/small" "allow more open files"
}

# The layer's content does not fit into the snapshots' file system.
no_room() {
  mount -t tmpfs -o size=8m none "$containerd_dir/root/io.containerd.snapshotter.v1.$snapshotter/snapshots"
  expect_refusal "$TMP/large" "no space left on device"
  umount "$containerd_dir/root/io.containerd.snapshotter.v1.$snapshotter/snapshots"
}

kinds=(wrong_key no_key no_directory_of_keys tampered truncated provider_dies decoder_is_killed no_memory no_processes
  no_descriptors no_room)

# Each kind in turn, so that what one leaves behind would disturb another.
refuse_each_kind() {
  local kind
  for kind in "${kinds[@]}"; do
    use_keys "$TMP/right"
    start_decoder_by
    "$kind"
  done
}

require_root
require_commands containerd ctr runc zstd jq openssl pgrep
mkdir "$TMP/spool"
make_keys "$TMP/right" rsa
make_keys "$TMP/wrong" rsa
make_image "$TMP/plain" t --layers 3 --compression gzip,zstd,tar --layer-size 200000 >/dev/null
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/provided:t" -r provider:demo >/dev/null 2>&1
encrypt "$TMP/plain" t "$TMP/right" >/dev/null
damaged_copy tampered flip
damaged_copy truncated truncate
mv "$TMP/encrypted" "$TMP/small"
make_image "$TMP/hundred" t --layers 1 --compression tar --layer-size $((100 << 20)) >/dev/null
encrypt "$TMP/hundred" t "$TMP/right" >/dev/null
mv "$TMP/encrypted" "$TMP/large"
make_memory_group 6
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"

for ((round = 1; round <= rounds; round++)); do
  refuse_each_kind
done
echo "$refused of $((rounds * ${#kinds[@]})) refused"

use_keys "$TMP/right"
start_decoder_by
import_image "$TMP/small" t test.local/right >/dev/null
