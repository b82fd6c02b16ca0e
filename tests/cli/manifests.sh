#!/bin/bash
# What encryption changes in an image's documents, and what it does not.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

encrypt() {
  rm -rf "$TMP/out"
  imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" "$@"
}

# fresh_image OPTION...: makes $TMP/in
fresh_image() {
  rm -rf "$TMP/in" "$TMP/out"
  make_image "$TMP/in" t --no-busybox "$@" >/dev/null
}

# expect_comes_back: encrypting and decrypting $TMP/in gives back the very image.
expect_comes_back() {
  rm -rf "$TMP/back"
  expect_exit 0 encrypt
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "exact: the result is identical to the image that was encrypted"
  expect_equal "$(root_of "$TMP/back" t)" "$(root_of "$TMP/in" t)" "the digest of what came back"
}

layers_keep_their_compression_in_the_type() {
  local type=application/vnd.oci.image.layer.v1.tar
  fresh_image --layers 3 --compression gzip,zstd,tar
  expect_exit 0 encrypt
  expect_equal "$(layers_of "$TMP/out" t | cut -d' ' -f1)" "$(printf '%s+encrypted\n' $type{+gzip,+zstd,})" "the types"
}

documents_without_a_media_type_are_read_and_stay_so() {
  fresh_image
  edit_root "$TMP/in" t 'del(.mediaType)'
  expect_comes_back
  expect_equal "$(jq 'has("mediaType")' "$(manifest_of "$TMP/out" t)")" false "whether encryption added a type"
}

unknown_members_annotations_and_their_order_stay() {
  local filter='del(.layers, .annotations["dev.imgcrypt.source.digest"])'
  fresh_image
  edit_root "$TMP/in" t '{"x-first": [1e3, {"b": null}], artifactType: "application/x", annotations: {z: "1", a: "<&>"},
    subject: .config} + . + {"x-last": 12345678901234567890}'
  expect_comes_back
  expect_equal "$(jq -c "$filter" "$(manifest_of "$TMP/out" t)")" "$(jq -c "$filter" "$(manifest_of "$TMP/in" t)")" \
    "what is no layer"
}

a_layers_own_annotations_stay() {
  fresh_image --layers 2
  expect_exit 0 encrypt
  expect_equal "$(jq -c '[.layers[].annotations["com.example.keep"]]' "$(manifest_of "$TMP/out" t)")" '["layer <1>",null]' \
    "the layers' own annotations"
}

the_source_is_recorded() {
  fresh_image
  expect_exit 0 encrypt
  expect_equal "$(jq -r '.annotations["dev.imgcrypt.source.digest"]' "$(manifest_of "$TMP/out" t)")" "$(root_of "$TMP/in" t)" \
    "the recorded digest"
}

it_is_said_when_it_is_not_the_image_that_was_encrypted() {
  fresh_image
  expect_exit 0 encrypt
  edit_root "$TMP/out" t '.annotations.later = "added"'
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "not exact: the digest of the image that was encrypted is $(root_of "$TMP/in" t)"
}

# with_layer DESCRIPTOR CONTENT: makes $TMP/in with another layer on top; digest and size are added to DESCRIPTOR, which is
# JSON.
with_layer() {
  local digest
  digest=$(printf %s "$2" | sha256sum | cut -d' ' -f1)
  printf %s "$2" >"$TMP/in/blobs/sha256/$digest"
  edit_root "$TMP/in" t ".layers += [$1 + {digest: \"sha256:$digest\", size: ${#2}}]"
}

# expect_passed_through WHY: the top layer is not encrypted, and it is said why.
expect_passed_through() {
  expect_contains "$stderr" "$1"
  expect_equal "$(jq -c '.layers[-1]' "$(manifest_of "$TMP/out" t)")" "$(jq -c '.layers[-1]' "$(manifest_of "$TMP/in" t)")" \
    "the top layer"
}

layers_that_are_not_of_images_pass_through_and_it_is_said() {
  local type
  for type in application/vnd.in-toto+json application/wasm application/vnd.cncf.helm.chart.content.v1.tar+gzip; do
    fresh_image
    with_layer "{mediaType: \"$type\"}" content
    expect_exit 0 encrypt
    expect_passed_through ": its type is $type"
  done
}

a_layer_that_the_config_does_not_know_is_refused() {
  fresh_image
  with_layer '{mediaType: "application/vnd.oci.image.layer.v1.tar"}' content
  expect_refused 7 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "but its config has "
}

layers_to_be_fetched_elsewhere_pass_through_and_it_is_said() {
  local type=application/vnd.oci.image.layer.nondistributable.v1.tar
  fresh_image
  edit_root "$TMP/in" t ".layers[-1] += {mediaType: \"$type\", urls: [\"https://example.com/layer\"]}"
  expect_exit 0 encrypt
  expect_passed_through "it is non-distributable and has urls"
}

non_distributable_layers_that_are_here_are_encrypted() {
  local type=application/vnd.oci.image.layer.nondistributable.v1.tar
  fresh_image
  edit_root "$TMP/in" t ".layers[0].mediaType = \"$type+gzip\""
  expect_exit 0 encrypt
  expect_contains "$(layers_of "$TMP/out" t)" "$type+gzip+encrypted"
}

an_artifact_has_nothing_to_encrypt() {
  fresh_image --layers 1
  edit_root "$TMP/in" t '.artifactType = "application/x" | .layers[0].mediaType = "application/vnd.example.data"'
  expect_refused 8 encrypt
  expect_contains "$stderr" "the image has no layers to encrypt"
}

attestations_follow_their_subject() {
  local index
  fresh_image --platforms linux/amd64,linux/arm64 --attestation
  expect_comes_back
  index=$(blob "$TMP/out" "$(root_of "$TMP/out" t)")
  expect_equal "$(jq -c '[.manifests[].annotations["vnd.docker.reference.digest"] | values]' "$index")" \
    "$(jq -c '[.manifests[0, 1].digest]' "$index")" "the subjects of the attestations"
}

indexes_may_be_nested() {
  local inner
  fresh_image --platforms linux/amd64,linux/arm64
  inner=$(jq -c '.manifests[0] | {mediaType, digest, size}' "$TMP/in/index.json")
  edit_root "$TMP/in" t "{schemaVersion, mediaType, manifests: [$inner]}"
  expect_comes_back
  inner=$(jq -r '.manifests[0].digest' "$(blob "$TMP/out" "$(root_of "$TMP/out" t)")")
  set_root "$TMP/out" t "$inner" "$(stat -c %s "$(blob "$TMP/out" "$inner")")"
  expect_equal "$(encryption_of "$TMP/out" t)" "ee ee" "what is encrypted in the inner index"
}

missing_children_are_left_alone() {
  local absent
  fresh_image --platforms linux/amd64,linux/arm64
  absent=$(manifests_of "$TMP/in" "$(root_of "$TMP/in" t)" | tail -n1)
  rm "$(blob "$TMP/in" "$absent")"
  expect_comes_back
  expect_contains "$(manifests_of "$TMP/out" "$(root_of "$TMP/out" t)")" "$absent"
  rm -rf "$TMP/out"
  expect_exit 0 encrypt
  expect_contains "$stderr" "linux/arm64 is not in the source: its entry in the index is kept as it is"
}

an_image_has_up_to_1000_layers() {
  fresh_image --layers 1000 --compression tar --layer-size 1
  expect_comes_back
  with_layer '{mediaType: "application/vnd.oci.image.layer.v1.tar"}' content
  expect_refused 8 encrypt
}

# packet_header FILTER: applied to the header of the first layer's first JWE
packet_header() {
  jq -r '.layers[0].annotations["org.opencontainers.image.enc.keys.jwe"]' "$(manifest_of "$TMP/out" t)" | base64 -d |
    jq -r '.protected | gsub("-"; "+") | gsub("_"; "/") | @base64d' | jq -r "$1"
}

packets_say_whom_they_are_for() {
  fresh_image
  expect_exit 0 encrypt
  expect_equal "$(packet_header '.kid')" "$(jq -r .kid "$TMP/thumbprint")" "the key id"
}

# thumbprint NAME: the RFC 7638 thumbprint of an EC key
thumbprint() {
  local point
  point=$(openssl pkey -pubin -in "$1.pub.pem" -outform DER | tail -c 64 | base64 -w0)
  python3 - "$point" <<'PYTHON'
import base64, hashlib, json, sys
point = base64.b64decode(sys.argv[1])
encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
members = {"crv": "P-256", "kty": "EC", "x": encode(point[:32]), "y": encode(point[32:])}
digest = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
print(json.dumps({"kid": encode(digest)}))
PYTHON
}

make_keys "$TMP/key" P-256
thumbprint "$TMP/key" >"$TMP/thumbprint"
layers_keep_their_compression_in_the_type
documents_without_a_media_type_are_read_and_stay_so
unknown_members_annotations_and_their_order_stay
a_layers_own_annotations_stay
the_source_is_recorded
it_is_said_when_it_is_not_the_image_that_was_encrypted
layers_that_are_not_of_images_pass_through_and_it_is_said
a_layer_that_the_config_does_not_know_is_refused
layers_to_be_fetched_elsewhere_pass_through_and_it_is_said
non_distributable_layers_that_are_here_are_encrypted
an_artifact_has_nothing_to_encrypt
attestations_follow_their_subject
indexes_may_be_nested
missing_children_are_left_alone
an_image_has_up_to_1000_layers
packets_say_whom_they_are_for
