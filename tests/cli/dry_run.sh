#!/bin/bash
# --dry-run says what would be done to each layer, and does nothing.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# try COMMAND ARG...: succeeds, changes nothing in $TMP/in, and does not create $TMP/out
try() {
  local before
  before=$(state_of "$TMP/in")
  expect_exit 0 imgcrypt "$@" --dry-run
  expect_absent "$TMP/out"
  expect_equal "$(state_of "$TMP/in")" "$before" "what is in $TMP/in"
}

encrypt_says_what_becomes_of_each_layer() {
  try encrypt "oci:$TMP/in:plain" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --layer -1
  expect_equal "$stdout" "layer 0 of the image: would not be encrypted: not selected
layer 1 of the image: would be encrypted" "stdout"
  try encrypt "oci:$TMP/in:secret" "oci:$TMP/out:t" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
  expect_equal "$stdout" "layer 0 of the image: is already encrypted: the recipients would be added
layer 1 of the image: is already encrypted: the recipients would be added" "stdout"
}

nothing_is_pruned() {
  local layers
  layers=$(layers_of "$TMP/in" plain | sed 's/.* //' | sort)
  try -v encrypt "oci:$TMP/in:plain" "oci:$TMP/in:plain" -r "jwe:$TMP/key.pub.pem" --prune
  expect_equal "$(sed -n 's/.*: would remove \(sha256:\)/\1/p' <<<"$stderr")" "$(sort <<<"$layers"$'\n'"$(root_of "$TMP/in" plain)")" \
    "what would be removed"
  try -v encrypt "oci:$TMP/in:plain" "oci:$TMP/in:plain" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "would still hold 2 plain layers of this image, which everyone can read: --prune removes"
  expect_equal "$(sed -n 's/^imgcrypt:.* plain layer \(sha256:.*\)/\1/p' <<<"$stderr")" "$layers" "what would be left"
  try encrypt "oci:$TMP/in:plain" "oci:$TMP/in:other" -r "jwe:$TMP/key.pub.pem" --prune -o json
  expect_equal "$(jq -r '.plainLayersLeft[]' <<<"$stdout")" "$layers" "what another image needs"
  expect_equal "$(jq -c '.plainLayersPruned' <<<"$stdout")" "[]" "what would be removed"
}

# foretells COMMAND ARG...: a dry run names what the command then removes
foretells() {
  local pruned
  expect_exit 0 imgcrypt "$@" --prune -v -o json --dry-run
  pruned=$(jq -c .pruned <<<"$stdout")
  expect_equal "$(grep -o 'would remove sha256:.*' <<<"$stderr" | sort | sed 's/would remove //' | jq -Rnc '[inputs]')" "$pruned" \
    "what $1 says that it would remove"
  expect_exit 0 imgcrypt "$@" --prune -o json
  expect_equal "$(jq -c .pruned <<<"$stdout")" "$pruned" "what $1 removes, as foretold"
}

# Each of them replaces what the one before has made. The last one is decrypted into the very image of another tag.
pruning_is_foretold() {
  local keys=(-k "$TMP/key.pem") ref="oci:$TMP/work:secret"
  rm -rf "$TMP/work"
  cp -r "$TMP/in" "$TMP/work"
  foretells encrypt "oci:$TMP/work:plain" "$ref" -r "jwe:$TMP/key.pub.pem"
  [[ $(jq '.pruned | length' <<<"$stdout") == 3 ]] || fail "not two layers and a manifest: $stdout"
  foretells recipients add "$ref" -r "jwe:$TMP/other.pub.pem" "${keys[@]}"
  expect_equal "$(jq '.pruned | length' <<<"$stdout")" 1 "the manifests that go"
  foretells recipients remove "$ref" -r "jwe:$TMP/other.pub.pem"
  foretells recipients replace "$ref" -r "jwe:$TMP/key.pub.pem" "${keys[@]}" --rotate
  [[ $(jq '.pruned | length' <<<"$stdout") == 3 ]] || fail "not two layers and a manifest: $stdout"
  foretells decrypt "$ref" "oci:$TMP/work:plain" "${keys[@]}"
  expect_equal "$(jq -c .pruned <<<"$stdout")" "[]" "what goes of the image that is as before"
  foretells decrypt "$ref" "$ref" "${keys[@]}"
  foretells encrypt "$ref" "$ref" -r "jwe:$TMP/key.pub.pem" --layer 0
  rm -rf "$TMP/work"
}

# What the command then says itself, in each kind of destination.
the_image_that_would_be_replaced_is_named() {
  local to replaced
  for to in "oci:$TMP/to:t" "oci-archive:$TMP/to.tar:t" "dir:$TMP/to.dir" "docker-archive:$TMP/to.docker:t"; do
    expect_exit 0 imgcrypt copy "oci:$TMP/in:plain" "$to" --dry-run -o json
    expect_equal "$(jq -r .replaced <<<"$stdout")" null "what would be replaced at the new $to"
    expect_exit 0 imgcrypt copy "oci:$TMP/in:plain" "$to"
    expect_exit 0 imgcrypt copy "oci:$TMP/two:plain" "$to" --dry-run -o json
    replaced=$(jq -r .replaced <<<"$stdout")
    expect_contains "$stderr" "would replace $replaced"
    expect_exit 0 imgcrypt copy "oci:$TMP/two:plain" "$to" -o json
    expect_equal "$replaced" "$(jq -r .replaced <<<"$stdout")" "what was foretold of $to"
  done
  expect_exit 0 imgcrypt copy "oci:$TMP/two:plain" "oci:$TMP/to:t" --dry-run -o json
  expect_equal "$(jq -r .replaced <<<"$stdout")" null "what the same image would replace"
}

recipients_stay_as_they_are() {
  try recipients add "oci:$TMP/in:secret" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
  expect_contains "$stdout" "the recipients of 2 layers would change"
  try recipients replace "oci:$TMP/in:secret" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem" --rotate
}

what_cannot_work_fails_all_the_same() {
  expect_refused 6 imgcrypt recipients add "oci:$TMP/in:secret" -r "jwe:$TMP/other.pub.pem" -k "$TMP/other.pem" --dry-run
  expect_refused 8 imgcrypt encrypt "oci:$TMP/in:secret" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --dry-run
  expect_refused 3 imgcrypt encrypt "oci:$TMP/in:plain" "oci:$TMP/out:t" -r "jwe:$TMP/absent" --dry-run
  expect_refused 3 imgcrypt encrypt "oci:$TMP/in:plain" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --layer 7 --dry-run
}

what_is_missing_or_cut_off_is_found() {
  local blob
  cp -r "$TMP/in" "$TMP/cut"
  blob=$TMP/cut/blobs/sha256/$(layers_of "$TMP/in" plain | head -1 | sed 's/.*sha256://')
  truncate -s -1 "$blob"
  expect_refused 7 imgcrypt encrypt "oci:$TMP/cut:plain" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --dry-run
  rm "$blob"
  expect_refused 2 imgcrypt encrypt "oci:$TMP/cut:plain" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem" --dry-run
  expect_contains "$stderr" "layer 0 of the image"
  # What does not change may already be in the destination.
  expect_exit 0 imgcrypt encrypt "oci:$TMP/cut:plain" "oci:$TMP/in:new" -r "jwe:$TMP/key.pub.pem" --layer 1 --dry-run
  blob=$TMP/cut/blobs/sha256/$(layers_of "$TMP/in" secret | tail -1 | sed 's/.*sha256://')
  rm "$blob"
  expect_refused 2 imgcrypt decrypt "oci:$TMP/cut:secret" "oci:$TMP/out:t" -k "$TMP/key.pem" --dry-run
  expect_refused 2 imgcrypt recipients add "oci:$TMP/cut:secret" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem" --dry-run
}

# destinations_that_cannot_be_written [OPTION]
destinations_that_cannot_be_written() {
  local index
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:secret" "oci:$TMP/absent/out:t" -k "$TMP/key.pem" "$@"
  expect_contains "$stderr" "the directory above it is missing"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:secret" "oci:$TMP/key.pem:t" -k "$TMP/key.pem" "$@"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:secret" "oci:$TMP/slash/:t" -k "$TMP/key.pem" "$@"
  rm -rf "$TMP/slash"
  for index in garbage '{"manifests":{}}' '{"Manifests":[]}'; do
    mkdir "$TMP/bad"
    printf '{"imageLayoutVersion":"1.0.0"}' >"$TMP/bad/oci-layout"
    printf %s "$index" >"$TMP/bad/index.json"
    expect_exit 7 imgcrypt decrypt "oci:$TMP/in:secret" "oci:$TMP/bad:t" -k "$TMP/key.pem" "$@"
    expect_contains "$stderr" "$TMP/bad/index.json: "
    expect_equal "$(cd "$TMP/bad" && echo *)" "index.json oci-layout" "what is in the destination"
    rm -r "$TMP/bad"
  done
  mkdir -p "$TMP/bad/index.json"
  expect_exit 8 imgcrypt decrypt "oci:$TMP/in:secret" "oci:$TMP/bad:t" -k "$TMP/key.pem" "$@"
  rm -r "$TMP/bad"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
make_image "$TMP/in" plain --no-busybox --layers 2 >/dev/null
make_image "$TMP/two" plain --no-busybox --seed 2 >/dev/null
imgcrypt encrypt "oci:$TMP/in:plain" "oci:$TMP/in:secret" -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1
encrypt_says_what_becomes_of_each_layer
nothing_is_pruned
pruning_is_foretold
the_image_that_would_be_replaced_is_named
recipients_stay_as_they_are
what_is_missing_or_cut_off_is_found
what_cannot_work_fails_all_the_same
destinations_that_cannot_be_written --dry-run
destinations_that_cannot_be_written
