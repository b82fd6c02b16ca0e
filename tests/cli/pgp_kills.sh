#!/bin/bash
# Whatever is killed while a key file of OpenPGP is in use: no agent, no other process and no directory with keys is left.
# PGP_KILLS: how many are killed (50).
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=kills.sh
source "$cli_dir/kills.sh"

key=$TMP/key.sec
runtime=$(mktemp -d /dev/shm/imgcrypt.XXXXXX)
at_exit remove_tree "$runtime"
export HOME=$TMP XDG_RUNTIME_DIR=$runtime
unset GNUPGHOME

is_empty() {
  [[ -z $(ls -A "$1") ]]
}

# expect_nothing_left WHAT
expect_nothing_left() {
  expect_unused "$runtime"
  wait_for 60 is_empty "$runtime" || fail "left behind after $1: $(ls -AR "$runtime")"
  rm -rf "$TMP/out"
}

cp "$cli_dir/../vectors/keys/pgp1.sec" "$key"
chmod 600 "$key"
make_image "$TMP/plain" t --layers 3 --no-busybox >/dev/null
expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "pgp:$cli_dir/../vectors/keys/pgp1.pub"
# Once to its end: the test would see nothing if the directory were elsewhere.
expect_exit 0 strace -f -qq -e trace=mkdir,mkdirat -o "$TMP/trace" "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$key"
grep -q "$runtime/.imgcrypt-pgp-" "$TMP/trace" || fail "GnuPG's directory is not in $runtime"
expect_nothing_left "decrypting"
kill_at_every_moment "${PGP_KILLS:-50}" "$key" keyprovider-pgp expect_nothing_left \
  "KILL imgcrypt" "KILL provider" "TERM imgcrypt"

# What a remover could not remove, because it was killed too, the next one does.
mkdir -m 700 "$runtime/.imgcrypt-pgp-left"
touch "$runtime/.imgcrypt-pgp-left/key"
expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$key"
expect_nothing_left "a killed remover"
