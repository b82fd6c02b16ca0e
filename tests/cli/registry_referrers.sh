#!/bin/bash
# Signatures, SBOMs and what else refers to an image in a registry: found by the referrers API, by the tag that takes its
# place, and by cosign's tags; taken along from and to all of them.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/faulty_registry.sh
source "$cli_dir/../support/shell/faulty_registry.sh"
# shellcheck source=../support/shell/registry.sh
source "$cli_dir/../support/shell/registry.sh"

count="2 referrers (1 SBOM, 1 signature)"
all_count="3 referrers (1 SBOM, 2 signatures)" # with what refers to the two

# A signature as cosign tags it, an SBOM, and a signature of the SBOM.
make_inputs() {
  make_keys "$TMP/key" P-256
  root=$(make_image "$TMP/signed" t --no-busybox --layers 2 --layer-size 20000 --platforms linux/amd64,linux/arm64)
  signature_tag=${root/:/-}.sig
  signature=$(add_artifact signed "" "" "$signature_tag")
  sbom=$(add_artifact signed "$root" application/spdx+json)
  deep=$(add_artifact signed "$sbom" application/vnd.dev.cosign.artifact.sig.signature)
  referrers=$(printf '%s\n' "$signature" "$sbom" "$deep" | sort | xargs)
}

# expect_signed REFERENCE: the image has its referrers there.
expect_signed() {
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt copy "$1" "oci:$TMP/back:t" --referrers copy
  expect_equal "$(root_of "$TMP/back" t)" "$root" "the digest of $1"
  expect_equal "$(referrers_of back)" "$referrers" "the referrers of $1"
  expect_equal "$(root_of "$TMP/back" "$signature_tag")" "$signature" "the signature's tag"
}

# listed_by_tag SUBJECT: what the index names that takes the place of the API; nothing when there is none
listed_by_tag() {
  curl -s "http://${HONEST:-$REGISTRY}/v2/app/manifests/${1/:/-}" -H "Accept: application/vnd.oci.image.index.v1+json" |
    jq -r '.manifests[]? | "\(.digest) \(.artifactType)"'
}

they_go_there_and_back() {
  for _ in 1 2; do # the second time they are there
    expect_exit 0 imgcrypt copy "oci:$TMP/signed:t" "docker://$REGISTRY/app:t" --referrers copy
    expect_signed "docker://$REGISTRY/app:t"
  done
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/app:t" "docker://$REGISTRY/other:t" --referrers copy
  expect_signed "docker://$REGISTRY/other:t"
}

they_are_counted_where_they_stay() {
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/app:t" "oci:$TMP/out:t"
  expect_contains "$stderr" "$all_count of $root were left behind; --referrers copy takes them along"
  expect_exit 0 imgcrypt encrypt "docker://$REGISTRY/app:t" "docker://$REGISTRY/enc:bare" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "$all_count of $root were left behind: they fit only the unchanged image"
}

they_survive_encryption() {
  expect_exit 0 imgcrypt encrypt "docker://$REGISTRY/app:t" "docker://$REGISTRY/enc:t" -r "jwe:$TMP/key.pub.pem" --referrers copy
  expect_contains "$stderr" "$count describe $root and not the result"
  expect_exit 0 imgcrypt decrypt "docker://$REGISTRY/enc:t" "docker://$REGISTRY/opened:t" -k "$TMP/key.pem" --referrers copy
  expect_signed "docker://$REGISTRY/opened:t"
}

all_of_it() {
  they_go_there_and_back
  they_are_counted_where_they_stay
  they_survive_encryption
}

by_the_api() {
  start_faulty_registry
  all_of_it
  expect_equal "$(listed_by_tag "$root")" "" "the index in the API's place"
  expect_no_open_uploads
}

by_the_tag() {
  start_faulty_registry --fault no-referrers --fault index-overwritten
  all_of_it
  expect_equal "$(listed_by_tag "$root")" "$sbom application/spdx+json" "what refers to the image"
  expect_equal "$(listed_by_tag "$sbom")" "$deep application/vnd.dev.cosign.artifact.sig.signature" "what refers to the SBOM"
  expect_no_open_uploads
  stop_faulty_registry
}

# A registry that does not tell what refers to an image has not said that there is nothing.
expect_unknown() {
  rm -rf "$TMP/out"
  expect_exit 4 imgcrypt copy "docker://$REGISTRY/app:t" "oci:$TMP/out:t" --referrers copy
  expect_contains "$stderr" "$1"
  expect_absent "$TMP/out"
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/app:t" "oci:$TMP/out:t"
  expect_contains "$stderr" "it is unknown whether signatures or other referrers were left behind"
  stop_faulty_registry
}

that_they_are_unknown_is_said() {
  start_faulty_registry --image "app:t=$TMP/signed:t" --fault referrers-refused
  expect_unknown "$REGISTRY does not let us list what refers to $root in app: 403"
  start_faulty_registry --image "app:t=$TMP/signed:t" --fault referrers-not-json
  expect_unknown "$REGISTRY answers with something else than a list of what refers to $root in app: JSON: "
  start_faulty_registry --image "app:t=$TMP/signed:t" --fault referrers-endless
  expect_unknown "$REGISTRY: the pages of what refers to $root in app go round in a circle"
}

# Of a signature that was deleted the list may still tell.
those_that_are_not_there_are_said() {
  start_faulty_registry --image "app:t=$TMP/signed:t" --fault referrers-lost
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/app:t" "oci:$TMP/out:t" --referrers copy
  expect_contains "$stderr" "warning: referrer sha256:$(printf '0%.0s' {1..64}) of $root is listed, but not there: it is not taken along"
  [[ $stderr != *"has no signatures"* ]] || fail "it is not known: $stderr"
  stop_faulty_registry
}

# What is far away costs one way there and back for each document, not four.
they_are_asked_for_side_by_side() {
  start_faulty_registry --image "app:t=$TMP/signed:t" --fault referrers-together=4
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt copy "docker://$REGISTRY/app:t" "oci:$TMP/out:t"
  [[ $stderr != *"it is unknown"* ]] || fail "the four requests do not come together: $stderr"
  stop_faulty_registry
}

# A tag of cosign is replaced like any other.
replaced_signatures_are_said() {
  local there
  cp -r "$TMP/signed" "$TMP/resigned"
  jq -c '.manifests |= .[:1]' "$TMP/signed/index.json" >"$TMP/resigned/index.json"
  add_artifact resigned "" application/octet-stream "$signature_tag" >/dev/null
  rm -rf "$TMP/back"
  for there in "docker://$REGISTRY/app:t" "oci:$TMP/back:t" "oci-archive:$TMP/back.tar:t"; do
    expect_exit 0 imgcrypt copy "oci:$TMP/signed:t" "$there" --referrers copy
    [[ $stderr != *"is replaced"* ]] || fail "nothing is: $stderr"
    expect_exit 0 imgcrypt copy "oci:$TMP/resigned:t" "$there" --referrers copy --dry-run
    expect_contains "$stderr" "the tag $signature_tag named $signature at the destination"
    expect_exit 0 imgcrypt copy "oci:$TMP/resigned:t" "$there" --referrers copy
    expect_contains "$stderr" "warning: the tag $signature_tag named $signature at the destination: it is replaced"
  done
}

# Debian's does not know the API.
in_another_registry() {
  unset HONEST
  start_registry "$TMP/other"
  all_of_it
  expect_equal "$(listed_by_tag "$root")" "$sbom application/spdx+json" "what refers to the image"
  replaced_signatures_are_said
}

make_inputs
by_the_api
by_the_tag
that_they_are_unknown_is_said
those_that_are_not_there_are_said
they_are_asked_for_side_by_side
in_another_registry
