#!/bin/bash
# Images that no builder makes on purpose, and small mistakes: nothing is passed over in silence, and what is said is true.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# fresh CASE
fresh() {
  rm -rf "$TMP/in" "$TMP/out" "$TMP/back"
  python3 "$cli_dir/make_odd_image.py" "$TMP/in" "$1"
}

# encrypt OPTION...: the image t
encrypt() {
  imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" "$@"
}

# expect_without TEXT: stderr does not have it
expect_without() {
  [[ $stderr != *"$1"* ]] || fail "not true here: $1: $stderr"
}

a_platform_whose_manifest_is_missing_is_not_there() {
  local missing
  fresh missing-platform
  missing=$(jq -r '.manifests[1].digest' "$(blob "$TMP/in" "$(root_of "$TMP/in" t)")")
  expect_refused 2 encrypt --platform s390x
  expect_contains "$stderr" "the manifest of s390x, $missing, is missing"
  expect_refused 2 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/key.pem" --platform linux/s390x
  expect_exit 2 imgcrypt inspect "oci:$TMP/in:t" --platform s390x
  expect_exit 2 imgcrypt check "oci:$TMP/in:t" --platform s390x
  expect_exit 0 encrypt --platform linux
  expect_contains "$stderr" "linux/s390x is not in the source"
  expect_exit 0 imgcrypt inspect "oci:$TMP/in:t" --platform linux
  expect_contains "$stdout" "$missing"
}

an_index_of_nothing_but_missing_manifests_is_not_there() {
  local command
  fresh missing-platform
  for command in "encrypt oci:in:none oci:out -r jwe:key.pub.pem" "decrypt oci:in:none oci:out -k key.pem" \
    "recipients list oci:in:none" "recipients add oci:in:none oci:out -r jwe:key.pub.pem -k key.pem"; do
    # shellcheck disable=SC2086
    (cd "$TMP" && expect_refused 2 imgcrypt $command && expect_contains "$stderr" "the image has none of the manifests")
  done
}

layers_to_be_fetched_elsewhere_are_in_the_clear() {
  fresh foreign
  expect_exit 0 encrypt
  expect_contains "$stderr" "layer 0 of the image is not encrypted: it is non-distributable and has urls"
  expect_exit 8 imgcrypt check "oci:$TMP/out:t" --require-encrypted
  expect_contains "$stdout" "partly encrypted, 1 of 2 layers readable by everyone"
  expect_contains "$stderr" "not encrypted: layer 0 of the image"
  expect_contains "$stderr" "hint: a layer that is non-distributable and has urls cannot be encrypted"
  expect_exit 0 imgcrypt inspect "oci:$TMP/out:t"
  expect_contains "$stdout" "Encrypted: 1 of 2 layers"
}

# based_on BASE TAG
based_on() {
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:$2" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --skip-base "oci:$TMP/in:$1"
  encryption_of "$TMP/out" t
}

only_content_makes_a_layer_the_bases() {
  fresh base
  expect_equal "$(based_on base forged)" "ee" "a layer that the config calls the base's"
  based_on base forged >/dev/null
  expect_contains "$stderr" "layer 0 of the image is not the base's, whatever the image's config says"
  expect_equal "$(based_on base compressed-anew)" "-e" "the base's content under another digest"
  expect_equal "$(based_on base longer)" "ee" "the base's content, and more after its end"
  expect_equal "$(based_on uncounted-base uncounted)" "-e" "the very blob, without diff_ids"
  expect_equal "$(based_on base uncounted)" "-e" "the very blob, without diff_ids in the image"
  based_on base unrelated >/dev/null
  expect_contains "$stderr" "no layer of the image was found to be one of the base image's, so none stays plain for it: the same layer is plain in both"
}

a_base_is_not_believed_either() {
  local base
  fresh base
  for base in lying-base lying-tar-base; do
    expect_equal "$(based_on "$base" honest)" "ee" "what $base only says of its layer"
    based_on "$base" honest >/dev/null
    expect_contains "$stderr" "the base's layer 0 of the image is not what the base says: its content differs"
  done
  expect_equal "$(based_on foreign-base honest)" "ee" "what a base has elsewhere"
  based_on foreign-base honest >/dev/null
  expect_contains "$stderr" "the base's layer 0 of the image is to be fetched from its urls and not there"
  rm -rf "$TMP/out"
  expect_refused 2 imgcrypt encrypt "oci:$TMP/in:honest" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --skip-base "oci:$TMP/in:missing-base"
  expect_contains "$stderr" "the base's layer 0 of the image"
  expect_equal "$(based_on tar-base compressed-anew)" "-e" "a plain tar of the same content"
}

plain_layers_are_compared_when_asked_for() {
  fresh base
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:forged" "oci:$TMP/out:t" -k "$TMP/key.pem"
  rm -rf "$TMP/out"
  expect_refused 7 imgcrypt decrypt "oci:$TMP/in:forged" "oci:$TMP/out:t" -k "$TMP/key.pem" --diff-ids=always
  expect_contains "$stderr" "layer 0 of the image: the layer does not belong to this image"
  expect_refused 8 imgcrypt decrypt "oci:$TMP/in:uncounted" "oci:$TMP/out:t" -k "$TMP/key.pem" --diff-ids=always
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:base" "oci:$TMP/out:t" -k "$TMP/key.pem" --diff-ids=always
}

tags_that_no_reference_can_hold_are_named_by_position() {
  local tag
  fresh two-names
  for tag in "ta g" "Ünï" -x 'a"b' '*'; do
    expect_refused 3 imgcrypt encrypt "oci:$TMP/in:@0" "oci:$TMP/in:$tag" -r "jwe:$TMP/key.pub.pem"
    expect_absent "$TMP/in:$tag"
    expect_contains "$stderr" "cannot be a tag"
  done
  expect_exit 3 imgcrypt inspect "oci:$TMP/in:my image"
  expect_contains "$stderr" "oci:$TMP/in:@N names an image by its position"
  expect_exit 0 imgcrypt tags "oci:$TMP/in"
  expect_equal "$stdout" $'docker.io/library/a:1\ndocker.io/library/b:1\n:@2 my image' "the names"
  expect_exit 2 imgcrypt inspect "oci:$TMP/in:no"
  expect_contains "$stderr" "the layout has: docker.io/library/a:1, docker.io/library/b:1, oci:$TMP/in:@2 (my image)"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:@2" "oci:$TMP/in:@2" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt check "$stdout"
}

without_usable_keys_nothing_is_well() {
  local keys
  for keys in no-keys broken-keys; do
    fresh "$keys"
    expect_exit 7 imgcrypt check "oci:$TMP/in:t"
    expect_contains "$stderr" "wrapped keys"
    expect_exit 7 imgcrypt check "oci:$TMP/in:t" --require-encrypted
    expect_refused 7 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/key.pem"
    expect_without "give the key of one of these recipients"
    expect_refused 7 encrypt
    expect_without "recipients replace"
  done
  fresh no-keys
  expect_exit 0 imgcrypt recipients list "oci:$TMP/in:t"
  expect_contains "$stderr" "a layer has no recipients, so that no key opens it: layer 0 of the image"
  fresh keys-of-others
  expect_exit 0 imgcrypt check "oci:$TMP/in:t"
}

a_packet_of_junk_hides_no_recipient() {
  fresh three-layers
  expect_exit 0 encrypt
  edit_root "$TMP/out" t '.layers[].annotations["org.opencontainers.image.enc.keys.jwe"] |= "anVuaw==," + .'
  mv "$TMP/out" "$TMP/junk"
  make_keys "$TMP/wrong" P-256
  expect_refused 6 imgcrypt decrypt "oci:$TMP/junk:t" "oci:$TMP/out:t" -k "$TMP/wrong.pem"
  expect_contains "$stderr" "wrapped for jwe (cannot be read: JWE: "
  expect_contains "$stderr" "), jwe "
  expect_exit 0 imgcrypt decrypt "oci:$TMP/junk:t" "oci:$TMP/out:t" -k "$TMP/key.pem"
  rm -rf "$TMP/junk"
}

what_layer_does_not_select_counts_all_the_same() {
  fresh three-layers
  expect_exit 0 encrypt --layer=-1
  expect_exit 0 imgcrypt check "oci:$TMP/out:t" --layer=-1 -k "$TMP/key.pem" -o json
  expect_equal "$(jq -c '[.encryption, .opens, (.layers | length)]' <<<"$stdout")" '["partial",true,1]' "the result"
  expect_contains "$stderr" "layers that are not selected: layer 0 of the image, layer 1 of the image"
  expect_exit 8 imgcrypt check "oci:$TMP/out:t" --layer=-1 --require-encrypted
  expect_contains "$stderr" "not encrypted: layer 0 of the image, layer 1 of the image"
}

a_changed_index_is_not_called_unchanged() {
  fresh two-platforms
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" --platform arm64
  expect_without "not encrypted: copied unchanged"
  expect_contains "$stderr" "the index has another digest"
}

urls_of_the_plain_layer_go() {
  fresh urls
  expect_exit 0 encrypt
  expect_contains "$stderr" "layer 0 of the image: the \`urls\` of its descriptor are removed"
  expect_equal "$(jq -c '.layers[0].urls' "$(manifest_of "$TMP/out" t)")" null "the urls"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "not exact"
}

gc_works_in_layouts_only() {
  local version
  for version in '{"imageLayoutVersion":"2.0.0"}' junk ""; do
    fresh three-layers
    printf precious >"$TMP/in/blobs/sha256/$(printf precious | sha256sum | cut -d' ' -f1)"
    printf '%s' "$version" >"$TMP/in/oci-layout"
    [[ -n $version ]] || rm "$TMP/in/oci-layout"
    expect_refused 8 imgcrypt gc "oci:$TMP/in"
    expect_contains "$stderr" "it has no sound oci-layout file"
    expect_refused 8 imgcrypt gc "oci:$TMP/in" --dry-run
  done
}

gc_lists_what_killed_writers_left() {
  fresh three-layers
  printf half >"$TMP/in/blobs/sha256/.imgcrypt-mine"
  expect_exit 0 imgcrypt gc "oci:$TMP/in" --dry-run
  expect_equal "$stdout" "blobs/sha256/.imgcrypt-mine" "what would go"
  expect_contains "$stderr" "would remove 0 blobs and 1 unfinished file, 4 bytes"
  expect_exit 0 imgcrypt gc "oci:$TMP/in" -o json
  expect_equal "$(jq -c '[.removed, .unfinished, .bytes]' <<<"$stdout")" \
    '[[],[{"path":"blobs/sha256/.imgcrypt-mine","size":4}],4]' "what went"
  expect_no_temporary_files "$TMP/in"
}

why_nothing_can_be_encrypted_is_said() {
  fresh chart
  expect_refused 8 encrypt
  expect_contains "$stderr" "layer 0 of the image cannot be encrypted: its type is application/vnd.cncf.helm.chart.content.v1.tar+gzip"
  fresh no-type
  expect_refused 8 encrypt
  expect_contains "$stderr" "it has no media type"
  fresh layer-in-index
  expect_refused 8 encrypt
  expect_contains "$stderr" "the index lists the layer sha256:"
  expect_exit 8 imgcrypt check "oci:$TMP/in:t" --require-encrypted
  expect_without "encrypts all layers"
}

layers_of_other_kinds_in_an_index_count() {
  fresh other-layer-in-index
  expect_exit 0 encrypt -v
  expect_equal "$(grep -c "is listed by the index itself, and not encrypted: everyone can read it" <<<"$stderr")" 3 "layers"
  expect_exit 8 imgcrypt check "oci:$TMP/out:t" --require-encrypted
  expect_contains "$stderr" "not encrypted: index entry"
  expect_contains "$stderr" "a layer that an index lists cannot be encrypted"
  expect_exit 0 imgcrypt inspect "oci:$TMP/out:t"
  expect_contains "$stdout" "Encrypted: 1 of 4 layers"
}

who_holds_what_prune_leaves_is_named() {
  local signature subject
  fresh signed
  signature=$(jq -r '.manifests[1].digest' "$TMP/in/index.json")
  subject=$(root_of "$TMP/in" t)
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/in:t" -r "jwe:$TMP/key.pub.pem" --prune --dry-run
  expect_contains "$stderr" "it is needed by $signature (it refers to $subject)"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/in:t" -r "jwe:$TMP/key.pub.pem" --prune
  expect_contains "$stderr" "it is needed by $signature (it refers to $subject)"
}

# Of the 60 layers of one byte, some have the ciphertext that another one's plain blob is.
ciphertexts_are_no_leftovers() {
  fresh tiny
  expect_exit 0 encrypt
  expect_without "plain layer"
  expect_exit 0 imgcrypt check "oci:$TMP/out:t" -k "$TMP/key.pem"
}

file_systems_of_other_kinds_are_not_called_artifacts() {
  fresh erofs
  expect_refused 8 encrypt
  expect_contains "$stderr" "its config counts layers of a kind that cannot be encrypted"
  expect_without "Helm"
  fresh chart
  expect_refused 8 encrypt
  expect_contains "$stderr" "artifacts such as Helm charts"
}

entries_that_become_one_are_told() {
  fresh listed-twice
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/in:t" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "listed the image 2 times under this name"
}

embedded_data_that_is_not_a_copy_is_told() {
  fresh embedding
  expect_exit 0 encrypt
  expect_contains "$stderr" "warning: layer 0 of the image: its descriptor embeds, in \`data\`, other content than it names"
}

places_can_be_told_apart() {
  local first
  fresh windows
  first=$(jq -r '.manifests[0].digest' "$(blob "$TMP/in" "$(root_of "$TMP/in" t)")")
  expect_exit 0 imgcrypt check "oci:$TMP/in:t"
  expect_contains "$stdout" "layer 0 of windows(10.0.1)/amd64 (${first:0:19})"
  expect_contains "$stdout" "layer 0 of windows(10.0.2.7)/amd64:"
  expect_contains "$stdout" "layer 0 of linux/arm64:"
  expect_equal "$(sort <<<"$stdout" | uniq -d)" "" "lines that occur twice"
  expect_exit 0 imgcrypt check "oci:$TMP/in:t" --platform "windows(10.0.2)/amd64"
  expect_equal "$(grep -c '^layer' <<<"$stdout")" 1 "layers of one version of Windows"
  expect_exit 2 imgcrypt check "oci:$TMP/in:t" --platform "windows(10.0)/arm64"
  expect_contains "$stderr" "it has: linux/arm64, windows(10.0.1)/amd64, windows(10.0.2.7)/amd64"
}

a_type_that_is_encrypted_twice_is_refused() {
  fresh three-layers
  expect_exit 0 encrypt
  mv "$TMP/out" "$TMP/twice"
  rm -rf "$TMP/in"
  mv "$TMP/twice" "$TMP/in"
  edit_root "$TMP/in" t '.layers[0].mediaType += "+encrypted"'
  expect_refused 8 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "layer 0 of the image: its type says twice that it is encrypted"
  expect_exit 8 imgcrypt check "oci:$TMP/in:t" -k "$TMP/key.pem" --full
  expect_refused 8 encrypt
  expect_exit 0 imgcrypt inspect "oci:$TMP/in:t"
  expect_contains "$stdout" "! its type says twice that it is encrypted"
}

hints_fit() {
  fresh full-annotations
  expect_refused 8 encrypt
  expect_contains "$stderr" "fewer annotations"
  fresh three-layers
  mv "$TMP/in/index.json" "$TMP/in/list"
  ln -s list "$TMP/in/index.json"
  expect_exit 8 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/in:t" -r "jwe:$TMP/key.pub.pem" --follow-links
  expect_contains "$stderr" "--follow-links is for reading"
  fresh three-layers
  expect_refused 3 encrypt --layer ''
  expect_contains "$stderr" "--layer"
  expect_refused 3 encrypt --layer 3
  fresh urls
  expect_refused 3 encrypt --layer 3
  expect_contains "$stderr" "has 1 layer"
  expect_without "1 layers"
  expect_exit 0 encrypt
  expect_exit 3 imgcrypt recipients remove "oci:$TMP/out:t" -r 3Eq
  expect_contains "$stderr" "at least four characters"
  fresh cut-gzip
  expect_exit 0 imgcrypt check "oci:$TMP/in:t" --full
  expect_contains "$stderr" "ignored 9 bytes after the end of the gzip data; containerd unpacks such a layer only where unpigz"
}

each_digest_of_a_chain_is_said_once() {
  fresh nested
  expect_exit 8 imgcrypt inspect "oci:$TMP/in:t"
  expect_equal "$(grep -o 'sha256:[0-9a-f]*' <<<"$stderr" | sort | uniq -d)" "" "digests that occur twice"
}

make_keys "$TMP/key" P-256
a_platform_whose_manifest_is_missing_is_not_there
an_index_of_nothing_but_missing_manifests_is_not_there
layers_to_be_fetched_elsewhere_are_in_the_clear
only_content_makes_a_layer_the_bases
a_base_is_not_believed_either
plain_layers_are_compared_when_asked_for
tags_that_no_reference_can_hold_are_named_by_position
without_usable_keys_nothing_is_well
a_packet_of_junk_hides_no_recipient
what_layer_does_not_select_counts_all_the_same
a_changed_index_is_not_called_unchanged
urls_of_the_plain_layer_go
gc_works_in_layouts_only
gc_lists_what_killed_writers_left
why_nothing_can_be_encrypted_is_said
layers_of_other_kinds_in_an_index_count
who_holds_what_prune_leaves_is_named
ciphertexts_are_no_leftovers
file_systems_of_other_kinds_are_not_called_artifacts
entries_that_become_one_are_told
embedded_data_that_is_not_a_copy_is_told
places_can_be_told_apart
a_type_that_is_encrypted_twice_is_refused
hints_fit
each_digest_of_a_chain_is_said_once
