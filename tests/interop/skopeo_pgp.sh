#!/bin/bash
# OpenPGP from imgcrypt to skopeo and back, over gzip, zstd and tar layers on two platforms, for one RSA key and for several.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

require_commands "$SKOPEO" gpg gpgconf jq zstd
use_own_keyring
for name in alice bob stranger; do
  add_pgp "$name"
done

for compression in gzip zstd tar; do
  make_plain_image "$compression"
  check_encryption stranger imgcrypt_encrypt skopeo_decrypt alice bob
  check_encryption stranger skopeo_encrypt imgcrypt_decrypt alice bob
  check_encryption stranger imgcrypt_encrypt imgcrypt_decrypt alice
done
