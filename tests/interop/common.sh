# shellcheck shell=bash
# What the interop tests share: parties with their own keys, programs that encrypt and decrypt layouts tagged t in $TMP, and
# the check that one program opens what another writes. SKOPEO names the skopeo to use.
# shellcheck source-path=SCRIPTDIR
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

: "${SKOPEO:=skopeo}"

# recipient_of[NAME] is the recipient to encrypt for, keys_of[NAME] are the keys to decrypt with, one on each line.
declare -A recipient_of keys_of

# add_jwe NAME KIND
add_jwe() {
  make_keys "$TMP/$1" "$2"
  recipient_of[$1]=jwe:$TMP/$1.pub.pem
  keys_of[$1]=$TMP/$1.pem
}

# add_pkcs7 NAME
add_pkcs7() {
  make_certificate "$TMP/$1" "$1"
  recipient_of[$1]=pkcs7:$TMP/$1.cert.pem
  keys_of[$1]=$TMP/$1.pem$'\n'$TMP/$1.cert.pem
}

# add_sodium NAME
add_sodium() {
  imgcrypt key generate sodium "$TMP/$1" >/dev/null
  recipient_of[$1]=provider:sodium:$TMP/$1.pub
  keys_of[$1]=provider:sodium:$TMP/$1
}

# use_own_keyring: GnuPG's, for add_pgp
use_own_keyring() {
  export HOME=$TMP/home GNUPGHOME=$TMP/gnupg
  mkdir -m 700 "$HOME" "$GNUPGHOME"
  at_exit gpgconf --kill all
}

# add_pgp NAME: in the keyring, and as a file
add_pgp() {
  local fingerprint
  gpg --batch --quiet --passphrase '' --quick-generate-key "$1 <$1@example.org>" rsa2048 default never 2>/dev/null
  fingerprint=$(gpg -k --with-colons "$1@example.org" | awk -F: '/^fpr/ { print $10; exit }')
  gpg --batch --quiet --passphrase '' --quick-add-key "$fingerprint" rsa2048 encr never
  gpg --batch --quiet --export-secret-keys "$1@example.org" >"$TMP/$1.sec"
  chmod 600 "$TMP/$1.sec"
  recipient_of[$1]=pgp:$1@example.org
  keys_of[$1]=$TMP/$1.sec
}

# with_each OPTION VALUE...: sets the array $options to OPTION before each value
with_each() {
  local value
  options=()
  for value in "${@:2}"; do
    options+=("$1" "$value")
  done
}

# recipient_options OPTION NAME...
recipient_options() {
  local recipients=() name
  for name in "${@:2}"; do
    recipients+=("${recipient_of[$name]}")
  done
  with_each "$1" "${recipients[@]}"
}

# key_options OPTION NAME
key_options() {
  local keys
  mapfile -t keys <<<"${keys_of[$2]}"
  with_each "$1" "${keys[@]}"
}

# skopeo_copy FROM TO OPTION...: skopeo would gzip plain tar layers if it were not for the last option.
skopeo_copy() {
  timeout 60 "$SKOPEO" copy --quiet --all --dest-oci-accept-uncompressed-layers "${@:3}" "oci:$TMP/$1:t" "oci:$TMP/$2:t"
}

# skopeo_encrypt FROM TO NAME...
skopeo_encrypt() {
  local options
  recipient_options --encryption-key "${@:3}"
  skopeo_copy "$1" "$2" "${options[@]}"
}

# skopeo_decrypt FROM TO NAME
skopeo_decrypt() {
  local options
  key_options --decryption-key "$3"
  skopeo_copy "$1" "$2" "${options[@]}"
}

# imgcrypt_encrypt FROM TO NAME...
imgcrypt_encrypt() {
  local options
  recipient_options -r "${@:3}"
  imgcrypt encrypt "oci:$TMP/$1:t" "oci:$TMP/$2:t" "${options[@]}"
}

# imgcrypt_decrypt FROM TO NAME
imgcrypt_decrypt() {
  local options
  key_options -k "$3"
  imgcrypt decrypt "oci:$TMP/$1:t" "oci:$TMP/$2:t" "${options[@]}"
}

# expect_opened_alone WRITER READER NAME...: each party alone opens the layout `secret`, whose layers are those of `plain`.
expect_opened_alone() {
  local name
  for name in "${@:3}"; do
    "$2" secret back "$name" >/dev/null || fail "$2 does not open for $name what $1 wrote"
    expect_same_layers "$TMP/plain" t "$TMP/back" t
    rm -rf "$TMP/back"
  done
}

# expect_refused WRITER READER STRANGER
expect_refused() {
  if "$2" secret back "$3" >"$TMP/refusal" 2>&1; then
    fail "$2 opened for $3 what $1 wrote"
  fi
  rm -rf "$TMP/back"
}

# check_encryption STRANGER WRITER READER NAME...: what WRITER writes for all of the named parties can be opened by each of
# them, and not by the stranger.
check_encryption() {
  local stranger=$1 writer=$2 reader=$3
  shift 3
  "$writer" plain secret "$@" >/dev/null
  expect_encrypted "$TMP/secret" t
  expect_opened_alone "$writer" "$reader" "$@"
  expect_refused "$writer" "$reader" "$stranger"
  rm -rf "$TMP/secret"
  echo "$(cat "$TMP/plain.kind"): $writer -> $reader: $*"
}

# make_plain_image COMPRESSION: the layout `plain`, two layers on each of two platforms
make_plain_image() {
  rm -rf "$TMP/plain"
  make_image "$TMP/plain" t --layers 2 --compression "$1" --platforms linux/amd64,linux/arm64 --no-busybox \
    --layer-size 100000 >/dev/null
  echo "$1" >"$TMP/plain.kind"
}
