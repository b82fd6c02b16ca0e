#!/bin/bash
# Docker's archives, of both ages: read, and written where nothing is lost that Docker could open.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/archives.sh
source "$cli_dir/../support/shell/archives.sh"

archives_of_docker_keep_one_image() {
  fresh
  classic_archive "$TMP/docker.tar" app:1
  local kind
  for kind in oci-archive docker-archive; do
    expect_exit 8 imgcrypt copy "oci:$TMP/in:t" "$kind:$TMP/docker.tar:app:2"
    expect_contains "$stderr" "with other images, which would be lost"
    expect_contains "$stderr" "write oci-archive: and a new file"
  done
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/docker.tar:app:1"
  expect_contains "$stderr" "no longer has manifest.json, Docker's own list of images"
  expect_equal "$(imgcrypt tags "oci-archive:$TMP/docker.tar" 2>/dev/null)" "docker.io/library/app:1" "the names"
}

classic_docker_archives_are_read() {
  fresh
  classic_archive "$TMP/docker.tar" app:1
  expect_exit 0 imgcrypt tags "docker-archive:$TMP/docker.tar"
  expect_equal "$stdout" "docker.io/library/app:1" "the names"
  expect_exit 0 imgcrypt encrypt "docker-archive:$TMP/docker.tar:app:1" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt encrypt - "oci-archive:$TMP/enc.tar" -r "jwe:$TMP/key.pub.pem" <"$TMP/docker.tar"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/key.pem" --diff-ids always
  expect_exit 0 imgcrypt inspect "docker-archive:$TMP/docker.tar:@0" -o json
  expect_contains "$stdout" "$(root_of "$TMP/back" t)"
  expect_exit 2 imgcrypt inspect "docker-archive:$TMP/docker.tar:app:2"
  expect_contains "$stderr" "the archive has: docker.io/library/app:1"
  expect_exit 2 imgcrypt inspect "oci-archive:$TMP/docker.tar"
  expect_contains "$stderr" "write docker-archive:$TMP/docker.tar"
}

docker_archives_are_written() {
  fresh
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "docker-archive:$TMP/docker.tar:app:1" -k "$TMP/key.pem"
  expect_equal "$(tar xOf "$TMP/docker.tar" manifest.json | jq -r '.[0].RepoTags[0]')" docker.io/library/app:1 "the name"
  local name
  for name in $(tar xOf "$TMP/docker.tar" manifest.json | jq -r '.[0] | .Config, .Layers[]'); do
    expect_equal "$(tar xOf "$TMP/docker.tar" "$name" | sha256sum | cut -c 1-64)" "${name%%.*}" "the content of $name"
  done
  expect_exit 0 imgcrypt encrypt "docker-archive:$TMP/docker.tar:app:1" "oci:$TMP/again:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 8 imgcrypt encrypt "oci:$TMP/in:t" "docker-archive:$TMP/none.tar" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "Docker's archives cannot hold encrypted layers"
  expect_absent "$TMP/none.tar"
  fresh_with --layers 3 --platforms linux/amd64,linux/arm64
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 8 imgcrypt decrypt "oci:$TMP/out:t" "docker-archive:$TMP/none.tar" -k "$TMP/key.pem"
  expect_contains "$stderr" "images of one platform only"
}

# A list of Docker's names no manifest, which is made anew when the archive is read.
digests_of_docker_archives_are_those_of_readers() {
  fresh
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:app:1" --digestfile "$TMP/digest.txt"
  local read
  read=$(timeout 120 "$IMGCRYPT" inspect "docker-archive:$TMP/docker.tar" -o json 2>/dev/null | jq -r .image.digest)
  expect_equal "$stdout" "docker-archive:$TMP/docker.tar:app:1@$read" "the result"
  expect_equal "$(cat "$TMP/digest.txt")" "$read" "the digest file"
  expect_exit 0 imgcrypt copy "docker-archive:$TMP/docker.tar:app:1@$read" "oci:$TMP/back:t"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "docker-archive:$TMP/other.tar:app:1" -k "$TMP/key.pem"
  expect_contains "$stdout" "@$read"
  [[ $stderr != *"exact: the result is identical"* ]] || fail "another manifest: $stderr"
}

# Both are called the same layer by the image's config, and only one of them is it.
of_files_for_one_layer_the_right_one_counts() {
  local before
  classic_archive "$TMP/docker.tar" app:1
  before=$(timeout 120 "$IMGCRYPT" inspect "docker-archive:$TMP/docker.tar" -o json 2>/dev/null | jq -r .image.digest)
  python3 "$support_dir/classic_archive.py" "$TMP/docker.tar" app:1 --hostile file
  expect_exit 0 imgcrypt check --full "docker-archive:$TMP/docker.tar@$before"
}

# No list of Docker's names them, so that their blobs would lie there for nobody.
attestations_are_left_out_of_docker_archives() {
  fresh_with --layers 3 --attestation --index
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:app:1" -o json
  expect_contains "$stderr" "left out: the attestation of linux/amd64; Docker's archives hold an image alone"
  expect_equal "$(members "$TMP/docker.tar" | wc -l)" 5 "the number of files: three layers, a config, and the list"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "docker-archive:$TMP/same.tar:app:1" -k "$TMP/key.pem"
  expect_contains "$stderr" "not encrypted: its layers are copied unchanged; the archive has no place for its manifest"
  cmp "$TMP/docker.tar" "$TMP/same.tar" || fail "what is not encrypted is not copied"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/enc:t" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/enc:t" "docker-archive:$TMP/opened.tar:app:1" -k "$TMP/key.pem"
  expect_contains "$stderr" "not exact: the digest of the image that was encrypted is $root; the archive has no place for its manifest"
  expect_contains "$stderr" "left out: the attestation of linux/amd64"
  cmp "$TMP/docker.tar" "$TMP/opened.tar" || fail "what is decrypted is another image"
}

names_that_docker_refuses_are_not_written() {
  fresh
  local name
  for name in UPPER:1 UPPER x@y:1; do
    expect_exit 3 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:$name"
    expect_absent "$TMP/docker.tar"
  done
  expect_exit 3 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:UPPER:1"
  expect_contains "$stderr" "Docker could not load an image of this name"
  for name in app:-1 localhost/app:-1; do
    expect_exit 3 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:$name"
    expect_contains "$stderr" 'cannot be a tag'
    expect_absent "$TMP/docker.tar:$name"
  done
  for name in app my.app:1 localhost:5000/a/b:1; do
    expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:$name"
    rm "$TMP/docker.tar"
  done
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
archives_of_docker_keep_one_image
classic_docker_archives_are_read
docker_archives_are_written
digests_of_docker_archives_are_those_of_readers
of_files_for_one_layer_the_right_one_counts
attestations_are_left_out_of_docker_archives
names_that_docker_refuses_are_not_written
