#!/bin/bash
# An image for a PKCS#11 token's key runs under containerd, whose decoder has nothing but a key directory and the token.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/shell/softhsm.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/softhsm.sh"

message="encrypted for a token's key, unpacked by the decoder"
keys=$(cd "$(dirname "${BASH_SOURCE[0]}")/../vectors/keys" && pwd)

require_root
require_commands containerd ctr runc jq
mkdir "$TMP/spool" "$TMP/keys"
new_tokens "$TMP"
add_token octest 1234
add_key octest 1234 "$keys/rsa3072.pem" mykey a1
add_key octest 1234 "$keys/rsa2.pem" other a2
key_file "$TMP/key.yaml" "pkcs11:token=octest;object=mykey?module-name=softhsm2&pin-value=1234"
key_file "$TMP/other.yaml" "pkcs11:token=octest;object=other?module-name=softhsm2&pin-value=1234"
make_image "$TMP/plain" t --layers 3 --compression gzip,zstd,tar --message "$message" >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "pkcs11:$TMP/key.yaml" >/dev/null
unset SOFTHSM2_CONF # the key files name it
decoder_environment=("OCICRYPT_CONFIG=$OCICRYPT_CONFIG")
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"

cp "$TMP/other.yaml" "$TMP/keys"
expect_exit 1 import_image "$TMP/encrypted" t test.local/refused
expect_contains "$stderr" "$TMP/keys/other.yaml (2048-bit RSA key"
remove_images test.local/refused:t

cp "$TMP/key.yaml" "$TMP/keys"
import_image "$TMP/encrypted" t test.local/pkcs11 >/dev/null
expect_equal "$(run_image test.local/pkcs11:t)" "$(printed_by "$message" 3)" "what the container printed"
remove_images test.local/pkcs11:t
expect_nothing_left
