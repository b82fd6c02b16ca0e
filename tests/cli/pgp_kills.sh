#!/bin/bash
# Whatever is killed while a key file of OpenPGP is in use: no agent, no other process and no directory with keys is left.
# PGP_KILLS: how many are killed (50), each a little later than the one before, over the time that decrypting takes.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The leak checker of a sanitizer build does not work under strace.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

rounds=${PGP_KILLS:-50}
runtime=$(mktemp -d /dev/shm/imgcrypt.XXXXXX)
at_exit remove_tree "$runtime"
export HOME=$TMP XDG_RUNTIME_DIR=$runtime
unset GNUPGHOME

is_empty() {
  [[ -z $(ls -A "$1") ]]
}

provider_of() {
  pgrep -P "$1" -f keyprovider-pgp | head -n 1
}

# decrypt_and_kill SIGNAL imgcrypt|provider MILLISECONDS: counts in $killed what had not ended before
decrypt_and_kill() {
  local pid target code=0
  "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/key.sec" >/dev/null 2>&1 &
  pid=$!
  sleep "$(printf '0.%03d' "$3")"
  target=$pid
  [[ $2 == imgcrypt ]] || target=$(provider_of "$pid") || true
  kill "-$1" "${target:-$pid}" 2>/dev/null || true
  wait "$pid" 2>/dev/null || code=$?
  ((code == 0)) || killed=$((killed + 1))
}

# expect_nothing_left WHAT
expect_nothing_left() {
  expect_unused "$runtime"
  wait_for 60 is_empty "$runtime" || fail "left behind after $1: $(ls -AR "$runtime")"
  rm -rf "$TMP/out"
}

cp "$cli_dir/../vectors/keys/pgp1.sec" "$TMP/key.sec"
chmod 600 "$TMP/key.sec"
make_image "$TMP/plain" t --layers 3 --no-busybox >/dev/null
expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "pgp:$cli_dir/../vectors/keys/pgp1.pub"
# Once to its end: the test would see nothing if the directory were elsewhere.
expect_exit 0 strace -f -qq -e trace=mkdir,mkdirat -o "$TMP/trace" "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/key.sec"
grep -q "$runtime/.imgcrypt-pgp-" "$TMP/trace" || fail "GnuPG's directory is not in $runtime"
expect_nothing_left "decrypting"
begin=${EPOCHREALTIME/./}
expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/key.sec"
latest_ms=$(((${EPOCHREALTIME/./} - begin) / 1000))
((latest_ms < 1000)) || latest_ms=999
expect_nothing_left "decrypting again"

killed=0
ways=("KILL imgcrypt" "KILL provider" "TERM imgcrypt")
for ((i = 0; i < rounds; i++)); do
  way=${ways[i % 3]}
  # shellcheck disable=SC2086 # two words
  decrypt_and_kill $way $((i * latest_ms / rounds))
  expect_nothing_left "$way after $((i * latest_ms / rounds)) ms"
done
((killed > rounds / 3)) || fail "only $killed of $rounds were killed before their end"
echo "$killed of $rounds killed"

# What a remover could not remove, because it was killed too, the next one does.
mkdir -m 700 "$runtime/.imgcrypt-pgp-left"
touch "$runtime/.imgcrypt-pgp-left/key"
expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/key.sec"
expect_nothing_left "a killed remover"
