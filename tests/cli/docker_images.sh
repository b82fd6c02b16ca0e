#!/bin/bash
# Docker's schema 2 images are encrypted and decrypted as OCI images.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

oci=application/vnd.oci.image

# docker_image OPTION...: made in $TMP/in; the OCI image stays in $TMP/oci. $unnamed is an option of make_docker.py or empty.
unnamed=()
docker_image() {
  rm -rf "$TMP/in" "$TMP/oci" "$TMP/out" "$TMP/back"
  make_image "$TMP/in" t --no-busybox --indent 3 "$@" >/dev/null
  cp -r "$TMP/in" "$TMP/oci"
  python3 "$support_dir/make_docker.py" "$TMP/in" t "${unnamed[@]}" >/dev/null
}

round_trip() {
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/key.pem"
}

# every_type LAYOUT TAG: all media types that its documents name
every_type() {
  local root document
  root=$(root_of "$1" "$2")
  for document in "$root" $(manifests_of "$1" "$root"); do
    jq -r '.. | .mediaType? // empty' "$(blob "$1" "$document")"
  done
  jq -r --arg root "$root" '.manifests[] | select(.digest == $root) | .mediaType' "$1/index.json"
}

expect_pure_oci() {
  local types
  types=$(every_type "$1" t)
  [[ $types != *docker* ]] || fail "$1 has Docker's types: $types"
  expect_contains "$types" "$oci.manifest.v1+json"
}

manifests_become_oci() {
  docker_image --layers 3 --compression gzip,tar,zstd
  round_trip
  expect_pure_oci "$TMP/out"
  expect_equal "$(layers_of "$TMP/out" t | cut -d' ' -f1)" "$(printf '%s+encrypted\n' $oci.layer.v1.tar{+gzip,,+zstd})" "the types"
}

what_comes_back_is_the_oci_image() {
  expect_pure_oci "$TMP/back"
  expect_same_layers "$TMP/oci" t "$TMP/back" t
}

manifest_lists_become_indexes() {
  docker_image --layers 2 --platforms linux/amd64,linux/arm64 "$@"
  round_trip
  expect_pure_oci "$TMP/out"
  expect_equal "$(jq -r .mediaType "$(blob "$TMP/out" "$(root_of "$TMP/out" t)")")" $oci.index.v1+json "the type of the index"
  expect_same_layers "$TMP/oci" t "$TMP/back" t
  expect_pure_oci "$TMP/back"
}

exact_is_the_image_as_oci() {
  docker_image
  round_trip
  expect_contains "$stderr" "exact"
}

children_without_a_type_are_read() {
  local unnamed=(--unnamed-children)
  docker_image --platforms linux/amd64,linux/arm64
  round_trip
  expect_pure_oci "$TMP/out"
  expect_same_layers "$TMP/oci" t "$TMP/back" t
}

a_docker_image_that_is_not_encrypted_is_copied_as_it_is() {
  docker_image
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/copy:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/copy" t)" "$(root_of "$TMP/in" t)" "the digest of the copy"
}

the_wrong_key_opens_nothing() {
  docker_image
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 6 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/wrong.pem"
  expect_absent "$TMP/back"
}

# containers/image names the layers of Docker images that it encrypts this way.
the_hybrid_type_becomes_ocis() {
  docker_image
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  edit_root "$TMP/out" t '.layers[].mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip+encrypted"'
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_same_layers "$TMP/oci" t "$TMP/back" t
  make_keys "$TMP/added" P-256
  expect_exit 0 imgcrypt recipients add "oci:$TMP/out:t" "oci:$TMP/added:t" -r "jwe:$TMP/added.pub.pem" -k "$TMP/key.pem"
  expect_pure_oci "$TMP/added"
  expect_encrypted "$TMP/added" t
}

# Made by ctr-enc; manifest and layers have Docker's types.
an_image_of_a_peer_with_dockers_types_is_opened() {
  local sample=$cli_dir/../vectors/layouts/ctr-enc-docker-types
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt decrypt "oci:$sample/layout:t" "oci:$TMP/back:t" -k "$sample/keys/p384.pem"
  expect_pure_oci "$TMP/back"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/wrong" rsa
manifests_become_oci
what_comes_back_is_the_oci_image
manifest_lists_become_indexes
manifest_lists_become_indexes --attestation
exact_is_the_image_as_oci
children_without_a_type_are_read
a_docker_image_that_is_not_encrypted_is_copied_as_it_is
the_wrong_key_opens_nothing
the_hybrid_type_becomes_ocis
an_image_of_a_peer_with_dockers_types_is_opened
