#!/bin/bash
# After every operation of ours other programs open the image, and operations work on images that others encrypted. The
# readers are skopeo and buildah; layers are compared with the originals byte for byte, by buildah with their diff_ids.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# It has its own store, as in buildah.sh.
buildah() (
  cd "$TMP"
  timeout 120 buildah --log-level error --root "$TMP/store" --runroot "$TMP/run" --storage-driver vfs "$@"
)

# buildah_opens LAYOUT NAME: for this machine's platform, which the image must have
buildah_opens() {
  local options
  key_options --decryption-key "$2"
  buildah pull --quiet "${options[@]}" "oci:$1:t" >/dev/null 2>"$TMP/refusal" || return 1
  buildah rmi --all --force >/dev/null
}

# expect_opened_by NAME...: each party alone opens the layout `secret`, whose layers are those of `plain`, with each program.
expect_opened_by() {
  local name reader
  for name in "$@"; do
    for reader in skopeo_decrypt imgcrypt_decrypt; do
      "$reader" secret back "$name" >/dev/null 2>"$TMP/refusal" || fail "$reader as $name after $operation: $(cat "$TMP/refusal")"
      expect_same_layers "$TMP/plain" t "$TMP/back" t
      rm -rf "$TMP/back"
    done
    buildah_opens secret "$name" || fail "buildah as $name after $operation: $(cat "$TMP/refusal")"
  done
}

# expect_closed_to NAME...
expect_closed_to() {
  local name
  for name in "$@"; do
    expect_refused "$operation" skopeo_decrypt "$name"
    expect_refused "$operation" imgcrypt_decrypt "$name"
    ! buildah_opens secret "$name" || fail "buildah opened for $name after $operation"
  done
}

# operation NAME: what is tested now, on a fresh layout
operation() {
  operation="$1 ($(cat "$TMP/plain.kind"), written by $writer)"
  rm -rf "$TMP/secret" "$TMP/before"
  echo "$operation"
}

# recipients VERB KEY NAME OPTION...: `before` to `secret`
recipients() {
  local options
  key_options -k "$2"
  imgcrypt recipients "$1" "oci:$TMP/before:t" "oci:$TMP/secret:t" -r "${recipient_of[$3]}" "${options[@]}" "${@:4}" \
    >/dev/null 2>"$TMP/stderr" || fail "$operation: $(cat "$TMP/stderr")"
}

# In each of these `rsa` can open what the writer wrote.
adding() {
  operation "recipients add $1"
  "$writer" plain before rsa >/dev/null
  recipients add rsa "$1"
  expect_opened_by rsa "$1"
  expect_closed_to stranger
}

replacing() {
  operation "recipients replace $*"
  "$writer" plain before rsa >/dev/null
  recipients replace rsa "$@"
  expect_opened_by "$1"
  expect_closed_to rsa
}

# removing GOES STAYS HOW...: skopeo encrypts for both, in one packet
removing() {
  operation "recipients remove ${*:3}"
  "$writer" plain before "$1" "$2" >/dev/null
  imgcrypt recipients remove "oci:$TMP/before:t" "oci:$TMP/secret:t" "${@:3}" >/dev/null 2>&1
  expect_opened_by "$2"
  expect_closed_to "$1"
}

adding_by_encrypt() {
  operation "encrypt -k"
  "$writer" plain before rsa >/dev/null
  imgcrypt encrypt "oci:$TMP/before:t" "oci:$TMP/secret:t" -r "${recipient_of[curve]}" -k "${keys_of[rsa]}" >/dev/null 2>&1
  expect_opened_by rsa curve
  expect_closed_to stranger
}

# skopeo opens what is encrypted and copies the rest.
selecting() {
  operation "encrypt $*"
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/secret:t" -r "${recipient_of[curve]}" "$@" >/dev/null 2>&1
  [[ $(layers_of "$TMP/secret" t) == *+encrypted* ]] || fail "$operation encrypted nothing"
  expect_opened_by curve
  expect_closed_to stranger
}

# skopeo encrypted one layer and we encrypted the other; no key opens both.
completing() {
  local options reader
  operation "encrypt beside --encrypt-layer"
  skopeo_copy plain before --encryption-key "${recipient_of[rsa]}" --encrypt-layer 0
  imgcrypt_encrypt before secret curve >/dev/null 2>&1
  expect_encrypted "$TMP/secret" t
  for reader in skopeo imgcrypt; do
    if [[ $reader == skopeo ]]; then
      skopeo_copy secret back --decryption-key "${keys_of[rsa]}" --decryption-key "${keys_of[curve]}"
    else
      imgcrypt decrypt "oci:$TMP/secret:t" "oci:$TMP/back:t" -k "${keys_of[rsa]}" -k "${keys_of[curve]}" >/dev/null
    fi
    expect_same_layers "$TMP/plain" t "$TMP/back" t
    rm -rf "$TMP/back"
  done
  expect_closed_to stranger
}

# skopeo converts the image to Docker's format, which has the same layers.
converting() {
  operation "encrypt Docker's image"
  cp -r "$TMP/plain" "$TMP/before"
  python3 "$support_dir/make_docker.py" "$TMP/before" t >/dev/null
  imgcrypt_encrypt before secret curve >/dev/null 2>&1
  expect_opened_by curve
  expect_closed_to stranger
}

# ctr-enc's manifests have Docker's types, which skopeo 1.9.3 refuses to decrypt; we convert them to OCI.
docker_types_of_ctr_enc() {
  local sample=$support_dir/../../vectors/layouts/ctr-enc-docker-types
  imgcrypt decrypt "oci:$sample/layout:t" "oci:$TMP/opened:t" -k "$sample/keys/p384.pem" >/dev/null 2>&1
  skopeo_copy opened read
  expect_equal "$(layers_of "$TMP/read" t)" "$(layers_of "$TMP/opened" t)" "the layers that skopeo read"
  expect_equal "$(layers_of "$TMP/opened" t | cut -d' ' -f2)" "$(jq -r '.[].plaintext' "$sample/expected.json")" "the layers"
}

require_commands "$SKOPEO" buildah openssl jq zstd
require_root
add_jwe rsa rsa
add_jwe curve P-384
add_jwe stranger rsa
add_pkcs7 alice
add_pkcs7 bob
for compression in gzip zstd; do
  make_plain_image "$compression"
  for writer in imgcrypt_encrypt skopeo_encrypt; do
    adding curve
    adding alice
    replacing curve
    replacing alice --rotate
    adding_by_encrypt
    removing rsa curve --index 0
    removing curve rsa --index 0
    removing alice bob -r "${recipient_of[alice]}"
  done
  writer=imgcrypt_encrypt
  selecting --layer -1
  selecting --layer 0
  # Only its first layer is one of ours, with another compression.
  make_image "$TMP/base" t --layers 3 --compression tar --no-busybox --layer-size 100000 >/dev/null
  selecting --skip-base "oci:$TMP/base:t"
  completing
  converting
done
docker_types_of_ctr_enc
