#!/bin/bash
# Several images in one archive: one of them is replaced or added, and the others stay as they are.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/archives.sh
source "$cli_dir/../support/shell/archives.sh"

an_image_is_replaced_by_its_name() {
  fresh
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/enc.tar:v1" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/enc.tar:v1" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "replaced sha256:"
  expect_exit 0 imgcrypt recipients add "oci-archive:$TMP/enc.tar" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem"
  expect_exit 0 imgcrypt decrypt "oci-archive:$TMP/enc.tar:v1" "oci:$TMP/back:t" -k "$TMP/other.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$root" "the digest of what came back"
}

# three_images FILE: an image of each of two platforms, which share some blobs, as v1 and v3, and another one, v2
three_images() {
  fresh_with --layers 3 --platforms linux/amd64,linux/arm64
  rm -rf "$TMP/two"
  second=$(make_image "$TMP/two" t --no-busybox --compression tar)
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$1:v1"
  expect_exit 0 imgcrypt copy "oci:$TMP/two:t" "oci-archive:$1:v2"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$1:v3" --platform linux/arm64
}

other_images_of_an_archive_stay() {
  three_images "$TMP/many.tar"
  expect_exit 0 imgcrypt encrypt "oci-archive:$TMP/many.tar:v1" "oci-archive:$TMP/many.tar:v1" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt encrypt "oci-archive:$TMP/many.tar:@2" "oci-archive:$TMP/many.tar:@2" -r "jwe:$TMP/key.pub.pem"
  expect_equal "$(imgcrypt tags "oci-archive:$TMP/many.tar" | paste -sd ' ')" "v1 v2 v3" "the tags"
  expect_exit 0 imgcrypt check "oci-archive:$TMP/many.tar:v3" -k "$TMP/key.pem" --full --require-encrypted
  expect_exit 0 imgcrypt decrypt "oci-archive:$TMP/many.tar:v1" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_exit 0 imgcrypt copy "oci-archive:$TMP/many.tar:v2" "oci:$TMP/back:two"
  expect_equal "$(root_of "$TMP/back" t) $(root_of "$TMP/back" two)" "$root $second" "the digests"
  # Nothing else stays: none of the plain layers, and no file twice.
  local layer
  for layer in $(layers_of "$TMP/in" t | awk '{ print $2 }'); do
    [[ $(members "$TMP/many.tar") != *${layer#*:}* ]] || fail "plain layer $layer is still in the archive"
  done
  expect_equal "$(members "$TMP/many.tar" | sort | uniq -d)" "" "files that are there twice"
  expect_exit 8 imgcrypt encrypt "oci-archive:$TMP/many.tar:v1" "oci-archive:$TMP/many.tar:v1" --platform linux/amd64 \
    -r "jwe:$TMP/key.pub.pem"
}

plain_layers_that_another_image_keeps_are_said() {
  local layers
  three_images "$TMP/many.tar"
  layers=$(layers_of "$TMP/in" t | awk '{ print $2 }' | sort -u | wc -l)
  expect_exit 0 imgcrypt encrypt "oci-archive:$TMP/many.tar:v1" "oci-archive:$TMP/many.tar:new" -r "jwe:$TMP/key.pub.pem" --dry-run
  expect_contains "$stderr" "the destination would still hold $layers plain layers of this image"
  expect_exit 0 imgcrypt encrypt "oci-archive:$TMP/many.tar:v1" "oci-archive:$TMP/many.tar:new" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "the destination still holds $layers plain layers of this image, which everyone can read: other images in it need them"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/alone.tar" -r "jwe:$TMP/key.pub.pem"
  [[ $stderr != *"plain layer"* ]] || fail "plain layers in a new archive: $stderr"
}

# expect_archive_kept CODE WHAT: v1 of the archive cannot be encrypted, and the archive stays as it is.
expect_archive_kept() {
  local before
  before=$(sha256sum "$TMP/many.tar")
  expect_exit "$1" imgcrypt encrypt "oci-archive:$TMP/many.tar:v1" "oci-archive:$TMP/many.tar:v1" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "$2"
  expect_equal "$(sha256sum "$TMP/many.tar")" "$before" "the archive"
  expect_no_temporary_files "$TMP"
}

other_images_that_are_damaged_stay_as_they_are() {
  local layer
  three_images "$TMP/many.tar"
  layer=$(layers_of "$TMP/two" t | awk 'END { print $2 }')
  printf X | dd of="$TMP/many.tar" bs=1 seek="$(offset_in "$TMP/many.tar" "blobs/${layer/://}")" conv=notrunc status=none
  expect_archive_kept 7 "$layer"
  three_images "$TMP/many.tar"
  printf X | dd of="$TMP/many.tar" bs=1 seek="$(offset_in "$TMP/many.tar" "blobs/${second/://}")" conv=notrunc status=none
  expect_archive_kept 8 "it is unknown what another image of the archive needs: $second"
}

# offset_in FILE MEMBER: of its content
offset_in() {
  python3 -c 'import sys, tarfile; print(tarfile.open(sys.argv[1]).getmember(sys.argv[2]).offset_data)' "$@"
}

images_are_named_by_their_tags() {
  three_images "$TMP/many.tar"
  local kind
  for kind in oci-archive docker-archive; do
    expect_exit 3 imgcrypt inspect "$kind:$TMP/many.tar"
    expect_contains "$stderr" "hint: name one of them: $kind:$TMP/many.tar:v1, $kind:$TMP/many.tar:v2, $kind:$TMP/many.tar:v3"
  done
  expect_exit 8 imgcrypt copy "oci:$TMP/two:t" "docker-archive:$TMP/many.tar:app:1"
  expect_contains "$stderr" "the file is an archive of OCI images, and these would be lost"
  expect_contains "$stderr" "hint: write oci-archive:$TMP/many.tar:TAG to add the image there"
  expect_exit 3 imgcrypt gc "oci-archive:$TMP/many.tar"
  expect_contains "$stderr" "is not an OCI image layout"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
an_image_is_replaced_by_its_name
other_images_of_an_archive_stay
plain_layers_that_another_image_keeps_are_said
other_images_that_are_damaged_stay_as_they_are
images_are_named_by_their_tags
