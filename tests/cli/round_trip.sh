#!/bin/bash
# Encrypting and decrypting gives back the same image, byte for byte; layouts keep whatever else is in them.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# expect_only_result REFERENCE LAYOUT TAG: stdout is one line, the reference with the digest that the tag now names.
expect_only_result() {
  expect_equal "$stdout" "$1@$(root_of "$2" "$3")" "stdout"
}

# encrypt_image LAYOUT TAG LAYOUT TAG
encrypt_image() {
  expect_exit 0 imgcrypt encrypt "oci:$1:$2" "oci:$3:$4" -r "jwe:$TMP/key.pub.pem"
  expect_only_result "oci:$3:$4" "$3" "$4"
}

# decrypt_image LAYOUT TAG LAYOUT TAG
decrypt_image() {
  expect_exit 0 imgcrypt decrypt "oci:$1:$2" "oci:$3:$4" -k "$TMP/key.pem"
  expect_only_result "oci:$3:$4" "$3" "$4"
}

# expect_round_trip NAME OPTION...: for an image that make_image makes
expect_round_trip() {
  local digest plain=$TMP/$1.plain encrypted=$TMP/$1.encrypted decrypted=$TMP/$1.decrypted
  digest=$(make_image "$plain" t --no-busybox "${@:2}")
  encrypt_image "$plain" t "$encrypted" t
  [[ $(root_of "$encrypted" t) != "$digest" ]] || fail "$1 was not changed by encryption"
  decrypt_image "$encrypted" t "$decrypted" t
  expect_contains "$stderr" "exact"
  expect_equal "$(root_of "$decrypted" t)" "$digest" "the digest of $1"
  expect_same_layers "$plain" t "$decrypted" t
  expect_same_blobs "$plain" "$decrypted"
  expect_no_temporary_files "$encrypted"
  expect_no_temporary_files "$decrypted"
}

# expect_same_blobs LAYOUT LAYOUT: including manifests, configs and attestations
expect_same_blobs() {
  diff -r "$1/blobs" "$2/blobs" >"$TMP/diff" || fail "$2 differs: $(cat "$TMP/diff")"
}

same_layout_is_told_of_plain_blobs() {
  local layer
  make_image "$TMP/same" plain --no-busybox >/dev/null
  expect_exit 0 imgcrypt -v encrypt "oci:$TMP/same:plain" "oci:$TMP/same:secret" -r "jwe:$TMP/key.pub.pem"
  while read -r _ layer; do
    expect_contains "$stderr" "plain layer $layer"
  done < <(layers_of "$TMP/same" plain)
  encrypt_image "$TMP/same" plain "$TMP/elsewhere" secret
  [[ $stderr != *plain* ]] || fail "plain layers in another layout: $stderr"
}

tags_and_unknown_members_are_kept() {
  local layout=$TMP/kept other
  other=$(make_image "$layout" other --no-busybox --seed 2)
  make_image "$layout" t --no-busybox --seed 3 >/dev/null
  jq '."com.example.unknown" = {"b": [1, {"a": null}]} | .annotations = {"com.example.keep": "<index>"}
    | .manifests[0]."com.example.member" = 1.5' "$layout/index.json" >"$TMP/index"
  mv "$TMP/index" "$layout/index.json"
  encrypt_image "$TMP/same" plain "$layout" t
  expect_equal "$(root_of "$layout" other)" "$other" "the other tag"
  expect_equal "$(jq -c '[."com.example.unknown", .annotations, .manifests[0]."com.example.member"]' "$layout/index.json")" \
    '[{"b":[1,{"a":null}]},{"com.example.keep":"<index>"},1.5]' "what index.json had besides"
  expect_equal "$(jq '.manifests | length' "$layout/index.json")" 2 "the number of tags"
  encrypt_image "$TMP/same" plain "$layout" third
  expect_equal "$(jq '.manifests | length' "$layout/index.json")" 3 "the number of tags"
}

images_are_found_by_digest_and_alone() {
  local digest
  digest=$(root_of "$TMP/elsewhere" secret)
  expect_exit 0 imgcrypt decrypt "oci:$TMP/elsewhere@$digest" "oci:$TMP/by-digest:t" -k "$TMP/key.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/elsewhere" "oci:$TMP/alone:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/alone" t)" "$(root_of "$TMP/by-digest" t)" "the digest of the only image"
}

make_keys "$TMP/key" P-256
expect_round_trip small --layers 1
expect_round_trip compressions --layers 5 --compression gzip,zstd,tar --layer-size 300000
expect_round_trip platforms --layers 3 --platforms linux/amd64,linux/arm64,linux/s390x
expect_round_trip attested --platforms linux/amd64,linux/arm64 --attestation --compression zstd,tar
expect_round_trip indented --platforms linux/amd64,linux/arm64 --attestation --indent 3
expect_round_trip lonely-index --index --indent 0
expect_round_trip many --layers 40 --layer-size 10
same_layout_is_told_of_plain_blobs
tags_and_unknown_members_are_kept
images_are_found_by_digest_and_alone
