#!/bin/bash
# `imgcrypt decrypt` with its options: part of an image, a dry run, a check of each layer.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# outcomes: those of the layers, from the JSON on stdout
outcomes() {
  jq -r '[.layers[].outcome] | join(" ")' <<<"$stdout"
}

# expect_decrypted OUT OPTION...: decrypts the encrypted image, with -o json
expect_decrypted() {
  expect_exit 0 imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/$1:t" -o json "${@:2}"
}

exactness_is_said() {
  expect_decrypted exact -k "$TMP/key.pem"
  expect_equal "$(jq -r '.exactness, .sourceDigest, .digest' <<<"$stdout" | xargs)" "exact $root $root" "the result"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/plain:t" "oci:$TMP/copy:t" -k "$TMP/key.pem" -o json
  expect_equal "$(jq -r '.exactness, .digest' <<<"$stdout" | xargs)" "not-encrypted $root" "the result"
}

layers_and_platforms_can_be_chosen() {
  expect_decrypted part -k "$TMP/key.pem" --layer 0,-1 --platform arm64
  expect_equal "$(outcomes)" "decrypted not-chosen decrypted plain" "the outcomes"
  expect_equal "$(jq -r '.exactness, .leftOut[0]' <<<"$stdout" | xargs)" "partial linux/amd64" "the result"
  expect_exit 0 imgcrypt check "oci:$TMP/part:t" -k "$TMP/key.pem" --full
  expect_exit 3 imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/none:t" -k "$TMP/key.pem" --layer 3
  expect_exit 2 imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/none:t" -k "$TMP/key.pem" --platform s390x
  expect_exit 8 imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/encrypted:t" -k "$TMP/key.pem" --platform arm64
  expect_absent "$TMP/none"
  # The rest is decrypted later; then it is the image that was encrypted.
  expect_decrypted first -k "$TMP/key.pem" --layer 1
  expect_exit 0 imgcrypt decrypt "oci:$TMP/first:t" "oci:$TMP/second:t" -k "$TMP/key.pem" -o json
  expect_equal "$(jq -r .exactness <<<"$stdout") $(root_of "$TMP/second" t)" "exact $root" "the image after both steps"
}

locked_layers_can_stay() {
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/half:t" -r "jwe:$TMP/key.pub.pem" --layer 0
  expect_exit 0 imgcrypt encrypt "oci:$TMP/half:t" "oci:$TMP/both:t" -r "jwe:$TMP/other.pub.pem"
  expect_exit 6 imgcrypt decrypt "oci:$TMP/both:t" "oci:$TMP/none:t" -k "$TMP/key.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/both:t" "oci:$TMP/partial:t" -k "$TMP/key.pem" --partial -o json
  expect_equal "$(outcomes)" "decrypted locked locked decrypted locked locked plain plain" "the outcomes"
  # One warning for all of them, which -v lists.
  expect_equal "$(jq -c .warnings <<<"$stdout")" '["3 layers stay encrypted: no key opens them (-v lists them)"]' "the warnings"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/both:t" "oci:$TMP/partial:t" -k "$TMP/key.pem" --partial -v
  expect_equal "$(grep -c '^imgcrypt: detail: layer [12] of linux/.*: no key opens it' <<<"$stderr")" 3 "the layers that -v lists"
  make_keys "$TMP/third" P-256
  expect_exit 6 imgcrypt decrypt "oci:$TMP/both:t" "oci:$TMP/none:t" -k "$TMP/third.pem" --partial
  expect_absent "$TMP/none"
}

dry_runs_write_nothing() {
  expect_exit 0 imgcrypt decrypt "oci:$TMP/both:t" "oci:$TMP/none:t" -k "$TMP/key.pem" --partial --dry-run
  expect_contains "$stdout" "layer 0 of linux/amd64: would be decrypted"
  expect_contains "$stdout" "layer 2 of linux/arm64: would stay encrypted: no key opens it"
  expect_exit 6 imgcrypt decrypt "oci:$TMP/both:t" "oci:$TMP/none:t" -k "$TMP/key.pem" --dry-run
  expect_absent "$TMP/none"
}

plain_images_need_no_key() {
  expect_exit 0 imgcrypt decrypt "oci:$TMP/plain:t" "oci:$TMP/keyless:t"
  expect_contains "$stderr" "not encrypted: copied unchanged"
  expect_equal "$(root_of "$TMP/keyless" t)" "$root" "the digest of the copy"
  expect_exit 6 imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/none:t"
  expect_contains "$stderr" "layer 0 of linux/amd64: no key was given, and it is encrypted for jwe ECDH-ES+A256KW P-256 key "
  expect_absent "$TMP/none"
}

# An artifact of two files, whose config is empty
artifacts_have_no_diff_ids() {
  local config='{}'
  make_image "$TMP/artifact" t --no-busybox --layers 2 >/dev/null
  printf '%s' "$config" >"$TMP/artifact/blobs/sha256/$(printf '%s' "$config" | sha256sum | cut -d' ' -f1)"
  edit_root "$TMP/artifact" t ".config.digest = \"sha256:$(printf '%s' "$config" | sha256sum | cut -d' ' -f1)\" | .config.size = 2"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/artifact:t" "oci:$TMP/sealed:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/sealed:t" "oci:$TMP/artifact-back:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/artifact-back" t)" "$(root_of "$TMP/artifact" t)" "the digest of the artifact"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/sealed:t" "oci:$TMP/artifact-never:t" -k "$TMP/key.pem" --diff-ids never
  expect_exit 8 imgcrypt decrypt "oci:$TMP/sealed:t" "oci:$TMP/none:t" -k "$TMP/key.pem" --diff-ids always
  expect_contains "$stderr" "its config lists no diff_ids"
  # Without our record, as peers encrypt it.
  edit_root "$TMP/sealed" t 'del(.annotations)'
  expect_exit 0 imgcrypt decrypt "oci:$TMP/sealed:t" "oci:$TMP/artifact-peer:t" -k "$TMP/key.pem"
  expect_contains "$stderr" "the image: its config lists no diff_ids: its layers are not compared with them"
}

# Encrypted by skopeo 1.9.3, which compressed the layer first: its options name the tar, not what was encrypted.
recompressed_layers_are_taken() {
  local sample=$cli_dir/../vectors/layouts/skopeo193-tar key=$cli_dir/../vectors/keys/rsa.pem mode
  for mode in auto always never; do
    expect_exit 0 imgcrypt decrypt -v "oci:$sample:t" "oci:$TMP/tar-$mode:t" -k "$key" --diff-ids "$mode"
    expect_contains "$stderr" "before encryption its digest was sha256:"
  done
  expect_exit 3 imgcrypt decrypt "oci:$sample:t" "oci:$TMP/none:t" -k "$key" --diff-ids sometimes
}

# diff_ids_are_held MODE CODE: the outcome for an image whose config means other layers
diff_ids_are_held() {
  expect_exit "$2" imgcrypt decrypt "oci:$TMP/swapped:t" "oci:$TMP/swapped-$1:t" -k "$TMP/key.pem" --diff-ids "$1"
  [[ $2 == 0 ]] || expect_absent "$TMP/swapped-$1"
}

# Another layer takes the place of one that is not encrypted
plain_layers_are_held_as_well() {
  local mode
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/upper:t" -r "jwe:$TMP/key.pub.pem" --layer 1..2
  expect_exit 0 imgcrypt decrypt "oci:$TMP/upper:t" "oci:$TMP/upper-back:t" -k "$TMP/key.pem" --diff-ids always
  layer=$(layers_of "$TMP/plain" t | sed -n 3p | cut -d' ' -f2)
  python3 "$cli_dir/edit_layers.py" "$TMP/upper" t \
    ".[0].digest = \"$layer\" | .[0].size = $(stat -c %s "$(blob "$TMP/plain" "$layer")")" --list
  cp -n "$(blob "$TMP/plain" "$layer")" "$TMP/upper/blobs/sha256/"
  for mode in auto always; do
    expect_exit 7 imgcrypt decrypt "oci:$TMP/upper:t" "oci:$TMP/none:t" -k "$TMP/key.pem" --diff-ids "$mode"
    expect_contains "$stderr" "layer 0 of linux/amd64: the layer does not belong to this image"
    expect_absent "$TMP/none"
  done
  expect_exit 0 imgcrypt decrypt "oci:$TMP/upper:t" "oci:$TMP/unchecked:t" -k "$TMP/key.pem" --diff-ids never
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
root=$(make_image "$TMP/plain" t --no-busybox --layers 3 --compression gzip,zstd,tar --platforms linux/amd64,linux/arm64 \
  --attestation --layer-size 6000000)
expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/key.pub.pem"
exactness_is_said
layers_and_platforms_can_be_chosen
locked_layers_can_stay
dry_runs_write_nothing
plain_images_need_no_key
artifacts_have_no_diff_ids
recompressed_layers_are_taken
plain_layers_are_held_as_well
cp -r "$TMP/encrypted" "$TMP/swapped"
python3 "$cli_dir/edit_layers.py" "$TMP/swapped" t reverse --list
diff_ids_are_held auto 7
diff_ids_are_held always 7
diff_ids_are_held never 0
