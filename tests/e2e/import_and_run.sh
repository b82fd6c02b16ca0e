#!/bin/bash
# containerd imports an encrypted image, unpacks its layers through the decoder, several at once and without a payload,
# and runc runs it.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

# check KIND: for a recipient's key of this kind
check() {
  local name="test.local/$1"
  make_keys "$TMP/$1" "$1"
  encrypt "$TMP/plain" t "$TMP/$1" >/dev/null
  use_keys "$TMP/$1"
  import_image "$TMP/encrypted" t "$name"
  expect_equal "$(run_image "$name:t")" "$(printed_by "$message" 8)" "what the container printed"
  remove_images "$name:t"
  expect_nothing_left
  rm -rf "$TMP/encrypted"
}

require_root
require_commands containerd ctr runc zstd jq openssl
message="unpacked by the decoder"
mkdir "$TMP/spool"
make_image "$TMP/plain" t --layers 8 --compression gzip,zstd,tar --platforms linux/amd64,linux/arm64 --attestation \
  --layer-size 300000 --message "$message" >/dev/null
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"
for kind in rsa P-256 P-521; do
  check "$kind"
done
