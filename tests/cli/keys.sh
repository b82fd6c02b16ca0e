#!/bin/bash
# Every way to give a key and its passphrase, and every way to get it wrong.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

passphrase="two words: and=more"

# decrypt_with KEY...
decrypt_with() {
  local options=() key
  for key in "$@"; do
    options+=(-k "$key")
  done
  imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" "${options[@]}"
}

expect_decrypted() {
  expect_equal "$(root_of "$TMP/out" t)" "$digest" "the digest of what was decrypted"
  rm -rf "$TMP/out"
}

# expect_opens KEY...
expect_opens() {
  expect_exit 0 decrypt_with "$@"
  expect_decrypted
}

# expect_refused CODE REASON KEY...: nothing is left behind
expect_refused() {
  expect_exit "$1" decrypt_with "${@:3}" </dev/null
  expect_contains "$stderr" "$2"
  expect_equal "$stdout" "" "stdout"
  expect_absent "$TMP/out"
}

# expect_recipient_refused REASON RECIPIENT
expect_recipient_refused() {
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "$2"
  expect_contains "$stderr" "$1"
  expect_absent "$TMP/out"
}

expect_no_warning() {
  [[ $stderr != *"command line"* ]] || fail "an unnecessary warning: $stderr"
}

passphrases_are_taken() {
  local locked=$TMP/locked.pem form
  printf '%s\n' "$passphrase" >"$TMP/passphrase"
  printf '%s' "$passphrase" >"$TMP/passphrase-alone"
  export PASSPHRASE_OF_TEST=$passphrase
  for form in "file=$TMP/passphrase" "file=$TMP/passphrase-alone" env=PASSPHRASE_OF_TEST; do
    expect_opens "$locked:$form"
    expect_no_warning
  done
  expect_opens "$locked:fd=7" 7<"$TMP/passphrase-alone"
  expect_opens "$locked:fd=7" 7< <(printf %s "$passphrase")
  expect_no_warning
  expect_opens "$locked:pass=$passphrase"
  expect_opens "$TMP/simple.pem:simple"
  expect_contains "$stderr" "every user of this machine can see a passphrase in the command line"
  expect_opens "$TMP/traditional.pem:file=$TMP/passphrase"
}

a_terminal_is_asked() {
  local command=("$IMGCRYPT" decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k "$TMP/locked.pem:prompt")
  expect_exit 0 timeout 20 python3 "$cli_dir/pty_answer.py" "$passphrase" "${command[@]}"
  [[ $stdout != *"$passphrase"* ]] || fail "the terminal showed the passphrase"
  expect_decrypted
  expect_exit 3 timeout 20 python3 "$cli_dir/pty_answer.py" "another" "${command[@]}"
  expect_contains "$stdout" "wrong passphrase"
  expect_absent "$TMP/out"
  expect_exit 3 timeout 20 setsid --wait "${command[@]}" </dev/null
  expect_contains "$stderr" "needs a terminal"
  expect_absent "$TMP/out"
}

passphrases_are_missed() {
  local locked=$TMP/locked.pem
  printf 'another\n' >"$TMP/another"
  expect_refused 3 "missing passphrase" "$locked"
  expect_refused 3 "wrong passphrase" "$locked:file=$TMP/another"
  expect_refused 3 "wrong passphrase" "$locked:pass=another"
  expect_refused 3 "$TMP/no-passphrase" "$locked:file=$TMP/no-passphrase"
  expect_refused 3 NO_SUCH_VARIABLE "$locked:env=NO_SUCH_VARIABLE"
  expect_refused 3 9 "$locked:fd=9" 9<&-
}

# A name that contains a known form is a file if that file exists.
odd_names_are_files() {
  cp "$TMP/right.pem" "$TMP/odd:pass=name.pem"
  expect_opens "$TMP/odd:pass=name.pem"
  expect_no_warning
}

wrong_keys_are_told() {
  expect_refused 3 "a public key was given" "$TMP/right.pub.pem"
  expect_recipient_refused "a private key was given" "jwe:$TMP/right.pem"
  expect_refused 3 "no such file" "$TMP/absent.pem"
  expect_recipient_refused "o such file" "jwe:$TMP/absent.pem"
  expect_recipient_refused "nonsense" "nonsense:$TMP/right.pub.pem"
  expect_recipient_refused "$TMP/right.pub.pem" "$TMP/right.pub.pem"
  head -c 300 /dev/urandom >"$TMP/junk.pem"
  expect_refused 3 "junk.pem" "$TMP/junk.pem"
  expect_refused 3 "$TMP" "$TMP"
  expect_refused 3 "absent.pem" "$TMP/right.pem" "$TMP/absent.pem"
  expect_refused 6 "wrong-rsa.pem" "$TMP/wrong-rsa.pem" "$TMP/wrong-ec.pem"
  expect_contains "$stderr" "wrong-ec.pem"
  expect_matches "$stderr" "wrapped for jwe ECDH-ES.* key [A-Za-z0-9_-]{43}"
  expect_opens "$TMP/wrong-rsa.pem" "$TMP/wrong-ec.pem" "$TMP/right.pem"
}

# make_locked_key NAME PASSPHRASE OPTION...: an encrypted copy of the right key
make_locked_key() {
  openssl pkey -in "$TMP/right.pem" -aes256 -passout "pass:$2" -out "$TMP/$1.pem" "${@:3}"
}

make_keys "$TMP/right" P-384
make_keys "$TMP/wrong-ec" P-384
make_keys "$TMP/wrong-rsa" rsa
make_locked_key locked "$passphrase"
make_locked_key simple simple
make_locked_key traditional "$passphrase" -traditional
digest=$(make_image "$TMP/plain" t --no-busybox)
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/right.pub.pem" >/dev/null 2>&1

passphrases_are_taken
a_terminal_is_asked
passphrases_are_missed
odd_names_are_files
wrong_keys_are_told
