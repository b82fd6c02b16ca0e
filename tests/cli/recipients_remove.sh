#!/bin/bash
# recipients remove: a recipient is named by key, fingerprint or number, and only that one is removed.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# fresh_image: makes $TMP/in:t, for alice, bob and carol
fresh_image() {
  rm -rf "$TMP/in" "$TMP/out"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/alice.pub.pem" -r "jwe:$TMP/bob.pub.pem" \
    -r "pkcs7:$TMP/carol.cert.pem"
}

# remove ARGUMENT...: from $TMP/in to $TMP/out
remove() {
  imgcrypt recipients remove "$@" "oci:$TMP/in:t" "oci:$TMP/out:t"
}

# fingerprint_of NUMBER
fingerprint_of() {
  imgcrypt -o json recipients list "oci:$TMP/in:t" | jq -er ".recipients[$1].fingerprint"
}

# expect_gone GONE STAYING...
expect_gone() {
  expect_opens_not "$TMP/out" "$1"
  expect_opens "$TMP/out" "$plain" "${@:2}"
  rm -rf "$TMP/out"
}

keys_name_whom_they_are_of() {
  fresh_image
  expect_exit 0 remove -r "jwe:$TMP/alice.pub.pem"
  expect_gone alice bob carol
  expect_exit 0 remove --encryption-key "pkcs7:$TMP/carol.cert.pem"
  expect_gone carol alice bob
  expect_refused 3 remove -r "jwe:$TMP/stranger.pub.pem"
  expect_contains "$stderr" "the image has no such recipient"
}

fingerprints_and_their_beginnings_do() {
  local bob
  bob=$(fingerprint_of 1)
  expect_exit 0 remove -r "$bob"
  expect_gone bob alice carol
  expect_exit 0 remove -r "${bob:0:4}"
  expect_gone bob alice carol
  expect_refused 3 remove -r "${bob:0:3}"
  expect_contains "$stderr" "a fingerprint is given with at least four characters"
}

# Whoever does not say who it is may be the one that is named.
unnamed_recipients_are_counted() {
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" --hide-recipients -r "jwe:$TMP/alice.pub.pem" \
    -r "jwe:$TMP/bob.pub.pem"
  expect_refused 3 remove -r "jwe:$TMP/alice.pub.pem"
  expect_contains "$stderr" "no recipient says that it is this one, and 2 do not say who they are"
  expect_contains "$stderr" "--index N"
  expect_refused 3 remove -r "pkcs7:$TMP/carol.cert.pem"
  expect_contains "$stderr" "the image has no such recipient"
}

plain_images_have_none() {
  rm -rf "$TMP/in"
  cp -r "$TMP/plain" "$TMP/in"
  local option
  for option in "--index=0" "-rjwe:$TMP/alice.pub.pem" "-rabcd"; do
    expect_refused 8 remove "$option"
    expect_contains "$stderr" "the image has no encrypted layer"
  done
}

# The key's own name, shorter than the beginning of a fingerprint may be
key_ids_do() {
  jq -n --arg x "$(coordinate x)" --arg y "$(coordinate y)" '{kty: "EC", crv: "P-256", kid: "dora", x: $x, y: $y}' >"$TMP/dora.jwk"
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/dora.jwk" -r "jwe:$TMP/bob.pub.pem"
  expect_equal "$(fingerprint_of 0)" dora "what the JWK's recipient is called"
  expect_exit 0 remove -r dora
  expect_gone dora bob
  expect_exit 0 remove -r "jwe:$TMP/dora.jwk"
  expect_gone dora bob
}

# coordinate x|y: of dora's key; its point is at the end of its SubjectPublicKeyInfo
coordinate() {
  local first=64
  [[ $1 == x ]] || first=32
  openssl pkey -in "$TMP/dora.pem" -pubout -outform DER | tail -c "$first" | head -c 32 | basenc --base64url -w0 | tr -d =
}

beginnings_of_several_are_refused() {
  local same=abcdefgh name
  rm -rf "$TMP/in"
  for name in alice bob; do
    openssl pkey -in "$TMP/$name.pem" -pubout -outform DER | tail -c 64 >"$TMP/point"
    jq -n --arg kid "$same-$name" --arg x "$(head -c 32 "$TMP/point" | basenc --base64url -w0 | tr -d =)" \
      --arg y "$(tail -c 32 "$TMP/point" | basenc --base64url -w0 | tr -d =)" \
      '{kty: "EC", crv: "P-256", kid: $kid, x: $x, y: $y}' >"$TMP/$name.jwk"
  done
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/alice.jwk" -r "jwe:$TMP/bob.jwk"
  expect_refused 3 remove -r "$same"
  expect_contains "$stderr" "several recipients begin with it: $same-alice, $same-bob"
  expect_refused 3 remove -r "${same:0:4}"
  expect_exit 0 remove -r "$same-bob"
  expect_gone bob alice
}

numbers_name_several() {
  fresh_image
  expect_exit 0 remove --index 0,2
  expect_opens "$TMP/out" "$plain" bob
  expect_opens_not "$TMP/out" carol
  expect_gone alice bob
  expect_refused 3 remove --index 3
  expect_contains "$stderr" "--index 3: the image has 3 recipients"
  local wrong
  for wrong in -1 0x1 +1 "" 99999999999999999999; do
    expect_refused 3 remove --index "$wrong"
  done
  expect_refused 3 remove
}

somebody_must_be_left() {
  expect_refused 8 remove --index 0,1,2
  expect_contains "$stderr" "nobody would be left to open it"
}

# Only the provider knows which packet belongs to which recipient.
recipients_of_a_provider_go_together() {
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt key generate sodium "$TMP/sodium"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "provider:sodium:$TMP/sodium.pub" -r "jwe:$TMP/alice.pub.pem"
  expect_refused 3 remove -r "provider:sodium:$TMP/sodium.pub"
  expect_contains "$stderr" "hint: provider:sodium removes all of them"
  expect_exit 0 remove -r provider:sodium
  expect_opens "$TMP/out" "$plain" alice
  rm -rf "$TMP/back"
  expect_exit 6 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "provider:sodium:$TMP/sodium"
}

for name in alice bob dora stranger; do
  make_keys "$TMP/$name" P-256
done
make_certificate "$TMP/carol" carol
plain=$(make_image "$TMP/plain" t --no-busybox --layers 2)
keys_name_whom_they_are_of
fingerprints_and_their_beginnings_do
unnamed_recipients_are_counted
plain_images_have_none
key_ids_do
beginnings_of_several_are_refused
numbers_name_several
somebody_must_be_left
recipients_of_a_provider_go_together
