#!/bin/bash
# The registry of tests/support/registry is a right one when nobody asks it for faults: skopeo and buildah take it for one, and
# it answers as the distribution specification says where those do not ask.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/faulty_registry.sh
source "$support_shell/faulty_registry.sh"

require_commands skopeo buildah curl jq

skopeo_copy() {
  skopeo copy --quiet --all --src-tls-verify=false --dest-tls-verify=false "$@"
}

# ask METHOD PATH OPTION...: sets $status and $headers, lines of `name: value`; the body is in $TMP/body.
ask() {
  status=$(curl -s -X "$1" -D "$TMP/headers" -o "$TMP/body" -w '%{http_code}' "http://$REGISTRY$2" "${@:3}")
  headers=$(tr -d '\r' <"$TMP/headers")
}

# header NAME
header() {
  sed -n "s/^$1: //p" <<<"$headers"
}

images_come_back_as_they_were() {
  start_faulty_registry
  skopeo_copy "oci:$TMP/in:t" "docker://$REGISTRY/app:t"
  skopeo_copy "docker://$REGISTRY/app:t" "docker://$REGISTRY/other/place:t"
  skopeo_copy "docker://$REGISTRY/other/place:t" "oci:$TMP/out:t"
  expect_equal "$(root_of "$TMP/out" t)" "$image" "the digest of what came back"
  expect_same_layers "$TMP/in" t "$TMP/out" t
  buildah --storage-driver vfs --root "$TMP/storage" --runroot "$TMP/run" pull --quiet --tls-verify=false \
    "$REGISTRY/app:t" >/dev/null
  expect_no_open_uploads
}

who_has_no_token_is_refused() {
  start_faulty_registry --fault tokens --image "app:t=$TMP/in:t"
  ! skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/app:t" >/dev/null 2>&1 || fail "read without a token"
  skopeo inspect --raw --tls-verify=false --creds "$REGISTRY_USER:$REGISTRY_PASSWORD" "docker://$REGISTRY/app:t" >"$TMP/raw"
  expect_equal "sha256:$(sha256sum <"$TMP/raw" | cut -d' ' -f1)" "$image" "the digest of the manifest"
}

blobs_are_taken_in_one_request_and_given_in_pieces() {
  local digest
  start_faulty_registry
  head -c 5000 /dev/urandom >"$TMP/content"
  digest=sha256:$(sha256sum <"$TMP/content" | cut -d' ' -f1)
  ask POST "/v2/app/blobs/uploads/?digest=$digest" --data-binary "@$TMP/content"
  expect_equal "$status" 201 "the answer to an upload of one request"
  ask GET "/v2/app/blobs/$digest" --range 1000-1999
  expect_equal "$status $(header Content-Range)" "206 bytes 1000-1999/5000" "the answer to a range"
  cmp "$TMP/body" <(tail -c +1001 "$TMP/content" | head -c 1000)
  ask GET "/v2/app/blobs/$digest" --range 5000-
  expect_equal "$status" 416 "the answer to a range after the end"
  ask POST "/v2/app/blobs/uploads/?digest=${digest%?}x" --data-binary "@$TMP/content"
  expect_equal "$status $(jq -r '.errors[0].code' "$TMP/body")" "400 DIGEST_INVALID" "the answer to a wrong digest"
  ask DELETE "/v2/app/blobs/$digest"
  ask HEAD "/v2/app/blobs/$digest" --head
  expect_equal "$status" 404 "the answer for a deleted blob"
}

chunks_come_in_order() {
  local location
  start_faulty_registry
  ask POST /v2/app/blobs/uploads/
  location=$(header Location)
  location=${location#"http://$REGISTRY"}
  ask PATCH "$location" --data-binary 12345 -H "Content-Range: 0-4"
  expect_equal "$status $(header Range)" "202 0-4" "the answer to a chunk"
  ask PATCH "$location" --data-binary 12345 -H "Content-Range: 4-8"
  expect_equal "$status $(header Range)" "416 0-4" "the answer to a chunk out of order"
  ask DELETE "$location"
  ask GET "$location"
  expect_equal "$status" 404 "the answer for a deleted upload"
}

tags_come_in_pages() {
  start_faulty_registry --image "app:a=$TMP/in:t" --image "app:b=$TMP/in:t"
  ask GET "/v2/app/tags/list?n=1"
  expect_equal "$(jq -c .tags "$TMP/body")" '["a"]' "the first page of tags"
  expect_contains "$(header Link)" 'rel="next"'
  ask GET "/v2/app/tags/list?n=1&last=a"
  expect_equal "$(jq -c .tags "$TMP/body") $(header Link)" '["b"] ' "the last page of tags"
}

referrers_are_listed() {
  local type=application/vnd.oci.image.manifest.v1+json text
  start_faulty_registry --image "app:t=$TMP/in:t"
  text=$(jq -cn --arg digest "$image" --arg type $type '{schemaVersion: 2, mediaType: $type, artifactType: "text/x",
    layers: [], subject: {mediaType: "x", digest: $digest, size: 1}}')
  ask PUT /v2/app/manifests/about --data-binary "$text" -H "Content-Type: $type"
  expect_equal "$status $(header OCI-Subject)" "201 $image" "the answer to a manifest with a subject"
  ask GET "/v2/app/referrers/$image?artifactType=text/x"
  expect_equal "$(header OCI-Filters-Applied) $(jq -r '.manifests[].digest' "$TMP/body")" \
    "artifactType sha256:$(printf '%s' "$text" | sha256sum | cut -d' ' -f1)" "the referrers"
}

image=$(make_image "$TMP/in" t --no-busybox --platforms linux/amd64,linux/arm64)
images_come_back_as_they_were
who_has_no_token_is_refused
blobs_are_taken_in_one_request_and_given_in_pieces
chunks_come_in_order
tags_come_in_pages
referrers_are_listed
