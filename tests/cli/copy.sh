#!/bin/bash
# `imgcrypt copy`: images arrive byte for byte, or not at all; what skopeo copy's options mean; referrers.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

schema=$cli_dir/../../docs/output.schema.json

# expect_same_blobs FROM TO: every blob of TO is one of FROM, byte for byte, and none is missing
expect_same_blobs() {
  expect_equal "$(cd "$TMP/$2/blobs" && find . -type f -exec sha256sum {} + | sort)" \
    "$(cd "$TMP/$1/blobs" && find . -type f -exec sha256sum {} + | sort)" "the blobs of $2"
}

# copy FROM TO OPTION...: both relative to $TMP
copy() {
  expect_exit 0 imgcrypt copy "oci:$TMP/$1" "oci:$TMP/$2" "${@:3}"
}

# expect_exact NAME: the image NAME:t is copied whole
expect_exact() {
  rm -rf "$TMP/out"
  copy "$1:t" out:t
  expect_equal "$stdout" "oci:$TMP/out:t@$(root_of "$TMP/$1" t)" "the result"
  expect_equal "$(root_of "$TMP/out" t)" "$(root_of "$TMP/$1" t)" "the digest"
  expect_same_blobs "$1" out
  expect_no_temporary_files "$TMP/out"
}

# An index whose second entry is another index
make_nested() {
  make_image "$TMP/nested" t --no-busybox --platforms linux/amd64,linux/arm64 --attestation >/dev/null
  local inner size
  inner=$(root_of "$TMP/nested" t)
  size=$(stat -c %s "$(blob "$TMP/nested" "$inner")")
  edit_root "$TMP/nested" t ".manifests = [.manifests[0], {mediaType: .mediaType, digest: \"$inner\", size: $size}]"
}

all_kinds_of_images_stay_as_they_are() {
  local name
  make_nested
  make_image "$TMP/single" t --no-busybox --indent 3 >/dev/null
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/key.pub.pem"
  for name in plain encrypted nested single; do expect_exact "$name"; done
  expect_exit 0 imgcrypt copy "oci:$TMP/encrypted:t" "oci:$TMP/copied:t"
  expect_opens "$TMP/copied" "$root" key
}

# An artifact's config and layers are of types that nobody knows; an index lists a blob that is not an image.
artifacts_are_copied() {
  make_image "$TMP/artifact" t --no-busybox >/dev/null
  edit_root "$TMP/artifact" t '.artifactType = "text/x-test" | .layers[].mediaType = "text/plain" | .config.mediaType = "text/x-config"'
  rm -rf "$TMP/out"
  copy artifact:t out:t
  expect_equal "$(root_of "$TMP/out" t)" "$(root_of "$TMP/artifact" t)" "the digest"
}

# skopeo copies one platform of many, without changing the index.
sparse_indexes_stay_sparse() {
  cp -r "$TMP/plain" "$TMP/sparse"
  rm "$(blob "$TMP/sparse" "$(manifests_of "$TMP/sparse" "$root" | tail -n1)")"
  rm -rf "$TMP/out"
  copy sparse:t out:t
  expect_contains "$stderr" "linux/arm64 is not in the source: its entry in the index is kept as it is"
  expect_equal "$(root_of "$TMP/out" t)" "$root" "the digest"
}

# What is no manifest is not read, and may be missing as well; it is not called "already there".
what_else_an_index_lists_may_be_missing() {
  local entry
  entry="sha256:$(sha256sum <<<nowhere | cut -c-64)"
  rm -rf "$TMP/lacking" "$TMP/out"
  cp -r "$TMP/plain" "$TMP/lacking"
  edit_root "$TMP/lacking" t ".manifests += [{mediaType: \"a/b\", digest: \"$entry\", size: 1}]"
  copy lacking:t out:t
  expect_contains "$stderr" "$entry is not in the source: its entry in the index is kept as it is"
  [[ $stderr != *"already there"* ]] || fail "what is nowhere is already there: $stderr"
  expect_exit 0 imgcrypt copy "oci:$TMP/lacking:t" "oci:$TMP/out:dry" --dry-run
  expect_contains "$stderr" "$entry is not in the source: its entry in the index is kept as it is"
}

platforms_can_be_chosen() {
  local option
  rm -rf "$TMP/out"
  copy plain:t out:t --platform arm64
  expect_contains "$stderr" "left out: linux/amd64"
  expect_equal "$(jq '.manifests | length' "$(blob "$TMP/out" "$(root_of "$TMP/out" t)")")" 2 "a platform and its attestation"
  expect_exit 0 imgcrypt check "oci:$TMP/out:t" --full
  rm -rf "$TMP/in"
  cp -r "$TMP/plain" "$TMP/in"
  rm -rf "$TMP/out"
  expect_refused 2 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --platform s390x
  expect_refused 8 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/in:t" --platform arm64
  expect_refused 8 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --platform arm64 --preserve-digests
  expect_contains "$stderr" "the copy would not have the digest $root"
  rm -rf "$TMP/in"
  cp -r "$TMP/single" "$TMP/in"
  for option in "" --dry-run; do
    # shellcheck disable=SC2086 # one word or none
    expect_refused 8 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/out:app:1" --preserve-digests $option
    expect_contains "$stderr" "hint: write oci-archive:FILE"
  done
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/kept.tar:t" --preserve-digests
  expect_exit 0 imgcrypt inspect "oci-archive:$TMP/kept.tar:t" -o json
  expect_equal "$(jq -r .image.digest <<<"$stdout")" "$(root_of "$TMP/single" t)" "the digest in an oci-archive"
}

options_of_skopeo_work() {
  local option
  for option in --all -a "--multi-arch all" "--multi-arch=all" --preserve-digests --remove-signatures "--format oci" "-f oci" -q; do
    rm -rf "$TMP/out"
    # shellcheck disable=SC2086 # several words
    copy plain:t out:t $option
    expect_equal "$(root_of "$TMP/out" t)" "$root" "the digest with $option"
  done
  rm -rf "$TMP/out"
  copy plain:t out:t --multi-arch system
  expect_contains "$stderr" "left out"
  rm -rf "$TMP/out"
  copy plain:t out:t --encryption-key "jwe:$TMP/key.pub.pem" --encrypt-layer 0
  expect_equal "$(encryption_of "$TMP/out" t)" "e-- e--" "what is encrypted"
  copy out:t back:t --decryption-key "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$root" "what was decrypted"
  rm -rf "$TMP/out"
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --multi-arch index-only
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --multi-arch some
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --format v2s2
  expect_contains "$stderr" "skopeo copy --format converts"
}

what_contradicts_itself_is_refused() {
  local recipient="jwe:$TMP/key.pub.pem" key="$TMP/key.pem"
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" -r "$recipient" -k "$key"
  expect_contains "$stderr" "imgcrypt recipients replace SRC DST"
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" -r "$recipient" --preserve-digests
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$key" --preserve-digests
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --layer 0
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --hide-recipients
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --allow-legacy-cms
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --remove-signatures --referrers copy
  expect_refused 3 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --multi-arch all --platform arm64
}

# Keys and recipients of the environment are for other commands: a copy stays a copy.
environment_does_not_change_a_copy() {
  rm -rf "$TMP/out"
  IMGCRYPT_RECIPIENTS="jwe:$TMP/key.pub.pem" IMGCRYPT_KEY="$TMP/key.pem" copy plain:t out:t
  expect_equal "$(root_of "$TMP/out" t)" "$root" "the digest"
  expect_contains "$stderr" "note: IMGCRYPT_RECIPIENTS is not used: copy encrypts only with -r or -R"
}

docker_types_become_oci_on_demand() {
  make_image "$TMP/docker" t --no-busybox >/dev/null
  edit_root "$TMP/docker" t '.mediaType = "application/vnd.docker.distribution.manifest.v2+json"
    | .config.mediaType = "application/vnd.docker.container.image.v1+json"
    | .layers[].mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip"'
  rm -rf "$TMP/out"
  copy docker:t out:t
  expect_equal "$(root_of "$TMP/out" t)" "$(root_of "$TMP/docker" t)" "the digest of a copy"
  copy docker:t out:oci --format oci
  expect_equal "$(jq -r .mediaType "$(manifest_of "$TMP/out" oci)")" "application/vnd.oci.image.manifest.v1+json" "the type"
  rm -rf "$TMP/out"
  expect_exit 8 imgcrypt copy "oci:$TMP/docker:t" "oci:$TMP/out:t" --format oci --preserve-digests
  expect_absent "$TMP/out"
}

results_are_told() {
  rm -rf "$TMP/out"
  copy plain:t out:t --dry-run
  expect_contains "$stdout" "layer 0 of linux/amd64: would be copied"
  expect_absent "$TMP/out"
  copy plain:t out:t --digestfile "$TMP/digest" --jobs 1
  expect_equal "$(cat "$TMP/digest")" "$root" "the digest file"
  copy plain:t out:j -o json
  python3 "$cli_dir/check_schema.py" "$schema" copy <"$TMP/stdout" || fail "$stdout"
  expect_equal "$(jq -r '"\(.digest) \(.layers | length)"' <<<"$stdout")" "$root 8" "the JSON"
  copy plain:t out:k -o json --dry-run
  python3 "$cli_dir/check_schema.py" "$schema" copy <"$TMP/stdout" || fail "$stdout"
  copy encrypted:t out:t
  expect_contains "$stderr" "replaced $root"
  copy plain:t out:t --prune
  expect_contains "$stderr" "that only the former image"
  # Onto itself: nothing changes.
  local before
  before=$(state_of "$TMP/out")
  copy out:t out:t
  expect_equal "$(state_of "$TMP/out")" "$before" "a layout that was copied onto itself"
  copy out:t out:t2
  expect_equal "$(root_of "$TMP/out" t2)" "$root" "the second name"
}

links_are_followed_on_demand() {
  local first
  cp -r "$TMP/single" "$TMP/linked"
  first=$(layers_of "$TMP/linked" t | head -n1 | cut -d' ' -f2)
  mv "$(blob "$TMP/linked" "$first")" "$TMP/elsewhere"
  ln -s "$TMP/elsewhere" "$(blob "$TMP/linked" "$first")"
  rm -rf "$TMP/out"
  expect_exit 8 imgcrypt copy "oci:$TMP/linked:t" "oci:$TMP/out:t"
  expect_absent "$TMP/out"
  copy linked:t out:t --follow-links
  expect_same_layers "$TMP/single" t "$TMP/out" t
}

# Damage in the last layer of the last platform, and a blob that is missing
failures_leave_nothing() {
  local last
  last=$(layers_of "$TMP/plain" t | grep -v in-toto | tail -n1 | cut -d' ' -f2)
  rm -rf "$TMP/in" "$TMP/out"
  cp -r "$TMP/plain" "$TMP/in"
  printf 'x' | dd of="$(blob "$TMP/in" "$last")" conv=notrunc status=none
  expect_refused 7 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t"
  rm "$(blob "$TMP/in" "$last")"
  expect_refused 2 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t"
  expect_refused 2 imgcrypt copy "oci:$TMP/in:t" "oci:$TMP/out:t" --dry-run
}

skopeo_reads_copies() {
  command -v skopeo >/dev/null || return 0
  rm -rf "$TMP/out" "$TMP/dir"
  copy encrypted:t out:t
  skopeo --insecure-policy copy -q --all "oci:$TMP/out:t" "dir:$TMP/dir"
  expect_equal "sha256:$(sha256sum <"$TMP/dir/manifest.json" | cut -d' ' -f1)" "$(root_of "$TMP/encrypted" t)" "what skopeo read"
}

referrers_are_counted_or_taken_along() {
  cp -r "$TMP/plain" "$TMP/signed"
  local signature sbom deep
  signature=$(add_artifact signed "" "" "${root/:/-}.sig")
  sbom=$(add_artifact signed "$root" application/spdx+json)
  deep=$(add_artifact signed "$sbom" application/vnd.dev.cosign.artifact.sig.signature)
  add_artifact signed "sha256:$(printf x | sha256sum | cut -d' ' -f1)" application/spdx+json >/dev/null # another image's
  rm -rf "$TMP/out"
  copy signed:t out:t
  expect_contains "$stderr" "3 referrers (1 SBOM, 2 signatures) of $root were left behind; --referrers copy takes them along"
  expect_equal "$(jq '.manifests | length' "$TMP/out/index.json")" 1 "the images"
  copy signed:t out:t --referrers copy
  expect_equal "$(root_of "$TMP/out" t)" "$root" "the digest"
  expect_equal "$(referrers_of out)" "$(printf '%s\n' "$signature" "$sbom" "$deep" | sort | xargs)" "what was taken along"
  expect_equal "$(root_of "$TMP/out" "${root/:/-}.sig")" "$signature" "the signature's tag"
  # Again, and without them: they are there.
  copy signed:t out:t --referrers copy
  expect_equal "$(jq '.manifests | length' "$TMP/out/index.json")" 4 "the entries"
  copy signed:t out:t
  [[ $stderr != *referrer* ]] || fail "$stderr"
  # A dry run tells the same, and so do gc and a destination without a tag.
  rm -rf "$TMP/none"
  expect_exit 8 imgcrypt copy "oci:$TMP/signed:t" "oci:$TMP/none" --referrers copy
  expect_contains "$stderr" "beside its referrers an image needs a tag"
  expect_exit 8 imgcrypt copy "oci:$TMP/signed:t" "oci:$TMP/none" --referrers copy --dry-run
  expect_absent "$TMP/none"
  expect_exit 0 imgcrypt gc "oci:$TMP/out"
  expect_exit 0 imgcrypt check "oci:$TMP/out:${root/:/-}.sig" --full
}

# They fit the plain image only, but wait for it to come back.
referrers_survive_encryption() {
  local count="2 referrers (1 SBOM, 1 signature)"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/signed:t" "oci:$TMP/bare:t" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "3 referrers (1 SBOM, 2 signatures) of $root were left behind: they fit only the unchanged image; --referrers copy takes them along"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/signed:t" "oci:$TMP/sealed:t" -r "jwe:$TMP/key.pub.pem" --referrers copy
  expect_contains "$stderr" "imgcrypt: warning: $count describe $root and not the result"
  expect_encrypted "$TMP/sealed" t
  copy sealed:t moved:t --referrers copy
  expect_exit 0 imgcrypt decrypt "oci:$TMP/moved:t" "oci:$TMP/opened:t" -k "$TMP/key.pem" --referrers copy
  [[ $stderr != *"not the result"* ]] || fail "$stderr"
  expect_equal "$(referrers_of opened)" "$(referrers_of out)" "the referrers of the decrypted image"
  expect_equal "$(root_of "$TMP/opened" t)" "$root" "the decrypted image"
}

# An index of the image that refers to it: its plain layers would lie beside the encrypted ones.
referrers_do_not_bring_what_was_encrypted() {
  local entry text digest layer
  make_image "$TMP/held" t --no-busybox >/dev/null
  entry=$(jq -c '.manifests[0] | {mediaType, digest, size}' "$TMP/held/index.json")
  text="{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[$entry],\"subject\":$entry}"
  digest=sha256:$(printf %s "$text" | sha256sum | cut -c-64)
  printf %s "$text" >"$(blob "$TMP/held" "$digest")"
  jq -c --arg digest "$digest" --arg text "$text" \
    '.manifests += [{mediaType: "application/vnd.oci.image.index.v1+json", digest: $digest, size: ($text | length)}]' \
    "$TMP/held/index.json" >"$TMP/index.json"
  mv "$TMP/index.json" "$TMP/held/index.json"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/held:t" "oci:$TMP/hidden:t" -r "jwe:$TMP/key.pub.pem" --referrers copy
  expect_contains "$stderr" "warning: referrer $digest is left behind: it holds layers as they were before they were encrypted"
  for layer in $(layers_of "$TMP/held" t | cut -d' ' -f2); do
    expect_absent "$(blob "$TMP/hidden" "$layer")"
  done
  copy held:t kept:t --referrers copy
  [[ -e $(blob "$TMP/kept" "$digest") ]] || fail "a copy lacks the referrer: $stderr"
}

# Other recipients give the image another digest too.
referrers_of_an_encrypted_image_are_counted() {
  local digest count="1 referrer (1 SBOM)"
  make_keys "$TMP/other" P-256
  cp -r "$TMP/encrypted" "$TMP/shared"
  digest=$(root_of "$TMP/shared" t)
  add_artifact shared "$digest" application/vnd.cyclonedx >/dev/null
  expect_exit 0 imgcrypt recipients add "oci:$TMP/shared:t" "oci:$TMP/both:t" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
  expect_contains "$stderr" "$count of $digest was left behind: it fits only the unchanged image"
  expect_exit 0 imgcrypt recipients remove "oci:$TMP/both:t" "oci:$TMP/one:t" --index 0
  [[ $stderr != *referrer* ]] || fail "$stderr"
  expect_exit 0 imgcrypt recipients replace "oci:$TMP/shared:t" "oci:$TMP/new:t" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem" \
    --referrers copy
  expect_contains "$stderr" "imgcrypt: warning: $count describes $digest and not the result"
  expect_equal "$(referrers_of new)" "$(referrers_of shared)" "what was taken along"
}

make_keys "$TMP/key" P-256
root=$(make_image "$TMP/plain" t --no-busybox --layers 3 --compression gzip,zstd,tar --platforms linux/amd64,linux/arm64 \
  --attestation --layer-size 300000)
all_kinds_of_images_stay_as_they_are
artifacts_are_copied
sparse_indexes_stay_sparse
what_else_an_index_lists_may_be_missing
platforms_can_be_chosen
options_of_skopeo_work
what_contradicts_itself_is_refused
environment_does_not_change_a_copy
docker_types_become_oci_on_demand
results_are_told
links_are_followed_on_demand
failures_leave_nothing
skopeo_reads_copies
referrers_are_counted_or_taken_along
referrers_survive_encryption
referrers_do_not_bring_what_was_encrypted
referrers_of_an_encrypted_image_are_counted
