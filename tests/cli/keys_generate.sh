#!/bin/bash
# imgcrypt key generate makes key pairs that we and OpenSSL can use, and never overwrites one.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# expect_opens RECIPIENT KEY
expect_opens() {
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "$1"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k "$2"
  expect_equal "$(root_of "$TMP/out" t)" "$digest" "the digest of what was decrypted"
  rm -rf "$TMP/encrypted" "$TMP/out"
}

# expect_made DESCRIPTION KIND OPTION...
expect_made() {
  local file=$TMP/keys/made.pem
  expect_exit 0 imgcrypt key generate "$2" "$file" "${@:3}"
  expect_equal "$stdout" "jwe:$file.pub" "the result"
  expect_equal "$stderr" "" "stderr"
  expect_equal "$(stat -c %a "$file")" 600 "the mode of the private key"
  openssl pkey -in "$file" -check -noout >"$TMP/check"
  expect_contains "$(openssl pkey -in "$file" -noout -text)" "$1"
  expect_equal "$(openssl pkey -in "$file" -pubout)" "$(cat "$file.pub")" "the public key"
  expect_opens "$stdout" "$file"
  rm "$file" "$file.pub"
}

every_kind_is_made() {
  expect_made "3072 bit" jwe-rsa
  expect_made "2048 bit" jwe-rsa --bits 2048
  expect_made "NIST CURVE: P-256" jwe-ec
  expect_made "NIST CURVE: P-384" jwe-ec --curve P-384
  expect_made "NIST CURVE: P-521" jwe-ec --curve P-521
  expect_made "NIST CURVE: P-256" jwe-ec --curve p256
  expect_made "NIST CURVE: P-384" jwe-ec --curve secp384r1
}

passphrases_protect_it() {
  local file=$TMP/keys/locked.pem form
  printf 'two words\n' >"$TMP/passphrase"
  printf 'two words' >"$TMP/passphrase-alone"
  export PASSPHRASE_OF_TEST="two words"
  for form in "file=$TMP/passphrase" env=PASSPHRASE_OF_TEST fd=7; do
    expect_exit 0 imgcrypt key generate jwe-ec "$file" --passphrase "$form" --force 7<"$TMP/passphrase-alone"
    expect_contains "$(head -1 "$file")" "BEGIN ENCRYPTED PRIVATE KEY"
    openssl pkey -in "$file" -passin "file:$TMP/passphrase" -check -noout >"$TMP/check"
    expect_opens "jwe:$file.pub" "$file:file=$TMP/passphrase"
  done
  expect_exit 0 timeout 20 python3 "$cli_dir/pty_answer.py" $'two words\ntwo words' \
    "$IMGCRYPT" key generate jwe-ec "$file" --passphrase prompt --force
  [[ $stdout != *"two words"* ]] || fail "the terminal showed the passphrase"
  expect_opens "jwe:$file.pub" "$file:file=$TMP/passphrase"
  rm "$file" "$file.pub"
}

# One limit for those who make a key and those who open it: a longer passphrase would lock it for ever.
passphrases_have_one_limit() {
  local file=$TMP/keys/limit.pem size
  for size in 1023 1024; do
    head -c "$size" /dev/zero | tr '\0' p >"$TMP/long"
    expect_exit 0 imgcrypt key generate jwe-ec "$file" --passphrase "file=$TMP/long" --force
    expect_opens "jwe:$file.pub" "$file:file=$TMP/long"
    expect_opens "jwe:$file.pub" "$file:fd=7" 7<"$TMP/long"
    PASSPHRASE_OF_TEST=$(cat "$TMP/long") expect_opens "jwe:$file.pub" "$file:env=PASSPHRASE_OF_TEST"
  done
  echo >>"$TMP/long"  # a newline at the end does not count
  expect_opens "jwe:$file.pub" "$file:fd=7" 7<"$TMP/long"
  rm "$file" "$file.pub"
  head -c 1025 /dev/zero | tr '\0' p >"$TMP/long"
  expect_refused 3 "a passphrase of more than 1024 bytes" jwe-ec "$file" --passphrase "file=$TMP/long"
  PASSPHRASE_OF_TEST=$(cat "$TMP/long") expect_refused 3 "a passphrase of more than 1024 bytes" jwe-ec "$file" --passphrase env=PASSPHRASE_OF_TEST
}

# expect_refused CODE REASON ARG...: nothing is left behind
expect_refused() {
  expect_exit "$1" imgcrypt key generate "${@:3}" </dev/null
  expect_contains "$stderr" "$2"
  expect_equal "$stdout" "" "stdout"
  expect_empty "$TMP/keys"
}

wrong_arguments_leave_nothing() {
  local file=$TMP/keys/no.pem
  expect_refused 3 "1024 bits is too short (2048 to 16384)" jwe-rsa "$file" --bits 1024
  expect_refused 3 "16385 bits is too long (2048 to 16384)" jwe-rsa "$file" --bits 16385
  expect_refused 3 "2k is not a number of bits" jwe-rsa "$file" --bits 2k
  expect_refused 3 '"P-224" is not P-256, P-384 or P-521' jwe-ec "$file" --curve P-224
  expect_refused 3 "file=PASSPHRASEFILE" jwe-ec "$file" --passphrase pass=secret
  expect_refused 3 "file=PASSPHRASEFILE" jwe-ec "$file" --passphrase secret
  expect_refused 3 "$TMP/absent" jwe-ec "$file" --passphrase "file=$TMP/absent"
  expect_refused 3 "is empty" jwe-ec "$file" --passphrase file=/dev/null
  expect_refused 3 "there is no directory" jwe-ec "$TMP/keys/absent/no.pem"
  expect_exit 3 timeout 20 python3 "$cli_dir/pty_answer.py" $'one\nother' \
    "$IMGCRYPT" key generate jwe-ec "$file" --passphrase prompt
  expect_contains "$stdout" "passphrases differ"
  expect_contains "$stdout" "type the same one twice"
  expect_empty "$TMP/keys"
}

# expect_kept ARG...
expect_kept() {
  local before
  before=$(cat "$TMP/keys/"*)
  expect_exit 8 imgcrypt key generate "$@" </dev/null
  expect_contains "$stderr" "already exists"
  expect_contains "$stderr" "--force"
  expect_equal "$(cat "$TMP/keys/"*)" "$before" "what was there"
}

nothing_is_overwritten() {
  local file=$TMP/keys/kept.pem before
  imgcrypt key generate jwe-ec "$file" >/dev/null
  before=$(cat "$file.pub")
  # Before that, it asks for no passphrase and makes no large key.
  expect_kept jwe-ec "$file" --passphrase prompt
  expect_kept jwe-rsa "$file" --bits 16384
  rm "$file"
  expect_kept jwe-ec "$file"
  expect_exit 0 imgcrypt key generate jwe-rsa "$file" --bits 2048 --force
  [[ $(cat "$file.pub") != "$before" ]] || fail "--force replaced nothing"
  expect_opens "jwe:$file.pub" "$file"
  rm "$file.pub"
  expect_kept jwe-ec "$file"
  rm "$file"
}

# A large key takes minutes; the user must be able to interrupt it.
it_is_cancelled() {
  local status=0 pid
  "$IMGCRYPT" key generate jwe-rsa "$TMP/keys/large.pem" --bits 16384 2>"$TMP/cancelled" &
  pid=$!
  wait_for 10 is_asleep_or_busy "$pid"
  kill -TERM "$pid"
  wait "$pid" || status=$?
  expect_equal "$status" 143 "the exit status"
  expect_empty "$TMP/keys"
}

# The signal handler is installed once the program has used a tenth of a second.
is_asleep_or_busy() {
  (($(cut -d' ' -f14 "/proc/$1/stat") > 10))
}

the_result_is_json_on_demand() {
  expect_exit 0 imgcrypt -o json key generate jwe-ec "$TMP/keys/json.pem"
  expect_equal "$(jq -r .recipient <<<"$stdout")" "jwe:$TMP/keys/json.pem.pub" "recipient"
  expect_equal "$(jq -r .file <<<"$stdout")" "$TMP/keys/json.pem" "file"
  expect_matches "$(jq -r .fingerprint <<<"$stdout")" "^[A-Za-z0-9_-]{43}$"
}

mkdir "$TMP/keys"
digest=$(make_image "$TMP/plain" t --no-busybox)
every_kind_is_made
passphrases_protect_it
passphrases_have_one_limit
wrong_arguments_leave_nothing
nothing_is_overwritten
it_is_cancelled
the_result_is_json_on_demand
