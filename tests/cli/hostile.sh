#!/bin/bash
# Layouts that are damaged or malicious are refused with the right exit code, in time, and nothing is left behind.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# decrypt_layout REFERENCE: a FIFO must not block it.
decrypt_layout() {
  timeout 5 "$IMGCRYPT" decrypt "$1" "oci:$TMP/out:t" -k "$TMP/key.pem"
}

# expect_decrypt_fails CODE REFERENCE
expect_decrypt_fails() {
  expect_exit "$1" decrypt_layout "$2"
  expect_equal "$stdout" "" "stdout"
  expect_contains "$stderr" "imgcrypt: error: "
  expect_absent "$TMP/out"
}

# expect_damage_found CODE HOW: decryption is refused.
expect_damage_found() {
  cp -r "$TMP/encrypted" "$TMP/$2"
  python3 "$cli_dir/damage_layout.py" "$TMP/$2" "$2"
  expect_decrypt_fails "$1" "oci:$TMP/$2:t"
}

# expect_damage_found_by_encrypt CODE HOW
expect_damage_found_by_encrypt() {
  cp -r "$TMP/plain" "$TMP/plain-$2"
  python3 "$cli_dir/damage_layout.py" "$TMP/plain-$2" "$2"
  expect_exit "$1" imgcrypt encrypt "oci:$TMP/plain-$2:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_absent "$TMP/out"
}

a_missing_child_is_left_alone() {
  local children root
  make_image "$TMP/two" t --no-busybox --platforms linux/amd64,linux/arm64 >/dev/null
  root=$(root_of "$TMP/two" t)
  mapfile -t children < <(manifests_of "$TMP/two" "$root")
  rm "$(blob "$TMP/two" "${children[1]}")"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/two:t" "oci:$TMP/partial:t" -r "jwe:$TMP/key.pub.pem"
  expect_equal "$(manifests_of "$TMP/partial" "$(root_of "$TMP/partial" t)" | tail -n1)" "${children[1]}" "the missing child"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/partial:t" "oci:$TMP/whole:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/whole" t)" "$root" "the digest of the index"
}

references_that_name_nothing() {
  expect_decrypt_fails 2 "oci:$TMP/encrypted:unknown"
  expect_contains "$stderr" "the layout has: t"
  expect_decrypt_fails 2 "oci:$TMP/encrypted@sha256:$(printf '%064d' 0)"
  expect_decrypt_fails 2 "oci:$TMP/absent:t"
  expect_decrypt_fails 3 "encrypted"
  expect_contains "$stderr" "imgcrypt: hint: "
  expect_decrypt_fails 3 "oci:"
  expect_decrypt_fails 3 "nothing:$TMP/encrypted:t"
}

make_keys "$TMP/key" P-256
make_image "$TMP/plain" t --no-busybox --layers 3 --layer-size 5000 >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1

for damage in layer-flipped layer-truncated layer-longer layer-size layer-size-negative layers-swapped manifest-altered \
  manifest-junk member-twice index-junk digest-traverses digest-absolute digest-algorithm; do
  expect_damage_found 7 "$damage"
done
for damage in layer-linked layer-fifo blobs-linked manifest-huge manifest-deep; do
  expect_damage_found 8 "$damage"
done
for damage in layer-missing manifest-missing; do
  expect_damage_found 2 "$damage"
done
expect_damage_found_by_encrypt 7 layer-flipped
expect_damage_found_by_encrypt 8 layer-fifo
expect_damage_found_by_encrypt 2 layer-missing
a_missing_child_is_left_alone
references_that_name_nothing
