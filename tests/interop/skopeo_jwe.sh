#!/bin/bash
# What imgcrypt encrypts, skopeo decrypts, and the other way round: each kind of key over gzip, zstd and tar layers on two
# platforms. Layers are compared with the originals byte by byte.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

kinds=(rsa P-256 P-384 P-521)

# skopeo_copy FROM TO OPTION...: layouts tagged t. skopeo would gzip plain tar layers if it were not for the last option.
skopeo_copy() {
  timeout 60 skopeo copy --quiet --all --dest-oci-accept-uncompressed-layers "${@:3}" "oci:$TMP/$1:t" "oci:$TMP/$2:t"
}

# skopeo_encrypt FROM TO NAME...
skopeo_encrypt() {
  local options=() name
  for name in "${@:3}"; do
    options+=(--encryption-key "jwe:$TMP/$name.pub.pem")
  done
  skopeo_copy "$1" "$2" "${options[@]}"
}

skopeo_decrypt() {
  skopeo_copy "$1" "$2" --decryption-key "$TMP/$3.pem"
}

imgcrypt_encrypt() {
  local options=() name
  for name in "${@:3}"; do
    options+=(-r "jwe:$TMP/$name.pub.pem")
  done
  imgcrypt encrypt "oci:$TMP/$1:t" "oci:$TMP/$2:t" "${options[@]}"
}

imgcrypt_decrypt() {
  imgcrypt decrypt "oci:$TMP/$1:t" "oci:$TMP/$2:t" -k "$TMP/$3.pem"
}

# check_encryption WRITER READER NAME...: each of the named keys alone opens what WRITER wrote for all of them.
check_encryption() {
  local writer=$1 reader=$2 name
  shift 2
  "$writer" plain secret "$@" >/dev/null
  expect_encrypted "$TMP/secret" t
  for name in "$@"; do
    "$reader" secret back "$name" >/dev/null
    expect_same_layers "$TMP/plain" t "$TMP/back" t
    rm -rf "$TMP/back"
  done
  if "$reader" secret back stranger >"$TMP/refusal" 2>&1; then
    fail "$reader opened with a stranger's key what $writer wrote"
  fi
  rm -rf "$TMP/back" "$TMP/secret"
  echo "$compression: $writer -> $reader: $*"
}

require_commands skopeo openssl jq zstd
for kind in "${kinds[@]}"; do
  make_keys "$TMP/$kind" "$kind"
done
make_keys "$TMP/stranger" rsa

for compression in gzip zstd tar; do
  make_image "$TMP/plain" t --layers 2 --compression "$compression" --platforms linux/amd64,linux/arm64 --no-busybox \
    --layer-size 100000 >/dev/null
  for kind in "${kinds[@]}"; do
    check_encryption imgcrypt_encrypt skopeo_decrypt "$kind"
    check_encryption skopeo_encrypt imgcrypt_decrypt "$kind"
  done
  check_encryption imgcrypt_encrypt skopeo_decrypt "${kinds[@]}"
  check_encryption skopeo_encrypt imgcrypt_decrypt "${kinds[@]}"
  check_encryption imgcrypt_encrypt imgcrypt_decrypt "${kinds[@]}"
  rm -rf "$TMP/plain"
done
