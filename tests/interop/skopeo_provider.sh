#!/bin/bash
# keyprovider-sodium as skopeo's key provider, from imgcrypt to skopeo and back, and with other schemes on the same layer.
# skopeo of Debian 12 uses an ocicrypt that does not support key providers: SKOPEO must name one with ocicrypt 1.1 or newer,
# or the test is reported as skipped.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

skipped=77
sodium=$(cd "$(dirname "$IMGCRYPT")/.." && pwd)/libexec/imgcrypt/keyprovider-sodium

knows_providers() {
  grep -qaF OCICRYPT_KEYPROVIDER_CONFIG "$(command -v "$1")"
}

# Only skopeo reads this: imgcrypt finds the program by itself. Both this and its reading of the same file are tested.
configure_sodium() {
  jq -n --arg path "$sodium" --args '{"key-providers": {sodium: {cmd: {path: $path, args: $ARGS.positional}}}}' -- "$@" \
    >"$TMP/providers.json"
}

with_providers() {
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/providers.json "$@"
}

skopeo_encrypt_with_providers() {
  with_providers skopeo_encrypt "$@"
}

skopeo_decrypt_with_providers() {
  with_providers skopeo_decrypt "$@"
}

imgcrypt_decrypt_as_configured() {
  with_providers imgcrypt_decrypt "$@"
}

# The provider has its own key, named in its arguments: no user names it.
a_node_key_opens_it() {
  configure_sodium --key "$TMP/one"
  imgcrypt_encrypt plain secret one two >/dev/null
  keys_of[node]=provider:sodium
  expect_opened_alone imgcrypt_encrypt skopeo_decrypt_with_providers node
  expect_opened_alone imgcrypt_encrypt imgcrypt_decrypt_as_configured node
  configure_sodium
  expect_refused imgcrypt_encrypt skopeo_decrypt_with_providers node
  rm -rf "$TMP/secret"
}

require_commands "$SKOPEO" openssl jq zstd
if ! knows_providers "$SKOPEO"; then
  echo "SKIPPED: $("$SKOPEO" --version) knows no key providers; let SKOPEO name a newer one"
  exit "$skipped"
fi
add_sodium one
add_sodium two
add_sodium stranger
add_jwe curve P-256
add_pkcs7 alice
configure_sodium

for compression in gzip zstd tar; do
  make_plain_image "$compression"
  check_encryption stranger imgcrypt_encrypt skopeo_decrypt_with_providers one
  check_encryption stranger skopeo_encrypt_with_providers imgcrypt_decrypt one
  check_encryption stranger imgcrypt_encrypt skopeo_decrypt_with_providers one curve alice two
  check_encryption stranger skopeo_encrypt_with_providers imgcrypt_decrypt one curve alice two
  check_encryption stranger skopeo_encrypt_with_providers imgcrypt_decrypt_as_configured one curve alice two
done
a_node_key_opens_it
