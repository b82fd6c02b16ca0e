#!/bin/bash
# imgcrypt decrypts what buildah pushes encrypted, and buildah pulls what imgcrypt encrypts, through a layout and through a
# registry. buildah also builds an image from one that imgcrypt encrypted. buildah of Debian 12 does not support key
# providers: if a layer is also wrapped for one, it uses the other keys.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# It has its own store, which needs neither mounts nor namespaces. It names what it pulls after the layout's path, which must
# therefore be in lower case, so the path is relative.
buildah() (
  cd "$TMP"
  timeout 120 buildah --log-level error --root "$TMP/store" --runroot "$TMP/run" --storage-driver vfs "$@"
)

empty_store() {
  buildah rmi --all --force >/dev/null
}

# diff_ids_of_image IMAGE: of an image in the store
diff_ids_of_image() {
  buildah inspect --type image --format '{{range .OCIv1.RootFS.DiffIDs}}{{println .}}{{end}}' "$1" | grep .
}

# diff_ids_of_layout NAME: as the config says
diff_ids_of_layout() {
  local manifest
  manifest=$(blob "$TMP/$1" "$(root_of "$TMP/$1" t)")
  jq -r '.rootfs.diff_ids[]' "$(blob "$TMP/$1" "$(jq -r .config.digest "$manifest")")"
}

# content_digests NAME: digests of the layers' archives without their compression
content_digests() {
  local type digest
  while read -r type digest; do
    case $type in
      *+gzip) gzip -dc "$(blob "$TMP/$1" "$digest")" ;;
      *+zstd) zstd -dc "$(blob "$TMP/$1" "$digest")" ;;
      *) cat "$(blob "$TMP/$1" "$digest")" ;;
    esac | sha256sum | sed 's/^/sha256:/; s/ .*//'
  done < <(layers_of "$TMP/$1" t)
}

# buildah_pull FROM NAME: prints the image's id
buildah_pull() {
  local options
  key_options --decryption-key "$2"
  buildah pull --quiet --tls-verify=false "${options[@]}" "$1"
}

# buildah_push IMAGE TO NAME...
buildah_push() {
  local options
  recipient_options --encryption-key "${@:3}"
  buildah push --quiet --tls-verify=false --format oci "${options[@]}" "$1" "$2"
}

# to_registry NAME and from_registry NAME: copy the image as it is, encrypted or not
to_registry() {
  skopeo copy --quiet --preserve-digests --dest-tls-verify=false "oci:$TMP/$1:t" "docker://$REGISTRY/$1:t"
}

from_registry() {
  skopeo copy --quiet --preserve-digests --src-tls-verify=false "docker://$REGISTRY/$1:t" "oci:$TMP/$1:t"
}

# expect_pulled WHAT NAME FROM: buildah pulls an image with the diff_ids of `plain`; it has checked each layer against them.
expect_pulled() {
  local image
  image=$(buildah_pull "$3" "$2") || fail "$2 cannot pull $1"
  expect_equal "$(diff_ids_of_image "$image")" "$(diff_ids_of_layout plain)" "the list of diff_ids of $1"
  empty_store
}

# expect_not_pulled FROM NAME
expect_not_pulled() {
  if buildah_pull "$1" "$2" >"$TMP/refusal" 2>&1; then
    fail "buildah pulled $1 as $2"
  fi
}

# expect_decrypted NAME...: the layout `pushed` has encrypted layers, and each party gets back the archives of `plain`.
expect_decrypted() {
  local name
  expect_encrypted "$TMP/pushed" t
  for name in "$@"; do
    imgcrypt_decrypt pushed back "$name" >/dev/null
    expect_equal "$(content_digests back)" "$(diff_ids_of_layout plain)" "what $name restored"
    rm -rf "$TMP/back"
  done
  expect_refused buildah_push imgcrypt_decrypt stranger
  rm -rf "$TMP/pushed"
}

imgcrypt_to_buildah() {
  local name
  imgcrypt_encrypt plain secret "$@" >/dev/null
  to_registry secret
  for name in "${openers[@]}"; do
    expect_pulled "the layout that imgcrypt wrote" "$name" oci:secret:t
    expect_pulled "the registry's image that imgcrypt wrote" "$name" "docker://$REGISTRY/secret:t"
  done
  expect_not_pulled oci:secret:t stranger
  rm -rf "$TMP/secret"
}

buildah_to_imgcrypt() {
  local image
  image=$(buildah pull --quiet oci:plain:t)
  buildah_push "$image" oci:pushed:t "$@" >/dev/null
  expect_decrypted "$@"
  buildah_push "$image" "docker://$REGISTRY/pushed:t" "$@" >/dev/null
  from_registry pushed
  expect_decrypted "$@"
  empty_store
}

# A build on a base that only the key opens; its commands run in the base. The result is pushed encrypted for someone else.
build_from_encrypted_base() {
  local options
  make_image "$TMP/base" t --layers 3 --compression tar,zstd,gzip >/dev/null
  imgcrypt_encrypt base secret alice sodium >/dev/null
  printf 'FROM oci:secret:t\nRUN cat /layers/* >/seen\n' >"$TMP/Containerfile"
  key_options --decryption-key alice
  mkdir "$TMP/context"
  buildah bud --quiet --isolation chroot "${options[@]}" --tag built -f "$TMP/Containerfile" "$TMP/context" >/dev/null
  buildah_push built oci:pushed:t bob rsa >/dev/null
  expect_encrypted "$TMP/pushed" t
  imgcrypt_decrypt pushed back rsa >/dev/null
  gzip -dc "$(blob "$TMP/back" "$(layers_of "$TMP/back" t | tail -n1 | cut -d' ' -f2)")" | tar -xO seen >"$TMP/seen"
  expect_equal "$(cat "$TMP/seen")" "$(printed_by "" 3 | tail -n +2)" "what the build saw of its base"
  empty_store
  rm -rf "$TMP/secret" "$TMP/pushed" "$TMP/back" "$TMP/base"
}

require_root
require_commands buildah skopeo docker-registry openssl jq zstd busybox
add_jwe rsa rsa
add_jwe curve P-521
add_pkcs7 alice
add_pkcs7 bob
add_sodium sodium
add_pkcs7 stranger
openers=(rsa curve alice bob)
if [[ -x $(dirname "$IMGCRYPT")/../libexec/imgcrypt/keyprovider-pgp ]]; then
  use_own_keyring
  add_pgp carol
  openers+=(carol)
fi
start_registry "$TMP/registry"

for compression in gzip zstd tar; do
  make_image "$TMP/plain" t --layers 2 --compression "$compression" --no-busybox --layer-size 100000 >/dev/null
  imgcrypt_to_buildah "${openers[@]}" sodium
  buildah_to_imgcrypt alice
  buildah_to_imgcrypt "${openers[@]}"
  rm -rf "$TMP/plain"
  echo "$compression: imgcrypt <-> buildah: ${openers[*]}"
done
build_from_encrypted_base
