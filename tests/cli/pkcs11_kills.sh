#!/bin/bash
# Whatever is killed while a token works: the token can still be used. SoftHSM writes to its files at each login.
# PKCS11_KILLS: how many are killed (50).
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=kills.sh
source "$cli_dir/kills.sh"
# shellcheck source=../support/shell/softhsm.sh
source "$cli_dir/../support/shell/softhsm.sh"

expect_usable() {
  token_tool octest 1234 --list-objects --type privkey >"$TMP/listed" 2>&1 || fail "after $1: $(cat "$TMP/listed")"
  expect_contains "$(cat "$TMP/listed")" mykey
}

key="pkcs11:token=octest;object=mykey?module-name=softhsm2&pin-value=1234"
new_tokens "$TMP"
add_token octest 1234
add_key octest 1234 "$cli_dir/../vectors/keys/rsa.pem" mykey a1b2c3
make_image "$TMP/plain" t --layers 6 --layer-size 100 --no-busybox >/dev/null
expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$cli_dir/../vectors/keys/rsa.pub.pem"
kill_at_every_moment "${PKCS11_KILLS:-50}" "$key" keyprovider-pkcs11 expect_usable \
  "KILL imgcrypt" "TERM imgcrypt" "TERM provider"
