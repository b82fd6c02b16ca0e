#!/bin/bash
# Images in archives: read and written, from files and through pipes, packed or not, of both ages of Docker. Refused are those
# whose content would be lost or lead outside.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

fresh() {
  rm -rf "${TMP:?}"/in "$TMP"/out "$TMP"/back "$TMP"/*.tar* "$TMP"/spool
  make_image "$TMP/in" t --no-busybox --layers 3 --compression gzip,tar,zstd "$@" >/dev/null
  root=$(root_of "$TMP/in" t)
  mkdir "$TMP/spool"
}

# members FILE: their names, without folders
members() {
  tar tf "$1" | grep -v '/$'
}

# classic_archive FILE NAME: what Docker before 25 wrote, of a new image: layers of HEX/layer.tar, one of them a link
classic_archive() {
  python3 "$cli_dir/classic_archive.py" "$1" "$2"
}

encrypted_archives_are_read_and_written() {
  fresh
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/enc.tar:v1" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stdout" "oci-archive:$TMP/enc.tar:v1@sha256:"
  expect_exit 0 imgcrypt check "oci-archive:$TMP/enc.tar:v1" -k "$TMP/key.pem" --full
  expect_exit 0 imgcrypt decrypt "oci-archive:$TMP/enc.tar" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$root" "the digest of what came back"
  expect_equal "$(members "$TMP/enc.tar" | tail -n 2 | paste -sd ' ')" "index.json oci-layout" "the last members"
  [[ $(members "$TMP/enc.tar") != *manifest.json* ]] || fail "an encrypted archive that Docker would take for plain"
  expect_no_temporary_files "$TMP"
}

packed_archives_are_read() {
  fresh
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/enc.tar:v1" -r "jwe:$TMP/key.pub.pem"
  gzip -k "$TMP/enc.tar"
  xz -k "$TMP/enc.tar"
  zstd -q "$TMP/enc.tar"
  bzip2 -k "$TMP/enc.tar"
  local packed
  for packed in gz xz zst bz2; do
    expect_exit 0 imgcrypt check "oci-archive:$TMP/enc.tar.$packed" -k "$TMP/key.pem" --full --tmpdir "$TMP/spool"
  done
  head -c 300 "$TMP/enc.tar.gz" >"$TMP/cut.tar.gz"
  expect_exit 7 imgcrypt inspect "oci-archive:$TMP/cut.tar.gz" --tmpdir "$TMP/spool"
  expect_equal "$(ls -A "$TMP/spool")" "" "what is left in the temporary directory"
  expect_exit 1 imgcrypt inspect "oci-archive:$TMP/enc.tar.gz" --tmpdir "$TMP/none"
  expect_contains "$stderr" "temporary files in $TMP/none"
  expect_contains "$stderr" "--tmpdir"
}

# Needs a file system of its own, which only root can mount; and then in a namespace, so that nobody else sees it.
a_full_disk_for_temporary_files_is_named() {
  unshare -m true 2>/dev/null || return 0
  make_image "$TMP/large" t --no-busybox --layer-size 3000000 --compression tar >/dev/null
  expect_exit 0 imgcrypt copy "oci:$TMP/large:t" "oci-archive:$TMP/large.tar:t"
  mkdir "$TMP/small"
  # shellcheck disable=SC2016
  expect_exit 1 unshare -m bash -c 'mount -t tmpfs -o size=1m none "$1" && cat "$3" | "$2" inspect oci-archive:- --tmpdir "$1"' \
    - "$TMP/small" "$IMGCRYPT" "$TMP/large.tar"
  expect_matches "$stderr" "temporary files in $TMP/small: .*[0-9]+ more bytes are needed, [0-9]+ are available"
}

windows_beyond_memory_are_said() {
  fresh
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/long.tar:t"
  zstd -q --long=31 <"$TMP/long.tar" >"$TMP/long.tar.zst"
  expect_exit 8 imgcrypt inspect "oci-archive:$TMP/long.tar.zst" --tmpdir "$TMP/spool"
  expect_contains "$stderr" "zstd -d --long=31 <$TMP/long.tar.zst | imgcrypt ... -"
}

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

# As in a layout: entries of the index beside the image's.
referrers_lie_beside_their_image() {
  fresh
  local signature_tag=${root/:/-}.sig signature sbom
  signature=$(add_artifact in "" "" "$signature_tag")
  sbom=$(add_artifact in "$root" application/spdx+json)
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/bare.tar:t"
  expect_contains "$stderr" "2 referrers (1 SBOM, 1 signature) of $root were left behind"
  expect_exit 8 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/none.tar" --referrers copy
  expect_contains "$stderr" "hint: give the result a tag: oci-archive:$TMP/none.tar:TAG"
  expect_exit 8 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/none.tar:app:1" --referrers copy
  expect_contains "$stderr" "write to oci:, oci-archive: or docker://"
  expect_absent "$TMP/none.tar"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/enc.tar:t" -r "jwe:$TMP/key.pub.pem" --referrers copy
  for _ in 1 2; do # the second time they are there
    imgcrypt decrypt oci-archive:-:t - -k "$TMP/key.pem" --referrers copy <"$TMP/enc.tar" >"$TMP/plain.tar" 2>/dev/null
    expect_exit 0 imgcrypt copy "oci-archive:$TMP/plain.tar:t" "oci-archive:$TMP/back.tar:t" --referrers copy
  done
  expect_exit 0 imgcrypt copy "oci-archive:$TMP/back.tar:t" "oci:$TMP/back:t" --referrers copy
  expect_equal "$(root_of "$TMP/back" t)" "$root" "the digest of what came back"
  expect_equal "$(referrers_of back)" "$(printf '%s\n' "$signature" "$sbom" | sort | xargs)" "the referrers"
  expect_equal "$(root_of "$TMP/back" "$signature_tag")" "$signature" "the signature's tag"
  skopeo copy --quiet "oci-archive:$TMP/back.tar:t" "dir:$TMP/skopeo"
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

what_is_not_an_archive_is_said() {
  rm -rf "$TMP/out"
  expect_exit 2 imgcrypt copy - "oci:$TMP/out:t" </dev/null
  expect_contains "$stderr" "stdin is empty"
  expect_contains "$stderr" "hint: run alone what should write it"
  expect_exit 7 imgcrypt copy - "oci:$TMP/out:t" <<<junk
  expect_contains "$stderr" "stdin is not an archive of images"
  expect_contains "$stderr" "hint: give a file that skopeo"
  fresh
  mv "$TMP/in" "$TMP/folder"
  tar -C "$TMP" -cf "$TMP/deep.tar" folder
  expect_exit 2 imgcrypt inspect "oci-archive:$TMP/deep.tar"
  expect_contains "$stderr" "index.json is at the top, not in a folder"
  head -c 20000 "$TMP/deep.tar" >"$TMP/cut.tar"
  expect_exit 7 imgcrypt inspect "oci-archive:$TMP/cut.tar"
  expect_contains "$stderr" "hint: fetch or make it again"
  rm -rf "$TMP/folder"
  gzip </dev/null >"$TMP/empty.tar.gz"
  expect_exit 2 imgcrypt inspect "oci-archive:$TMP/empty.tar.gz"
  expect_contains "$stderr" "$TMP/empty.tar.gz is empty"
  expect_absent "$TMP/out"
}

what_is_not_an_archive_is_not_replaced() {
  fresh
  local before
  before=$(sha256sum "$TMP/key.pem")
  expect_exit 8 imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/key.pem:v2" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "is not an archive of images"
  expect_equal "$(sha256sum "$TMP/key.pem")" "$before" "the file"
}

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
  fresh --platforms linux/amd64,linux/arm64
  rm -rf "$TMP/two"
  second=$(make_image "$TMP/two" t --no-busybox --compression tar)
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$1:v1"
  expect_exit 0 imgcrypt copy "oci:$TMP/two:t" "oci-archive:$1:v2"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$1:v3" --platform linux/arm64
}

# mode_of FILE: its permissions, and who owns it
mode_of() {
  stat -c '%a %u:%g' "$1"
}

who_may_read_a_file_stays() {
  fresh
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/a.tar:v1"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/d.tar:v1"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "dir:$TMP/out"
  local file files=("$TMP/a.tar" "$TMP/d.tar" "$TMP/in/index.json" "$TMP/out/manifest.json" "$TMP/out/version")
  chmod 0640 "${files[@]}"
  ((EUID != 0)) || chown 1000:1001 "${files[@]}"
  local before
  before=$(for file in "${files[@]}"; do mode_of "$file"; done)
  expect_exit 0 imgcrypt encrypt "oci-archive:$TMP/a.tar:v1" "oci-archive:$TMP/a.tar:v1" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/d.tar:v1"
  expect_exit 0 imgcrypt encrypt "dir:$TMP/out" "dir:$TMP/out" -r "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/in:t" -r "jwe:$TMP/key.pub.pem"
  expect_equal "$(for file in "${files[@]}"; do mode_of "$file"; done)" "$before" "who may read what was replaced"
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

output_is_deterministic() {
  fresh
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  local round
  for round in 1 2 3 4; do
    expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci-archive:$TMP/$round.tar:t" -k "$TMP/key.pem" --jobs 4
    expect_equal "$(sha256sum <"$TMP/$round.tar")" "$(sha256sum <"$TMP/1.tar")" "archive $round"
    timeout 120 "$IMGCRYPT" decrypt "oci:$TMP/out:t" - -k "$TMP/key.pem" --jobs 4 --tmpdir "$TMP/spool" >"$TMP/piped.tar" 2>/dev/null
    expect_equal "$(sha256sum <"$TMP/piped.tar")" "$(sha256sum <"$TMP/1.tar")" "archive $round in a pipe"
  done
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

names_of_members_lead_nowhere() {
  fresh
  local kind
  for kind in absolute parent link-out link-loop device; do
    python3 "$cli_dir/classic_archive.py" "$TMP/docker.tar" app:1 --hostile "$kind"
    expect_exit 7 imgcrypt encrypt "docker-archive:$TMP/docker.tar" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
    expect_contains "$stderr" ", which the archive lacks"
    expect_contains "$stderr" "docker save -o"
    expect_absent "$TMP/out"
  done
  expect_absent /tmp/imgcrypt-escaped
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
  fresh --platforms linux/amd64,linux/arm64
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

names_that_docker_refuses_are_not_written() {
  fresh
  local name
  for name in UPPER:1 UPPER x@y:1; do
    expect_exit 3 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:$name"
    expect_absent "$TMP/docker.tar"
  done
  expect_exit 3 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:UPPER:1"
  expect_contains "$stderr" "Docker could not load an image of this name"
  for name in app my.app:1 localhost:5000/a/b:1; do
    expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "docker-archive:$TMP/docker.tar:$name"
    rm "$TMP/docker.tar"
  done
}

directories_of_skopeo_are_read_and_written() {
  fresh --platforms linux/amd64,linux/arm64
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "dir:$TMP/out" -r "jwe:$TMP/key.pub.pem"
  local encrypted
  encrypted=$(sha256sum <"$TMP/out/manifest.json")
  expect_equal "$(cat "$TMP/out/version")" "Directory Transport Version: 1.1" "the version"
  expect_exit 0 imgcrypt check "dir:$TMP/out" -k "$TMP/key.pem" --full
  expect_exit 0 imgcrypt decrypt "dir:$TMP/out" "oci:$TMP/back:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/back" t)" "$root" "the digest of what came back"
  # The plain image that was there leaves nothing behind.
  expect_exit 0 imgcrypt decrypt "dir:$TMP/out" "dir:$TMP/plain" -k "$TMP/key.pem"
  expect_exit 0 imgcrypt encrypt "dir:$TMP/plain" "dir:$TMP/plain" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "replaced $root"
  local layer
  for layer in $(layers_of "$TMP/in" t | awk '{ print $2 }'); do
    expect_absent "$TMP/plain/${layer#*:}"
  done
  expect_exit 8 imgcrypt encrypt "oci:$TMP/in:t" "dir:$TMP" -r "jwe:$TMP/key.pub.pem"
  expect_contains "$stderr" "the directory is not empty"
  rm -rf "$TMP/plain"
  [[ $encrypted == "$(sha256sum <"$TMP/out/manifest.json")" ]] || fail "the source was changed"
}

compression_that_is_lost_is_said() {
  fresh
  local name
  for name in new.tar.gz new.tgz; do
    expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/$name:t"
    expect_contains "$stderr" "warning: $TMP/$name is written without compression"
  done
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/packed.tar:t"
  [[ $stderr != *"without compression"* ]] || fail "a plain archive, as its name says: $stderr"
  gzip "$TMP/packed.tar"
  mv "$TMP/packed.tar.gz" "$TMP/packed.tar"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/packed.tar:u"
  expect_contains "$stderr" "$TMP/packed.tar is written without compression"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
encrypted_archives_are_read_and_written
packed_archives_are_read
a_full_disk_for_temporary_files_is_named
windows_beyond_memory_are_said
pipes_carry_archives
stdout_has_names_too
names_survive_pipes
names_that_are_kept_are_the_right_ones
referrers_lie_beside_their_image
stdin_may_be_named_with_its_kind
a_failure_leaves_no_archive
what_is_not_an_archive_is_said
what_is_not_an_archive_is_not_replaced
an_image_is_replaced_by_its_name
who_may_read_a_file_stays
other_images_of_an_archive_stay
plain_layers_that_another_image_keeps_are_said
other_images_that_are_damaged_stay_as_they_are
images_are_named_by_their_tags
archives_of_docker_keep_one_image
output_is_deterministic
classic_docker_archives_are_read
names_of_members_lead_nowhere
docker_archives_are_written
digests_of_docker_archives_are_those_of_readers
names_that_docker_refuses_are_not_written
compression_that_is_lost_is_said
directories_of_skopeo_are_read_and_written
