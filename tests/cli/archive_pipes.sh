#!/bin/bash
# Archives through pipes: they carry images and their names, and what failed is none.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/archives.sh
source "$cli_dir/../support/shell/archives.sh"

pipes_carry_archives() {
  fresh
  export TMPDIR=$TMP/spool
  timeout 120 "$IMGCRYPT" encrypt "oci:$TMP/in:t" - -r "jwe:$TMP/key.pub.pem" 2>"$TMP/said" |
    timeout 120 "$IMGCRYPT" decrypt - - -k "$TMP/key.pem" -o json 2>"$TMP/result" |
    timeout 120 "$IMGCRYPT" inspect - -o json >"$TMP/inspected"
  unset TMPDIR
  expect_contains "$(cat "$TMP/said")" "-@sha256:"
  expect_equal "$(grep '^{' "$TMP/result" | jq -r .digest)" "$root" "the result on stderr"
  expect_contains "$(cat "$TMP/inspected")" "$root"
  expect_equal "$(ls -A "$TMP/spool")" "" "what is left in the temporary directory"
}

# names_of FILE: tag and containerd's name of each image that an archive lists
names_of() {
  tar xOf "$1" index.json |
    jq -r '.manifests[].annotations | (."org.opencontainers.image.ref.name" // "-") + " " + (."io.containerd.image.name" // "-")'
}

# The program after the pipe, such as `ctr images import` or `podman load`, knows images by these.
stdout_has_names_too() {
  fresh
  timeout 120 "$IMGCRYPT" copy "oci:$TMP/in:t" "oci-archive:/dev/stdout:t" 2>"$TMP/said" | cat >"$TMP/piped.tar"
  expect_contains "$(cat "$TMP/said")" "oci-archive:/dev/stdout:t@$root"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/file.tar:t"
  cmp "$TMP/piped.tar" "$TMP/file.tar" || fail "the pipe carries more than the archive"
}

names_survive_pipes() {
  fresh
  local both="1 docker.io/library/app:1"
  mkdir -p "$TMP/named"
  cp -r "$TMP/in/." "$TMP/named"
  jq -c '.manifests[0].annotations = {"org.opencontainers.image.ref.name": "1", "io.containerd.image.name": "docker.io/library/app:1"}' \
    "$TMP/in/index.json" >"$TMP/named/index.json"
  tar -C "$TMP/named" -cf "$TMP/named.tar" .
  imgcrypt encrypt - - -r "jwe:$TMP/key.pub.pem" <"$TMP/named.tar" >"$TMP/piped.tar" 2>/dev/null
  expect_equal "$(names_of "$TMP/piped.tar")" "$both" "the names after encrypt - -"
  imgcrypt recipients add - - -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem" <"$TMP/piped.tar" >"$TMP/added.tar" 2>/dev/null
  expect_equal "$(names_of "$TMP/added.tar")" "$both" "the names after recipients add - -"
  imgcrypt decrypt - docker-archive:- -k "$TMP/other.pem" <"$TMP/added.tar" >"$TMP/docker.tar" 2>/dev/null
  expect_equal "$(tar xOf "$TMP/docker.tar" manifest.json | jq -c '.[].RepoTags')" '["docker.io/library/app:1"]' "the names after decrypt - docker-archive:-"
  imgcrypt encrypt - - -r "jwe:$TMP/key.pub.pem" <"$TMP/docker.tar" >"$TMP/piped.tar" 2>/dev/null
  expect_equal "$(names_of "$TMP/piped.tar")" "- docker.io/library/app:1" "the names of Docker's archive after encrypt - -"
  imgcrypt copy "oci:$TMP/named:1" - >"$TMP/piped.tar" 2>/dev/null
  expect_equal "$(names_of "$TMP/piped.tar")" "$both" "the names after copy oci: -"
  imgcrypt copy - oci-archive:-:2 <"$TMP/named.tar" >"$TMP/piped.tar" 2>/dev/null
  expect_equal "$(names_of "$TMP/piped.tar")" "2 docker.io/library/app:2" "the names where another tag is given"
}

# Docker knows an image by several names, but containerd none that has another digest than the image.
names_that_are_kept_are_the_right_ones() {
  fresh
  imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:app:1" 2>/dev/null
  mkdir -p "$TMP/several"
  tar -C "$TMP/several" -xf "$TMP/docker.tar"
  jq -c '.[0].RepoTags = ["app:1", "other:2"]' "$TMP/several/manifest.json" >"$TMP/list.json"
  mv "$TMP/list.json" "$TMP/several/manifest.json"
  tar -C "$TMP/several" -cf "$TMP/several.tar" .
  imgcrypt copy "docker-archive:$TMP/several.tar:other:2" - >"$TMP/piped.tar" 2>/dev/null
  expect_equal "$(names_of "$TMP/piped.tar")" "- docker.io/library/other:2" "the name that was asked for"
  mkdir -p "$TMP/digest"
  cp -r "$TMP/in/." "$TMP/digest"
  jq -c --arg name "docker.io/library/app@$root" '.manifests[0].annotations = {"io.containerd.image.name": $name}' "$TMP/in/index.json" \
    >"$TMP/digest/index.json"
  tar -C "$TMP/digest" -cf "$TMP/digest.tar" .
  imgcrypt encrypt - - -r "jwe:$TMP/key.pub.pem" <"$TMP/digest.tar" >"$TMP/piped.tar" 2>/dev/null
  expect_equal "$(names_of "$TMP/piped.tar")" "- -" "the name with the digest of the plain image"
}

# What has gone to stdout until then is right, but not an archive: what makes it one comes last.
a_failure_leaves_no_archive() {
  fresh
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  local layer name
  layer=$(blob "$TMP/out" "$(layers_of "$TMP/out" t | awk 'END { print $2 }')")
  printf X | dd of="$layer" bs=1 seek=3 conv=notrunc status=none
  expect_exit 7 imgcrypt decrypt "oci:$TMP/out:t" - -k "$TMP/key.pem"
  cp "$TMP/stdout" "$TMP/part.tar"
  for name in $(layers_of "$TMP/in" t | awk 'NR < 3 { sub(":", "/", $2); print "blobs/" $2 }'); do
    expect_contains "$(tar tf "$TMP/part.tar" 2>/dev/null)" "$name"
  done
  expect_equal "$(tar tf "$TMP/part.tar" 2>/dev/null | wc -l)" 3 "the number of files"
  expect_exit 2 imgcrypt inspect "oci-archive:$TMP/part.tar"
  expect_exit 7 imgcrypt decrypt "oci:$TMP/out:t" "oci-archive:$TMP/none.tar" -k "$TMP/key.pem"
  expect_absent "$TMP/none.tar"
  expect_no_temporary_files "$TMP"
}

stdin_may_be_named_with_its_kind() {
  fresh
  imgcrypt copy "oci:$TMP/in:t" oci-archive:-:v1 >"$TMP/piped.tar" 2>/dev/null
  imgcrypt copy "oci:$TMP/in:t" docker-archive:-:app:1 >"$TMP/docker.tar" 2>/dev/null
  local from
  for from in oci-archive:- oci-archive:-:v1; do
    rm -rf "$TMP/out"
    expect_exit 0 imgcrypt copy "$from" "oci:$TMP/out:t" <"$TMP/piped.tar"
    expect_equal "$(root_of "$TMP/out" t)" "$root" "the digest of $from"
  done
  expect_exit 2 imgcrypt copy oci-archive:-:v2 "oci:$TMP/out:t" <"$TMP/piped.tar"
  expect_exit 2 imgcrypt copy oci-archive:- "oci:$TMP/out:t" <"$TMP/docker.tar"
  expect_contains "$stderr" "write docker-archive:"
  for from in docker-archive:- docker-archive:-:app:1; do
    expect_exit 0 imgcrypt encrypt "$from" "oci:$TMP/enc:t" -r "jwe:$TMP/key.pub.pem" <"$TMP/docker.tar"
  done
  expect_exit 0 imgcrypt check "oci:$TMP/enc:t" -k "$TMP/key.pem" --full
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
pipes_carry_archives
stdout_has_names_too
names_survive_pipes
names_that_are_kept_are_the_right_ones
stdin_may_be_named_with_its_kind
a_failure_leaves_no_archive
