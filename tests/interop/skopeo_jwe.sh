#!/bin/bash
# What imgcrypt encrypts, skopeo decrypts, and the other way round: each kind of key over gzip, zstd and tar layers on two
# platforms. Layers are compared with the originals byte for byte.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

kinds=(rsa P-256 P-384 P-521)

require_commands "$SKOPEO" openssl jq zstd
for kind in "${kinds[@]}"; do
  add_jwe "$kind" "$kind"
done
add_jwe stranger rsa

for compression in gzip zstd tar; do
  make_plain_image "$compression"
  for kind in "${kinds[@]}"; do
    check_encryption stranger imgcrypt_encrypt skopeo_decrypt "$kind"
    check_encryption stranger skopeo_encrypt imgcrypt_decrypt "$kind"
  done
  check_encryption stranger imgcrypt_encrypt skopeo_decrypt "${kinds[@]}"
  check_encryption stranger skopeo_encrypt imgcrypt_decrypt "${kinds[@]}"
  check_encryption stranger imgcrypt_encrypt imgcrypt_decrypt "${kinds[@]}"
done
