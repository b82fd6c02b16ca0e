#!/bin/bash
# Several schemes on one layer. imgcrypt wraps for a JWE key, a certificate and a key provider, and a skopeo that
# does not support providers opens it with either of the other two. imgcrypt opens with each key what skopeo writes for two.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

imgcrypt_encrypt_also_for_sodium() {
  imgcrypt_encrypt "$@" sodium
}

require_commands "$SKOPEO" openssl jq zstd
add_jwe curve P-256
add_jwe rsa rsa
add_pkcs7 alice
add_pkcs7 bob
add_sodium sodium
add_jwe stranger rsa

for compression in gzip zstd tar; do
  make_plain_image "$compression"
  check_encryption stranger imgcrypt_encrypt_also_for_sodium skopeo_decrypt curve alice rsa bob
  check_encryption stranger imgcrypt_encrypt imgcrypt_decrypt curve alice rsa bob sodium
  check_encryption stranger skopeo_encrypt imgcrypt_decrypt curve alice rsa bob
done
