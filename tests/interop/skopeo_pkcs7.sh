#!/bin/bash
# PKCS7 from imgcrypt to skopeo and back: one certificate and several, over gzip, zstd and tar layers on two platforms. The
# certificate is given as a key, as skopeo wants it; imgcrypt also takes it as a recipient, and needs none.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

names=(alice bob carol)

# imgcrypt_decrypt_as_recipient FROM TO NAME
imgcrypt_decrypt_as_recipient() {
  imgcrypt decrypt "oci:$TMP/$1:t" "oci:$TMP/$2:t" -k "$TMP/$3.pem" --dec-recipient "pkcs7:$TMP/$3.cert.pem"
}

# imgcrypt_decrypt_by_key FROM TO NAME
imgcrypt_decrypt_by_key() {
  imgcrypt decrypt "oci:$TMP/$1:t" "oci:$TMP/$2:t" -k "$TMP/$3.pem"
}

# A party has alice's key and issuer, but another certificate: the key opens the image only without a certificate.
add_renewed_certificate() {
  cp "$TMP/alice.pem" "$TMP/renewed.pem"
  openssl req -x509 -new -key "$TMP/renewed.pem" -subj /CN=alice -days 2 -out "$TMP/renewed.cert.pem"
  keys_of[renewed]=$TMP/renewed.pem$'\n'$TMP/renewed.cert.pem
}

check_both_ways() {
  local reader
  check_encryption stranger imgcrypt_encrypt skopeo_decrypt "$@"
  for reader in imgcrypt_decrypt imgcrypt_decrypt_as_recipient imgcrypt_decrypt_by_key; do
    check_encryption stranger skopeo_encrypt "$reader" "$@"
  done
}

a_renewed_certificate_opens_nothing() {
  skopeo_encrypt plain secret alice bob
  expect_refused skopeo_encrypt imgcrypt_decrypt renewed
  expect_refused skopeo_encrypt imgcrypt_decrypt_as_recipient renewed
  expect_exit 6 imgcrypt_decrypt secret back renewed
  expect_opened_alone skopeo_encrypt imgcrypt_decrypt_by_key renewed
  rm -rf "$TMP/secret"
}

inspect_names_each_recipient() {
  local name
  skopeo_encrypt plain secret "${names[@]}"
  expect_exit 0 imgcrypt inspect "oci:$TMP/secret:t"
  for name in "${names[@]}"; do
    expect_contains "$stdout" "CN=$name"
    expect_contains "${stdout,,}" "$(serial_of "$name")"
  done
  rm -rf "$TMP/secret"
}

# serial_of NAME: of the certificate, in lower case
serial_of() {
  local serial
  serial=$(openssl x509 -in "$TMP/$1.cert.pem" -noout -serial)
  serial=${serial#serial=}
  echo "${serial,,}"
}

require_commands "$SKOPEO" openssl jq zstd
for name in "${names[@]}" stranger; do
  add_pkcs7 "$name"
done
add_renewed_certificate

for compression in gzip zstd tar; do
  make_plain_image "$compression"
  check_both_ways alice
  check_both_ways "${names[@]}"
  check_encryption stranger imgcrypt_encrypt imgcrypt_decrypt "${names[@]}"
done
a_renewed_certificate_opens_nothing
inspect_names_each_recipient
