#!/bin/bash
# Plain layers that stay next to an encrypted image are listed, and --prune removes those that no other image needs.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# encrypt DESTINATION OPTION...: encrypts $TMP/in:plain
encrypt() {
  imgcrypt -v encrypt "oci:$TMP/in:plain" "$1" -r "jwe:$TMP/key.pub.pem" "${@:2}"
}

# fresh_layout: makes $TMP/in with one image, whose layers are $layers
fresh_layout() {
  rm -rf "$TMP/in" "$TMP/out"
  make_image "$TMP/in" plain --no-busybox --layers 2 >/dev/null
  layers=$(layers_of "$TMP/in" plain | cut -d' ' -f2)
}

# add_blob LAYOUT TEXT: prints its digest
add_blob() {
  local digest
  digest=sha256:$(printf %s "$2" | sha256sum | cut -d' ' -f1)
  printf %s "$2" >"$(blob "$1" "$digest")"
  echo "$digest"
}

# add_entry LAYOUT MEDIATYPE DOCUMENT: to its index.json
add_entry() {
  local entry
  entry=$(jq -nc --arg type "$2" --arg digest "$(add_blob "$1" "$3")" --arg text "$3" \
    '{mediaType: $type, digest: $digest, size: ($text | length)}')
  jq -c ".manifests += [$entry]" "$1/index.json" >"$TMP/index.json"
  mv "$TMP/index.json" "$1/index.json"
}

expect_left() {
  local layer
  expect_equal "$(grep -c "^imgcrypt: warning: the destination still holds $# plain layer" <<<"$stderr")" 1 "the warnings"
  for layer in "$@"; do
    expect_contains "$stderr" "detail: plain layer $layer"
    [[ -e $(blob "$TMP/in" "$layer") ]] || fail "$layer was removed"
  done
}

expect_removed() {
  local layer
  for layer in "$@"; do
    expect_contains "$stderr" "removed $layer"
    expect_absent "$(blob "$TMP/in" "$layer")"
  done
}

they_are_told_and_left() {
  fresh_layout
  expect_exit 0 encrypt "oci:$TMP/in:plain"
  # shellcheck disable=SC2086 # one word a layer
  expect_left $layers
  expect_contains "$stderr" "which everyone can read: imgcrypt gc removes them"
}

another_layout_holds_none() {
  fresh_layout
  expect_exit 0 encrypt "oci:$TMP/out:t" --prune
  [[ $stderr != *"plain layer"* ]] || fail "leftovers in another layout: $stderr"
}

those_of_platforms_that_were_left_out_are_told() {
  rm -rf "$TMP/in"
  make_image "$TMP/in" plain --no-busybox --layers 2 --platforms linux/amd64,linux/arm64 >/dev/null
  layers=$(layers_of "$TMP/in" plain | cut -d' ' -f2 | sort -u)
  expect_exit 0 encrypt "oci:$TMP/in:secret" --platform linux/amd64
  # shellcheck disable=SC2086
  expect_left $layers
}

prune_removes_them() {
  fresh_layout
  expect_exit 0 encrypt "oci:$TMP/in:plain" --prune
  # shellcheck disable=SC2086
  expect_removed $layers
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:plain" "oci:$TMP/out:t" -k "$TMP/key.pem"
}

what_another_image_names_stays() {
  fresh_layout
  expect_exit 0 encrypt "oci:$TMP/in:secret" --prune
  # shellcheck disable=SC2086
  expect_left $layers
  expect_contains "$stderr" "this image, which everyone can read: they are needed by plain"
  # Neither gc nor --prune would help.
  fresh_layout
  expect_exit 0 encrypt "oci:$TMP/in:secret"
  expect_contains "$stderr" "this image, which everyone can read: they are needed by plain"
  expect_exit 0 encrypt "oci:$TMP/in:more" --dry-run
  expect_contains "$stderr" "this image, which everyone can read: they are needed by plain"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:plain" "oci:$TMP/out:t" -k "$TMP/key.pem"
}

# The other image has the lower layer, but its own top layer.
each_layer_is_looked_at_by_itself() {
  fresh_layout
  make_image "$TMP/in" other --no-busybox --layers 2 --platforms linux/arm64 >/dev/null
  expect_exit 0 encrypt "oci:$TMP/in:plain" --prune
  expect_left "$(head -n1 <<<"$layers")"
  expect_removed "$(tail -n1 <<<"$layers")"
  fresh_layout
  make_image "$TMP/in" other --no-busybox --layers 2 --platforms linux/arm64 >/dev/null
  expect_exit 0 encrypt "oci:$TMP/in:plain"
  expect_contains "$stderr" "some are needed by other, and imgcrypt gc removes the others"
}

layers_that_were_not_encrypted_stay() {
  fresh_layout
  expect_exit 0 encrypt "oci:$TMP/in:plain" --prune --layer -1
  expect_removed "$(tail -n1 <<<"$layers")"
  [[ $stderr != *"$(head -n1 <<<"$layers")"* ]] || fail "a layer that was not encrypted is a leftover: $stderr"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:plain" "oci:$TMP/out:t" -k "$TMP/key.pem"
}

a_damaged_image_may_need_anything() {
  local other
  fresh_layout
  other=$(make_image "$TMP/in" other --no-busybox --seed 2)
  echo "{" >"$(blob "$TMP/in" "$other")"
  expect_refused 8 encrypt "oci:$TMP/in:plain" --prune
  expect_contains "$stderr" "it is unknown which blobs other images need"
  # That the layers are there is known all the same.
  expect_exit 0 encrypt "oci:$TMP/in:plain"
  # shellcheck disable=SC2086
  expect_left $layers
  expect_contains "$stderr" "it is unknown which blobs other images need: $other"
  expect_contains "$stderr" "when that is repaired, imgcrypt gc removes those that no image needs"
}

what_an_unknown_document_needs_is_unknown() {
  fresh_layout
  add_entry "$TMP/in" application/vnd.oci.artifact.manifest.v1+json "{\"blobs\":[{\"digest\":\"$(head -n1 <<<"$layers")\"}]}"
  expect_refused 8 encrypt "oci:$TMP/in:plain" --prune
  expect_contains "$stderr" "application/vnd.oci.artifact.manifest.v1+json is unknown"
  expect_refused 8 encrypt "oci:$TMP/in:plain" --prune --dry-run
  expect_exit 0 encrypt "oci:$TMP/in:plain"
}

# add_image LAYOUT NAME: a manifest of two blobs of its own, which no list names; prints the digests, its own first
add_image() {
  local config layer manifest
  config=$(add_blob "$1" "{\"config of\":\"$2\"}")
  layer=$(add_blob "$1" "layer of $2")
  manifest=$(add_blob "$1" "$(jq -nc --arg config "$config" --arg layer "$layer" '{schemaVersion: 2,
    config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $config, size: 1},
    layers: [{mediaType: "application/vnd.oci.image.layer.v1.tar", digest: $layer, size: 1}]}')")
  echo "$manifest $config $layer"
}

# expect_kept WHAT DIGEST...: by gc
expect_kept() {
  local digest
  expect_exit 0 imgcrypt gc "oci:$TMP/in"
  for digest in "${@:2}"; do
    [[ -e $(blob "$TMP/in" "$digest") ]] || fail "gc removed what $1 needs: $digest"
  done
}

# descriptor MEDIATYPE DIGEST SIZE
descriptor() {
  jq -nc --arg type "$1" --arg digest "$2" --argjson size "$3" '{mediaType: $type, digest: $digest, size: $size}'
}

what_the_list_itself_is_about_is_needed() {
  local subject
  fresh_layout
  read -ra subject <<<"$(add_image "$TMP/in" subject)"
  jq -c --arg digest "${subject[0]}" '.subject = {mediaType: "application/vnd.oci.image.manifest.v1+json", digest: $digest, size: 1}' \
    "$TMP/in/index.json" >"$TMP/index.json"
  mv "$TMP/index.json" "$TMP/in/index.json"
  expect_kept "the subject of index.json" "${subject[@]}"
  jq -c '.subject = {digest: "md5:1"}' "$TMP/in/index.json" >"$TMP/index.json"
  mv "$TMP/index.json" "$TMP/in/index.json"
  expect_exit 8 imgcrypt gc "oci:$TMP/in"
  expect_contains "$stderr" "the subject of $TMP/in/index.json cannot be read"
}

# add_artifact LAYOUT LAYER: an artifact with this descriptor as its one layer
add_artifact() {
  local empty
  empty=$(descriptor application/vnd.oci.empty.v1+json "$(add_blob "$1" "{}")" 2)
  add_entry "$1" application/vnd.oci.image.manifest.v1+json "$(jq -nc --argjson config "$empty" --argjson layer "$2" \
    '{schemaVersion: 2, config: $config, layers: [$layer]}')"
}

what_the_content_of_an_artifact_needs_is_needed() {
  local inner named document
  fresh_layout
  read -ra inner <<<"$(add_image "$TMP/in" inner)"
  add_artifact "$TMP/in" "$(descriptor application/vnd.oci.image.manifest.v1+json "${inner[0]}" "$(stat -c %s "$(blob "$TMP/in" "${inner[0]}")")")"
  named=$(add_blob "$TMP/in" "named")
  document=$(add_blob "$TMP/in" "{\"parts\":[\"$named\"]}")
  add_artifact "$TMP/in" "$(descriptor application/vnd.example.index.v1+json "$document" "$(stat -c %s "$(blob "$TMP/in" "$document")")")"
  expect_kept "a document that is a layer" "${inner[@]}" "$document" "$named"
}

what_a_referrer_of_another_type_names_is_needed() {
  local named referrer subject
  fresh_layout
  named=$(add_blob "$TMP/in" "named")
  subject=$(descriptor application/vnd.oci.image.manifest.v1+json "$(root_of "$TMP/in" plain)" 1)
  referrer=$(add_blob "$TMP/in" "{\"mediaType\":\"application/vnd.oci.artifact.manifest.v1+json\",
    \"blobs\":[{\"digest\":\"$named\"}],\"subject\":$subject}")
  expect_kept "a referrer that nobody lists" "$referrer" "$named"
}

a_missing_list_may_need_anything() {
  local index layer
  for index in '{}' '{"schemaVersion":2,"layers":[]}'; do
    fresh_layout
    echo "$index" >"$TMP/in/index.json"
    expect_exit 8 imgcrypt gc "oci:$TMP/in"
    expect_contains "$stderr" "$TMP/in/index.json has no member \"manifests\""
    for layer in $layers; do
      [[ -e $(blob "$TMP/in" "$layer") ]] || fail "$layer was removed"
    done
  done
  echo '{"schemaVersion":2,"manifests":null}' >"$TMP/in/index.json"
  expect_exit 0 imgcrypt gc "oci:$TMP/in"
}

what_was_left_is_removed_by_gc() {
  fresh_layout
  expect_exit 0 encrypt "oci:$TMP/in:plain"
  expect_exit 0 imgcrypt -v gc "oci:$TMP/in"
  # shellcheck disable=SC2086
  expect_absent_blobs $layers
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:plain" "oci:$TMP/out:t" -k "$TMP/key.pem"
}

# A packet's writer may name any digest as that of the plain layer.
only_what_the_replaced_image_listed_goes() {
  fresh_layout
  make_keys "$TMP/second" P-256
  expect_exit 0 encrypt "oci:$TMP/in:plain"
  expect_exit 0 imgcrypt -v encrypt "oci:$TMP/in:plain" "oci:$TMP/in:plain" -r "jwe:$TMP/second.pub.pem" -k "$TMP/key.pem" --prune
  # shellcheck disable=SC2086
  expect_left $layers
}

# expect_absent_blobs DIGEST...
expect_absent_blobs() {
  local digest
  for digest in "$@"; do
    expect_absent "$(blob "$TMP/in" "$digest")"
  done
}

nothing_encrypted_is_nothing_left() {
  rm -rf "$TMP/in" "$TMP/out"
  make_image "$TMP/in" plain --no-busybox >/dev/null
  python3 "$cli_dir/edit_layers.py" "$TMP/in" plain \
    ".mediaType = \"application/vnd.oci.image.layer.v1.tar\" | .size = 0 | .digest = \"$(add_blob "$TMP/in" "")\""
  expect_exit 0 encrypt "oci:$TMP/out:t"
  [[ $stderr != *"plain layer"* ]] || fail "leftovers in another layout: $stderr"
}

the_result_is_told_though_they_cannot_be_looked_for() {
  local layer
  fresh_layout
  layer=$(head -n1 <<<"$layers")
  mkdir -p "$TMP/out/blobs/sha256"
  ln -s nowhere "$(blob "$TMP/out" "$layer")"
  expect_exit 0 encrypt "oci:$TMP/out:t" --digestfile "$TMP/digest"
  expect_equal "$stdout" "oci:$TMP/out:t@$(root_of "$TMP/out" t)" "stdout"
  expect_equal "$(<"$TMP/digest")" "$(root_of "$TMP/out" t)" "the digest file"
  expect_contains "$stderr" "it could not be told which plain layers are left"
}

make_keys "$TMP/key" P-256
they_are_told_and_left
those_of_platforms_that_were_left_out_are_told
another_layout_holds_none
prune_removes_them
what_another_image_names_stays
each_layer_is_looked_at_by_itself
layers_that_were_not_encrypted_stay
a_damaged_image_may_need_anything
a_missing_list_may_need_anything
what_an_unknown_document_needs_is_unknown
what_the_list_itself_is_about_is_needed
what_the_content_of_an_artifact_needs_is_needed
what_a_referrer_of_another_type_names_is_needed
what_was_left_is_removed_by_gc
only_what_the_replaced_image_listed_goes
nothing_encrypted_is_nothing_left
the_result_is_told_though_they_cannot_be_looked_for
