#!/bin/bash
# Archives and directories go both ways between imgcrypt and skopeo, and containerd imports what imgcrypt writes.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

skopeo_copy() {
  timeout 120 skopeo --insecure-policy copy -q "$@"
}

fresh() {
  rm -rf "${TMP:?}"/in "$TMP"/out "$TMP"/back "$TMP"/dir "$TMP"/*.tar
  make_image "$TMP/in" t --no-busybox --layers 3 >/dev/null
  root=$(root_of "$TMP/in" t)
}

skopeo_reads_encrypted_archives() {
  fresh
  imgcrypt encrypt "oci:$TMP/in:t" "oci-archive:$TMP/enc.tar:t" -r "jwe:$TMP/key.pub.pem"
  skopeo_copy --decryption-key "$TMP/key.pem" "oci-archive:$TMP/enc.tar:t" "oci:$TMP/back:t"
  expect_equal "$(layers_of "$TMP/back" t)" "$(layers_of "$TMP/in" t)" "the layers"
}

imgcrypt_reads_archives_of_skopeo() {
  fresh
  local kind
  for kind in oci-archive docker-archive; do
    skopeo_copy "oci:$TMP/in:t" "$kind:$TMP/$kind.tar:app:1"
    imgcrypt encrypt "$kind:$TMP/$kind.tar:app:1" "oci:$TMP/$kind:t" -r "jwe:$TMP/key.pub.pem"
    imgcrypt decrypt "oci:$TMP/$kind:t" "oci:$TMP/$kind-back:t" -k "$TMP/key.pem" --diff-ids always
  done
  expect_equal "$(root_of "$TMP/oci-archive-back" t)" "$root" "the digest of what came back"
}

skopeo_reads_docker_archives() {
  fresh
  imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  imgcrypt decrypt "oci:$TMP/out:t" "docker-archive:$TMP/docker.tar:app:1" -k "$TMP/key.pem"
  skopeo_copy "docker-archive:$TMP/docker.tar:app:1" "oci:$TMP/back:t"
  expect_equal "$(config_of back)" "$(config_of in)" "the diff_ids"
}

# config_of NAME: the diff_ids of its image
config_of() {
  local manifest
  manifest=$(blob "$TMP/$1" "$(root_of "$TMP/$1" t)")
  jq -c .rootfs.diff_ids "$(blob "$TMP/$1" "$(jq -r .config.digest "$manifest")")"
}

directories_go_both_ways() {
  fresh
  imgcrypt encrypt "oci:$TMP/in:t" "dir:$TMP/dir" -r "jwe:$TMP/key.pub.pem"
  skopeo_copy --decryption-key "$TMP/key.pem" "dir:$TMP/dir" "oci:$TMP/back:t"
  expect_equal "$(layers_of "$TMP/back" t)" "$(layers_of "$TMP/in" t)" "the layers"
  rm -rf "$TMP/dir" "$TMP/out"
  skopeo_copy "oci:$TMP/in:t" "dir:$TMP/dir"
  imgcrypt encrypt "dir:$TMP/dir" "oci:$TMP/out:t" -r "jwe:$TMP/key.pub.pem"
  imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/other:t" -k "$TMP/key.pem"
  expect_equal "$(root_of "$TMP/other" t)" "$root" "the digest of what came back"
}

make_keys "$TMP/key" P-256
skopeo_reads_encrypted_archives
imgcrypt_reads_archives_of_skopeo
skopeo_reads_docker_archives
directories_go_both_ways
