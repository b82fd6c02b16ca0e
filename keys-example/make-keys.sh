#!/bin/bash
# Makes new versions of all PEM keys in this folder. They are throw-away keys: anyone can read them.
set -euo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
passphrase=example

usage() {
  echo "usage: make-keys.sh [--force]   (--force replaces the existing keys)" >&2
  exit 3
}

refuse_to_overwrite() {
  if compgen -G "$here/*.pem" >/dev/null; then
    echo "make-keys.sh: error: there are already keys in $here" >&2
    echo "make-keys.sh: hint: --force replaces them" >&2
    exit 8
  fi
}

make_rsa_key() {
  openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.pem"
}

make_ec_key() {
  openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -pkeyopt ec_param_enc:named_curve -out "$1.pem"
}

make_public_half() {
  openssl pkey -in "$1.pem" -pubout -out "$1.pub.pem"
}

make_certificate() {
  openssl req -x509 -new -key "$1.pem" -subj "/O=throw-away/CN=example" -days 36500 -out "$1.cert.pem"
}

make_encrypted_copy() {
  echo "$passphrase" >"$2.pem.pass"
  openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in "$1.pem" -passout "file:$2.pem.pass" -out "$2.pem"
}

case "$#:${1:-}" in
  0:) refuse_to_overwrite ;;
  1:--force) ;;
  *) usage ;;
esac

# They are made in a new folder and moved at the end, so that an abort leaves the old keys intact.
fresh=$(mktemp -d "$here/.new.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
cd "$fresh"

make_rsa_key rsa
make_public_half rsa
make_certificate rsa
make_encrypted_copy rsa rsa-encrypted
for bits in 256 384 521; do
  make_ec_key "ec-p$bits" "P-$bits"
  make_public_half "ec-p$bits"
done
make_rsa_key wrong

mv -f -- * "$here/"
