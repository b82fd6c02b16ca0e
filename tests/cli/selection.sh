#!/bin/bash
# Which layers and platforms are encrypted. The names of the functions are what the documentation promises.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# encrypt OPTION...: encrypts $TMP/in to $TMP/out
encrypt() {
  rm -rf "$TMP/out"
  imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" "$@"
}

# expect_encryption LETTERS OPTION...: what encryption_of prints
expect_encryption() {
  expect_exit 0 encrypt "${@:2}"
  expect_equal "$(encryption_of "$TMP/out" t)" "$1" "what ${*:2} encrypts"
}

# expect_comes_back DIGEST: decrypting with the key gives back exactly this image
expect_comes_back() {
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$1" "the digest of what came back"
}

platforms_in() {
  jq -r '[.manifests[].platform | .os + "/" + .architecture] | join(" ")' "$(blob "$1" "$(root_of "$1" t)")"
}

all_layers_of_all_platforms_are_the_default() {
  expect_encryption "eee eee"
  expect_encryption "eee eee" --all-platforms
  expect_encryption "eee eee" --all
  expect_comes_back "$plain"
}

layers_are_named_by_position_in_each_platform() {
  expect_encryption "e-- e--" --layer 0
  expect_encryption "--e --e" --layer 2
  expect_encryption "e-e e-e" --layer 0,2
  expect_encryption "e-e e-e" --layer 0 --layer 2
  expect_encryption "-ee -ee" --layer 1..2
  expect_encryption "eee eee" --encrypt-layer 0,1..2
}

minus_one_is_the_top() {
  expect_encryption "--e --e" --layer -1
  expect_encryption "e-- e--" --layer=-3
  expect_encryption "-ee -ee" --layer=-2..-1
}

layers_in_the_clear_are_told_and_come_back_too() {
  expect_encryption "--e --e" --layer -1
  expect_contains "$stderr" "4 layers are not selected: everyone can read them"
  expect_comes_back "$plain"
  rm -rf "$TMP/back"
  expect_exit 6 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/wrong.pem"
  expect_absent "$TMP/back"
  rm -rf "$TMP/out"
}

out_of_range_is_an_error() {
  local layers
  for layers in 3 -4 1..3 2..1 -1..0; do
    expect_refused 3 encrypt "--layer=$layers"
  done
  expect_refused 3 encrypt --layer 3
  expect_contains "$stderr" "linux/amd64 has 3 layers"
  for layers in x 1.. ..1 1...2 "" 1,,2 ,1 "1,"; do
    expect_refused 3 encrypt "--layer=$layers"
  done
}

only_chosen_platforms_and_their_attestations_are_written() {
  expect_exit 0 encrypt --platform linux/arm64
  expect_equal "$(platforms_in "$TMP/out")" "linux/arm64 unknown/unknown" "the platforms"
  expect_equal "$(encryption_of "$TMP/out" t)" "eee" "what is encrypted"
  expect_equal "$(jq -r '.manifests[1].annotations["vnd.docker.reference.digest"]' "$(blob "$TMP/out" "$(root_of "$TMP/out" t)")")" \
    "$(manifests_of "$TMP/out" "$(root_of "$TMP/out" t)")" "the subject of the attestation"
  expect_encryption "eee eee" --platform linux/arm64,linux/amd64
  expect_encryption "eee eee" --platform arm64 --platform amd64
}

no_unchosen_platform_is_left_in_the_clear() {
  local layer
  expect_exit 0 encrypt --platform arm64
  while read -r _ layer; do
    expect_absent "$(blob "$TMP/out" "$layer")"
  done < <(layers_of "$TMP/in" t)
}

what_was_left_out_is_said() {
  expect_exit 0 encrypt --platform linux/amd64
  expect_contains "$stderr" "platforms left out: linux/arm64, the attestation of linux/arm64"
  rm -rf "$TMP/out"
}

a_platform_that_is_not_there_is_an_error() {
  expect_refused 2 encrypt --platform linux/s390x
  expect_contains "$stderr" "it has: linux/amd64, linux/arm64"
  expect_refused 2 encrypt --platform linux/amd64,linux/s390x
  expect_refused 3 encrypt --platform linux//v8
  expect_refused 3 encrypt --platform linux/amd64 --all-platforms
}

in_place_platforms_are_refused() {
  local source
  for source in "oci:$TMP/in:t" "oci:$TMP/in" "oci:$TMP/in@$plain" "oci:$TMP/../${TMP##*/}/in:t"; do
    expect_refused 8 imgcrypt encrypt "$source" "oci:$TMP/in:t" -r "jwe:$TMP/key.pub.pem" --platform linux/amd64
    expect_contains "$stderr" "would lose its other platforms"
  done
}

a_blob_of_two_platforms_is_encrypted_once() {
  local first second manifest
  expect_exit 0 encrypt
  for manifest in $(manifests_of "$TMP/out" "$(root_of "$TMP/out" t)"); do
    second=${first:-}
    first=$(jq -c '.layers[0]' "$(blob "$TMP/out" "$manifest")")
  done
  expect_equal "$first" "$second" "the layer that both platforms share"
}

# The base's layers are compressed differently: the diff_ids identify them.
the_layers_of_a_base_are_left_out() {
  make_image "$TMP/base" t --no-busybox --layers 2 --compression zstd >/dev/null
  make_image "$TMP/in" child --no-busybox --layers 4 --compression gzip >/dev/null
  # The base's top layer holds the platform's file, so it is not a layer of the child.
  imgcrypt encrypt "oci:$TMP/in:child" "oci:$TMP/out:child" -r "jwe:$TMP/key.pub.pem" --skip-base "oci:$TMP/base:t" \
    >/dev/null 2>"$TMP/stderr"
  expect_equal "$(encryption_of "$TMP/out" child)" "-eee" "what is encrypted above the base"
  expect_contains "$(cat "$TMP/stderr")" "1 layer belongs to the base image: everyone can read it"
  rm -rf "$TMP/out"
  expect_refused 8 encrypt --skip-base "oci:$TMP/in:t"
  expect_contains "$stderr" "no layer that can be encrypted is selected"
  expect_refused 2 encrypt --skip-base "oci:$TMP/absent:t"
  cp -r "$TMP/base" "$TMP/short"
  python3 "$cli_dir/edit_layers.py" "$TMP/short" t '.[1:]' --list
  expect_refused 7 encrypt --skip-base "oci:$TMP/short:t"
  expect_contains "$stderr" "error: the base: the image has 1 layer, but its config has 2 diff_ids"
}

# An SBOM before the layers shifts them against the diff_ids, which do not count it.
a_blob_that_is_no_layer_shifts_nothing() {
  local sbom='{"mediaType": "application/spdx+json", "digest": "'
  make_image "$TMP/in" sbom --no-busybox --layers 4 --compression gzip >/dev/null
  printf '{}' >"$TMP/sbom"
  sbom+="sha256:$(sha256sum <"$TMP/sbom" | cut -d' ' -f1)"
  cp "$TMP/sbom" "$TMP/in/blobs/sha256/${sbom##*:}"
  python3 "$cli_dir/edit_layers.py" "$TMP/in" sbom "[$sbom\", \"size\": 2}] + ." --list
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:sbom" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --skip-base "oci:$TMP/base:t"
  expect_equal "$(encryption_of "$TMP/out" t)" "--eee" "what is encrypted above the base"
  expect_comes_back "$(root_of "$TMP/in" sbom)"
  rm -rf "$TMP/out"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/wrong" P-256
plain=$(make_image "$TMP/in" t --no-busybox --layers 3 --platforms linux/amd64,linux/arm64 --attestation)
all_layers_of_all_platforms_are_the_default
layers_are_named_by_position_in_each_platform
minus_one_is_the_top
layers_in_the_clear_are_told_and_come_back_too
out_of_range_is_an_error
only_chosen_platforms_and_their_attestations_are_written
no_unchosen_platform_is_left_in_the_clear
what_was_left_out_is_said
a_platform_that_is_not_there_is_an_error
in_place_platforms_are_refused
a_blob_of_two_platforms_is_encrypted_once
the_layers_of_a_base_are_left_out
a_blob_that_is_no_layer_shifts_nothing
