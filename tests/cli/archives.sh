#!/bin/bash
# Images in archives and directories: read and written, packed or not, beside others. Refused are those whose content would be
# lost or lead outside.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/archives.sh
source "$cli_dir/../support/shell/archives.sh"

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
  # A hundredth stays free for others, though these bytes would fit.
  fresh
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/packed.tar:t"
  gzip "$TMP/packed.tar"
  # shellcheck disable=SC2016
  expect_exit 1 unshare -m bash -c 'mount -t tmpfs -o size=8m none "$1" && head -c 8323072 /dev/zero >"$1/others"
    "$2" inspect "oci-archive:$3" --tmpdir "$1"' - "$TMP/small" "$IMGCRYPT" "$TMP/packed.tar.gz"
  expect_matches "$stderr" "temporary files in $TMP/small: [0-9]+ more bytes are needed, and 83886 must stay free; 65536 are available"
}

windows_beyond_memory_are_said() {
  fresh
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/long.tar:t"
  zstd -q --long=31 <"$TMP/long.tar" >"$TMP/long.tar.zst"
  expect_exit 8 imgcrypt inspect "oci-archive:$TMP/long.tar.zst" --tmpdir "$TMP/spool"
  expect_contains "$stderr" "zstd -d --long=31 <$TMP/long.tar.zst | imgcrypt ... -"
}

# What grows without end fills no disk.
spools_are_bounded() {
  fresh
  head -c 300M /dev/zero | zstd -q >"$TMP/bomb.tar.zst"
  expect_exit 8 imgcrypt inspect "oci-archive:$TMP/bomb.tar.zst" --tmpdir "$TMP/spool"
  expect_contains "$stderr" "$TMP/bomb.tar.zst grows to more than 250 times its size when it is decompressed"
  expect_contains "$stderr" "hint: if you trust it, decompress it first"
  expect_exit 0 imgcrypt copy "oci:$TMP/in:t" "oci-archive:$TMP/zeros.tar:t"
  head -c 20M /dev/zero >"$TMP/zeros"
  tar -rf "$TMP/zeros.tar" -C "$TMP" zeros
  gzip "$TMP/zeros.tar"
  expect_exit 0 imgcrypt inspect "oci-archive:$TMP/zeros.tar.gz" --tmpdir "$TMP/spool"
  rm "$TMP/zeros"
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

what_is_not_an_archive_is_said() {
  rm -rf "$TMP/out"
  expect_exit 2 imgcrypt copy - "oci:$TMP/out:t" </dev/null
  expect_contains "$stderr" "stdin is empty"
  expect_contains "$stderr" "hint: run alone what should write it"
  expect_exit 3 timeout 20 python3 "$cli_dir/pty_answer.py" "" "$IMGCRYPT" inspect -
  expect_contains "$stdout" "an archive cannot be read from a terminal"
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
  mkdir -p "$TMP/odd"
  echo '[{"Layers":[]}]' >"$TMP/odd/manifest.json"
  tar -C "$TMP/odd" -cf "$TMP/odd.tar" manifest.json
  expect_exit 7 imgcrypt tags "docker-archive:$TMP/odd.tar"
  expect_contains "$stderr" "$TMP/odd.tar, manifest.json: JSON: member \"Config\" is missing"
  echo '[{"Layers":[],"Config":"manifest.json"}]' >"$TMP/odd/manifest.json"
  tar -C "$TMP/odd" -cf "$TMP/odd.tar" manifest.json
  expect_exit 7 imgcrypt tags "docker-archive:$TMP/odd.tar"
  expect_contains "$stderr" "$TMP/odd.tar, manifest.json: JSON: "
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
  expect_contains "$stderr" "$TMP/key.pem is not an archive of images"
  expect_equal "$(grep -o "not an archive" <<<"$stderr" | wc -l)" 1 "how often it is said"
  expect_equal "$(sha256sum "$TMP/key.pem")" "$before" "the file"
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

names_of_members_lead_nowhere() {
  fresh
  local kind
  for kind in absolute parent link-out link-loop device; do
    python3 "$support_dir/classic_archive.py" "$TMP/docker.tar" app:1 --hostile "$kind"
    expect_exit 7 imgcrypt encrypt "docker-archive:$TMP/docker.tar" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
    expect_contains "$stderr" ", which the archive lacks"
    expect_contains "$stderr" "docker save -o"
    expect_absent "$TMP/out"
  done
  expect_absent /tmp/imgcrypt-escaped
}

directories_of_skopeo_are_read_and_written() {
  fresh_with --layers 3 --platforms linux/amd64,linux/arm64
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
  mkdir "$TMP/linked"
  ln -s "$TMP"/out/* "$TMP/linked"
  expect_exit 8 imgcrypt inspect "dir:$TMP/linked"
  expect_contains "$stderr" "error: $TMP/linked/manifest.json is a symbolic link"
  expect_contains "$stderr" "if you made this directory yourself, read it with --follow-links"
  expect_exit 0 imgcrypt copy "dir:$TMP/linked" "oci:$TMP/back:u" --follow-links
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
spools_are_bounded
referrers_lie_beside_their_image
what_is_not_an_archive_is_said
what_is_not_an_archive_is_not_replaced
who_may_read_a_file_stays
output_is_deterministic
names_of_members_lead_nowhere
compression_that_is_lost_is_said
directories_of_skopeo_are_read_and_written
