#!/bin/bash
# imgcrypt key show says what is in a file, for people and for programs, and the use that it recommends works.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

vectors=$cli_dir/../vectors
# Copies, because a checkout lets others read its files, and that is warned of.
keys=$TMP/keys
cp -R "$vectors/keys" "$keys"

# expect_shown KEY LINE...
expect_shown() {
  local line
  expect_exit 0 imgcrypt key show "$1"
  expect_equal "$stderr" "" "stderr"
  for line in "${@:2}"; do
    expect_matches "$stdout" "$line"
  done
}

files_are_shown() {
  expect_shown "$keys/rsa.pem" "^private key" "form +PKCS#8 in PEM" "key +RSA, 2048 bits" \
    "fingerprint +GaTh-csFfrC4Tw6RZ91zZWSuO3JIUXn6l1pWPZf94p8" "use +opens jwe, pkcs7 and pkcs11 layers: -k $keys/rsa.pem"
  expect_shown "$keys/p521.pub.pem" "^public key" "key +EC, P-521" "use +encrypts: -r jwe:$keys/p521.pub.pem"
  expect_shown "$keys/rsa256.pub.jwk" "key id +mykid" "algorithm +RSA-OAEP-256"
  expect_shown "$keys/p256direct.pub.jwk" "use +none: .*\"ECDH-ES\" is not supported"
  expect_shown "$keys/certfirst.pem" "certificate" "subject +CN=ocicrypt test 1,O=Throwaway,C=DE" "serial +1001" \
    "valid +2026-" "use +encrypts: -r pkcs7:$keys/certfirst.pem" "private key"
  expect_shown "$vectors/pkcs7/certec.pem" "use +none: only RSA certificates"
}

keys_whose_halves_differ_are_refused() {
  local name command
  for name in p256 other; do
    [[ -e $keys/$name.pem ]] || openssl ecparam -name prime256v1 -genkey -noout -out "$keys/$name.pem"
    openssl ec -in "$keys/$name.pem" -outform DER -out "$TMP/$name.der" 2>"$TMP/err"
  done
  # The public point comes last.
  (umask 077 && { head -c -65 "$TMP/p256.der" && tail -c 65 "$TMP/other.der"; } >"$TMP/mixed.der")
  for command in "key show" "key public" "decrypt oci:$TMP/plain:t oci:$TMP/out:t -k"; do
    # shellcheck disable=SC2086 # words of a command
    expect_exit 3 imgcrypt $command "$TMP/mixed.der"
    expect_contains "$stderr" "its private half does not belong to its public half"
  done
}

locked_keys_say_so() {
  local locked=$keys/rsa-pk8enc.pem
  expect_shown "$locked" "^private key, locked by a passphrase" "form +PKCS#8, encrypted, in PEM" "$locked:prompt"
  [[ $stdout != *fingerprint* ]] || fail "the fingerprint of a locked key: $stdout"
  expect_shown "$locked:env=PASSPHRASE_OF_TEST" "^private key" "use +opens jwe, pkcs7 and pkcs11 layers: -k $locked:prompt" "GaTh-csFfrC4Tw6RZ91zZWSuO3JIUXn6l1pWPZf94p8"
  [[ $stdout != *$'\n'"private key, locked"* ]] || fail "locked with its passphrase: $stdout"
  expect_exit 3 imgcrypt key show "$locked:pass=other"
  expect_contains "$stderr" "wrong passphrase"
}

others_are_named() {
  expect_exit 3 imgcrypt key show "$TMP/absent.pem"
  expect_contains "$stderr" "no such file"
  # The same key is refused with the same exit status everywhere.
  expect_exit 3 imgcrypt key show "$keys/rsa1024.pem"
  expect_contains "$stderr" "key $keys/rsa1024.pem: an RSA key of 1024 bits is too short (2048 to 16384)"
  openssl pkey -in "$keys/rsa1024.pem" -pubout -out "$TMP/short.pub.pem"
  expect_exit 3 imgcrypt key public "$keys/rsa1024.pem"
  expect_exit 3 imgcrypt decrypt "oci:$TMP/plain:t" "oci:$TMP/none:t" -k "$keys/rsa1024.pem"
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/none:t" -r "jwe:$TMP/short.pub.pem"
  expect_exit 3 imgcrypt recipients remove "oci:$TMP/plain:t" -r "jwe:$TMP/short.pub.pem"
}

ciphers_that_openssl_leaves_out_are_told() {
  local form
  openssl pkcs8 -topk8 -in "$keys/rsa.pem" -v1 PBE-SHA1-RC4-128 -provider default -provider legacy -passout pass:1234 \
    -out "$TMP/rc4.pem"
  # This is what the hint says.
  openssl pkey -provider default -provider legacy -in "$TMP/rc4.pem" -passin pass:1234 -aes256 -passout pass:1234 \
    -out "$TMP/aes.pem"
  openssl pkcs8 -topk8 -in "$keys/rsa.pem" -v1 PBE-MD5-DES -provider default -provider legacy -passout pass:1234 \
    -outform DER -out "$TMP/des.der"
  for form in rc4.pem des.der; do
    expect_exit 3 imgcrypt key show "$TMP/$form:env=PASSPHRASE_OF_TEST"
    expect_contains "$stderr" "a cipher that OpenSSL does not offer"
  done
  expect_shown "$TMP/aes.pem:env=PASSPHRASE_OF_TEST" "PKCS#8, encrypted, in PEM"
}

forms_of_public_keys_are_told() {
  openssl rsa -in "$keys/rsa.pem" -RSAPublicKey_out -outform DER -out "$TMP/pkcs1.der" 2>/dev/null
  openssl rsa -in "$keys/rsa.pem" -pubout -outform DER -out "$TMP/spki.der" 2>/dev/null
  expect_shown "$TMP/pkcs1.der" "form +PKCS#1 in DER"
  expect_shown "$TMP/spki.der" "form +SubjectPublicKeyInfo in DER"
}

# Only the first of several keys in a file is used, so the output must not offer the others.
only_the_first_of_several_is_promised() {
  cat "$keys/rsa.pem" "$keys/p256.pem" >"$TMP/two.pem"
  expect_shown "$TMP/two.pem" "P-256"
  expect_equal "$(grep -c -- "-k $TMP/two.pem" <<<"$stdout")" 1 "the number of keys that are of use"
  expect_contains "$stdout" "none: only the first of its kind in a file is used; move it to a file of its own"
  for key in rsa p256; do
    openssl pkey -in "$keys/$key.pem" -pubout
  done >"$TMP/two.pub.pem"
  expect_exit 0 imgcrypt key show -o json "$TMP/two.pub.pem"
  expect_equal "$(jq -c '[.keys[].recipient != null]' <<<"$stdout")" "[true,false]" "which of them are recipients"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/two.pub.pem"
  expect_contains "$stderr" "only the first of its 2 keys is used"
  expect_exit 0 imgcrypt check "oci:$TMP/encrypted:t" -k "$TMP/two.pem"
  expect_contains "$stderr" "only the first of its 2 keys is used"
}

# Other programs wrap for such keys, so their owners must be able to read.
keys_of_another_use_only_decrypt() {
  jq '.use = "sig"' "$keys/rsanoalg.jwk" >"$TMP/sig.jwk"
  jq 'del(.d, .p, .q, .dp, .dq, .qi)' "$TMP/sig.jwk" >"$TMP/sig.pub.jwk"
  expect_exit 0 imgcrypt check "oci:$TMP/encrypted:t" -k "$TMP/sig.jwk"
  expect_shown "$TMP/sig.pub.jwk" "use +none: JWK: the key is not for encryption: its use is sig"
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/none:t" -r "jwe:$TMP/sig.pub.jwk"
  expect_absent "$TMP/none"
}

bare_passphrases_are_warned_of() {
  expect_exit 0 imgcrypt key show "$keys/rsa-pk8enc.pem:1234"
  expect_contains "$stderr" "every user of this machine can see"
}

keys_of_sodium_are_shown() {
  expect_exit 0 imgcrypt key generate sodium "$TMP/sodium"
  expect_shown "$TMP/sodium" "^private key" "public key +$(cat "$TMP/sodium.pub")" \
    "use +opens provider:sodium layers: -k provider:sodium:$TMP/sodium"
  expect_shown "$TMP/sodium.pub" "^public key" "use +encrypts: -r provider:sodium:$TMP/sodium.pub"
  expect_exit 0 imgcrypt key show -o json "$TMP/sodium.pub"
  expect_equal "$(jq -r '.keys[0] | "\(.kind) \(.publicKey) \(.recipient)"' <<<"$stdout")" \
    "public $(cat "$TMP/sodium.pub") provider:sodium:$TMP/sodium.pub" "the public key"
  sed 's/x$/y/; t; s/.$/x/' "$TMP/sodium" >"$TMP/damaged"
  expect_exit 3 imgcrypt key show "$TMP/damaged"
  expect_contains "$stderr" "typing error"
}

public_halves_are_printed() {
  local name
  for name in rsa.pem p256-sec1.der rsa-pkcs1.der rsa256.jwk p521.pem; do
    expect_exit 0 imgcrypt key public "$keys/$name"
    printf '%s\n' "$stdout" >"$TMP/public.pem"
    openssl pkey -pubin -in "$TMP/public.pem" -noout
    expect_equal "$(imgcrypt key show -o json "$TMP/public.pem" | jq -r .keys[0].fingerprint)" \
      "$(imgcrypt key show -o json "$keys/$name" | jq -r .keys[0].fingerprint)" "the fingerprint of $name"
  done
  expect_exit 0 imgcrypt key public "$keys/rsa-pk8enc.pem:env=PASSPHRASE_OF_TEST"
  expect_contains "$stdout" "BEGIN PUBLIC KEY"
  expect_exit 0 imgcrypt key public "$TMP/sodium"
  expect_equal "$stdout" "$(cat "$TMP/sodium.pub")" "the public key of sodium"
  expect_exit 0 imgcrypt key public -o json "$keys/rsa.pem"
  expect_equal "$(jq -r .fingerprint <<<"$stdout")" GaTh-csFfrC4Tw6RZ91zZWSuO3JIUXn6l1pWPZf94p8 "the fingerprint"
  expect_exit 3 imgcrypt key public "$keys/rsa.pub.pem"
  expect_contains "$stderr" "a public key was given"
}

# The certificate is hostile: none of its control bytes may reach the terminal.
hostile_names_are_harmless() {
  openssl req -x509 -newkey rsa:2048 -nodes -utf8 -subj $'/CN=\e[31mred' -days 2 -keyout "$TMP/hostile.pem" \
    -out "$TMP/hostile.cert.pem" 2>/dev/null
  expect_shown "$TMP/hostile.cert.pem" "subject +CN="
  [[ $stdout != *$'\e'* ]] || fail "an escape sequence: $stdout"
}

json_has_it_all() {
  expect_exit 0 imgcrypt key show -o json "$keys/certfirst.pem"
  expect_equal "$(jq -r '[.keys[].kind] | join(" ")' <<<"$stdout")" "certificate private" "the kinds"
  expect_equal "$(jq -r '.keys[0].recipient' <<<"$stdout")" "pkcs7:$keys/certfirst.pem" "the recipient"
  expect_equal "$(jq -r '.keys[0].certificate.serial' <<<"$stdout")" 1001 "the serial number"
  expect_equal "$(jq -r '.keys[1] | "\(.type) \(.bits) \(.form) \(.isLocked)"' <<<"$stdout")" "RSA 2048 PKCS#8 false" "the key"
  expect_exit 0 imgcrypt key show -o json "$keys/rsa-pk8enc.pem"
  expect_equal "$(jq -r '.keys[0] | "\(.isLocked) \(.fingerprint)"' <<<"$stdout")" "true null" "a locked key"
}

export PASSPHRASE_OF_TEST=1234
make_image "$TMP/plain" t --no-busybox >/dev/null
files_are_shown
keys_whose_halves_differ_are_refused
locked_keys_say_so
others_are_named
ciphers_that_openssl_leaves_out_are_told
forms_of_public_keys_are_told
only_the_first_of_several_is_promised
keys_of_another_use_only_decrypt
bare_passphrases_are_warned_of
keys_of_sodium_are_shown
public_halves_are_printed
hostile_names_are_harmless
json_has_it_all
