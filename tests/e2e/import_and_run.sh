#!/bin/bash
# containerd imports encrypted images, several at once, unpacks their layers through the decoder without a payload, and
# runc runs them.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

kinds=(rsa P-256 P-384 P-521)

message_of() {
  echo "encrypted for $1, unpacked by the decoder"
}

# make_encrypted_image SEED KIND: the layout $TMP/KIND for a key of this kind; it shares no layers with another image
make_encrypted_image() {
  make_keys "$TMP/$2" "$2"
  make_image "$TMP/plain" t --layers 8 --compression gzip,zstd,tar --platforms linux/amd64,linux/arm64 --attestation \
    --layer-size 300000 --seed "$1" --message "$(message_of "$2")" >/dev/null
  encrypt "$TMP/plain" t "$TMP/$2" >/dev/null
  rm -rf "$TMP/plain"
  mv "$TMP/encrypted" "$TMP/$2"
}

import_all_at_once() {
  local kind import imports=()
  for kind in "${kinds[@]}"; do
    import_image "$TMP/$kind" t "test.local/$kind" &
    imports+=("$!")
  done
  for import in "${imports[@]}"; do
    wait "$import" || fail "an import failed"
  done
}

require_root
require_commands containerd ctr runc zstd jq openssl
mkdir "$TMP/spool"
for seed in "${!kinds[@]}"; do
  make_encrypted_image "$seed" "${kinds[seed]}"
done
use_keys "${kinds[@]/#/$TMP/}"
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"
import_all_at_once
expect_nothing_left
for kind in "${kinds[@]}"; do
  expect_equal "$(run_image "test.local/$kind:t")" "$(printed_by "$(message_of "$kind")" 8)" "what the container printed"
done
