#!/bin/bash
# The example gives back the same image, and fails with the library's error code.
# shellcheck source=../cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../cli/common.sh"

example() {
  "$EXAMPLE" "$@"
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" P-256
digest=$(make_image "$TMP/plain" t --no-busybox --layers 2)
expect_exit 0 example "oci:$TMP/plain:t" "$TMP" "$TMP/key.pub.pem" "$TMP/key.pem"
expect_equal "$(tail -n1 <<<"$stdout")" "$digest" "what came back"
expect_equal "$(grep -c '+encrypted$' <<<"$stdout")" 2 "the encrypted layers"
expect_equal "$(grep -c '^  for jwe ECDH-ES+A256KW P-256 key ' <<<"$stdout")" 2 "the recipients"
mkdir "$TMP/wrong"
expect_exit 6 example "oci:$TMP/plain:t" "$TMP/wrong" "$TMP/key.pub.pem" "$TMP/other.pem"
expect_absent "$TMP/wrong/decrypted"
