#!/bin/bash
# An unpack that must fail is never taken for one that succeeded; each says why, and none leaves anything behind.
# FAILING_UNPACKS: how many of each of the five kinds (10).
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

rounds=${FAILING_UNPACKS:-10}

# expect_refusals LAYOUT REASON: containerd refuses the image each time, for a reason that matches the expression.
expect_refusals() {
  local round
  for ((round = 1; round <= rounds; round++)); do
    expect_exit 1 import_image "$1" t test.local/failing
    expect_matches "$stderr" "$2"
    expect_half_unpacked
    expect_nothing_left
    remove_images test.local/failing:t
  done
  echo "$rounds refused: $2"
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

require_root
require_commands containerd ctr runc zstd jq openssl
mkdir "$TMP/spool"
make_keys "$TMP/right" rsa
make_keys "$TMP/wrong" rsa
make_image "$TMP/plain" t --layers 3 --compression gzip,zstd,tar --layer-size 200000 >/dev/null
encrypt "$TMP/plain" t "$TMP/right" >/dev/null
damaged_copy tampered flip
damaged_copy truncated truncate
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"

use_keys "$TMP/wrong"
expect_refusals "$TMP/encrypted" "wrong\.pem"
use_keys "$TMP/right"
expect_refusals "$TMP/tampered" "layer authentication failed"
expect_refusals "$TMP/truncated" "layer authentication failed"
use_keys
expect_refusals "$TMP/encrypted" "no keys: .*$TMP/keys"
rmdir "$TMP/keys"
expect_refusals "$TMP/encrypted" "no keys: .*$TMP/keys does not exist"

use_keys "$TMP/right"
import_image "$TMP/encrypted" t test.local/right
