#!/bin/bash
# encrypt adds recipients to images of which some or all layers are already encrypted.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

jwe=org.opencontainers.image.enc.keys.jwe

# encrypt OPTION...: encrypts $TMP/in:t, which is for alice, to $TMP/out, for bob
encrypt() {
  rm -rf "$TMP/out"
  imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/bob.pub.pem" "$@"
}

without_a_key_nothing_is_to_be_done() {
  expect_refused 8 encrypt
  expect_contains "$stderr" "all layers are already encrypted"
  expect_contains "$stderr" "give one of the image's keys with -k"
}

with_a_key_the_recipients_are_added() {
  expect_exit 0 encrypt -k "$TMP/alice.pem"
  expect_contains "$stderr" "2 layers are already encrypted: the recipients are added"
  expect_opens "$TMP/out" "$plain" alice bob
  expect_opens_not "$TMP/out" stranger
}

layers_that_are_encrypted_keep_their_blob() {
  expect_equal "$(layers_of "$TMP/out" t)" "$(layers_of "$TMP/in" t)" "the layers"
}

new_packets_stand_behind_the_old_ones() {
  local old new
  old=$(jq -r ".layers[0].annotations[\"$jwe\"]" "$(manifest_of "$TMP/in" t)")
  new=$(jq -r ".layers[0].annotations[\"$jwe\"]" "$(manifest_of "$TMP/out" t)")
  [[ $new == "$old",* ]] || fail "the old packet is not the first: $new"
}

schemes_that_are_not_known_are_kept() {
  local unknown='{"org.opencontainers.image.enc.keys.future":"AAAA","org.opencontainers.image.enc.more":"x"}'
  cp -r "$TMP/in" "$TMP/known"
  edit_root "$TMP/in" t ".layers[].annotations += $unknown"
  expect_exit 0 encrypt -k "$TMP/alice.pem"
  expect_equal "$(jq -c '[.layers[].annotations | with_entries(select(.key | test("future|more")))]' "$(manifest_of "$TMP/out" t)")" \
    "[$unknown,$unknown]" "the annotations that we do not know"
  expect_opens "$TMP/out" "$plain" alice bob
  rm -rf "$TMP/in"
  mv "$TMP/known" "$TMP/in"
}

a_wrong_key_changes_nothing() {
  rm -rf "$TMP/out"
  expect_refused 6 encrypt -k "$TMP/stranger.pem"
  expect_contains "$stderr" "layer 0 of the image: no key opens it"
}

a_damaged_blob_is_found() {
  local blob
  cp -r "$TMP/in" "$TMP/whole"
  blob=$(blob "$TMP/in" "$(layers_of "$TMP/in" t | head -n1 | cut -d' ' -f2)")
  printf 'another content.' | dd of="$blob" bs=1 seek=50 conv=notrunc status=none
  expect_refused 7 encrypt -k "$TMP/alice.pem"
  rm -rf "$TMP/in"
  mv "$TMP/whole" "$TMP/in"
}

# One layer is for alice, the rest is plain.
layers_in_the_clear_are_encrypted_beside_those_that_are() {
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/alice.pub.pem" --layer 0
  expect_exit 0 encrypt
  expect_contains "$stderr" "1 layer is already encrypted and keeps its recipients"
  expect_equal "$(encryption_of "$TMP/out" t)" "ee" "what is encrypted"
  expect_opens_not "$TMP/out" alice
  expect_opens_not "$TMP/out" bob
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/alice.pem" -k "$TMP/bob.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$plain" "the digest of what came back"
  expect_exit 0 encrypt -k "$TMP/alice.pem"
  expect_opens "$TMP/out" "$plain" bob
}

only_chosen_layers_get_recipients() {
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/alice.pub.pem"
  expect_exit 0 encrypt -k "$TMP/alice.pem" --layer 1
  expect_equal "$(jq -c "[.layers[].annotations[\"$jwe\"] | split(\",\") | length]" "$(manifest_of "$TMP/out" t)")" "[1,2]" \
    "the number of packets"
}

for name in alice bob stranger; do
  make_keys "$TMP/$name" P-256
done
plain=$(make_image "$TMP/plain" t --no-busybox --layers 2)
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/alice.pub.pem" >/dev/null 2>&1
without_a_key_nothing_is_to_be_done
with_a_key_the_recipients_are_added
layers_that_are_encrypted_keep_their_blob
new_packets_stand_behind_the_old_ones
schemes_that_are_not_known_are_kept
a_wrong_key_changes_nothing
a_damaged_blob_is_found
layers_in_the_clear_are_encrypted_beside_those_that_are
only_chosen_layers_get_recipients
