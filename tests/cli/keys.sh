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
  expect_contains "$stderr" "every user of this machine can see a passphrase in the command line"
  expect_opens "$TMP/simple.pem:simple"
  expect_contains "$stderr" "every user of this machine can see a passphrase in the command line"
  expect_opens "$TMP/traditional.pem:file=$TMP/passphrase"
  expect_opens "$locked:fd=7" 7<"$TMP/passphrase"
}

misspelt_forms_are_not_passphrases() {
  local form
  for form in promt prompt= file "file:$TMP/passphrase" pas=secret password=secret; do
    expect_refused 3 "neither a known form nor clearly a passphrase" "$TMP/locked.pem:$form"
    expect_contains "$stderr" "did you mean $TMP/locked.pem:"
    (($(grep -o ":pass=" <<<"$stderr" | wc -l) <= 1)) || fail "the hint repeats itself: $stderr"
    [[ $stderr != *secret* ]] || fail "a passphrase is shown: $stderr"
  done
}

needless_passphrases_are_said() {
  expect_opens "$TMP/right.pem:file=$TMP/passphrase"
  expect_contains "$stderr" "warning: key $TMP/right.pem: the passphrase is not used, as the key is not encrypted"
  expect_opens "$TMP/right.pem:prompt" </dev/null
  expect_contains "$stderr" "the passphrase is not used"
  expect_opens "$TMP/right.pem"
  [[ $stderr != *"is not used"* ]] || fail "a needless warning: $stderr"
}

keys_that_cost_too_much_are_refused() {
  openssl pkcs8 -topk8 -in "$TMP/right.pem" -iter 1000000 -passout "pass:$passphrase" -out "$TMP/slow.pem"
  expect_opens "$TMP/slow.pem:file=$TMP/passphrase"
  # 1 000 000 is 02 03 0f 42 40; no number of three bytes is above the limit, so the salt gives one byte.
  python3 - "$TMP/slow.pem" "$TMP/slower.der" <<'PYTHON'
import base64
import re
import sys

der = base64.b64decode("".join(open(sys.argv[1]).read().split("\n")[1:-2]))
slower = re.sub(
    rb"\x04\x08(.{7}).\x02\x03\x0f\x42\x40",
    lambda found: b"\x04\x07" + found[1] + b"\x02\x04\x00\x98\x96\x81",
    der,
    flags=re.DOTALL,
)
assert slower != der and len(slower) == len(der)
open(sys.argv[2], "wb").write(slower)  # 10 000 001
PYTHON
  expect_refused 3 "more than 10000000 iterations" "$TMP/slower.der:file=$TMP/passphrase"
}

# Also what is not a key at all, but was meant
mistakes_are_guessed() {
  expect_refused 3 "key jwe: no such file" "jwe:$TMP/right.pem"
  expect_contains "$stderr" 'without "jwe:"'
  # shellcheck disable=SC2088
  expect_refused 3 "no such file" "~/right.pem"
  expect_contains "$stderr" "write \$HOME"
  imgcrypt key generate sodium "$TMP/sodium" >/dev/null
  expect_refused 3 "a key of the key provider sodium" "$TMP/sodium"
  expect_contains "$stderr" "did you mean -k provider:sodium:$TMP/sodium?"
  expect_recipient_refused "not a recipient of a known scheme" "$TMP/right.pub.pem"
  expect_contains "$stderr" "did you mean jwe:$TMP/right.pub.pem?"
  expect_recipient_refused "o such file" "jwe:$TMP/right.pub.pem,jwe:$TMP/right.pub.pem"
  expect_contains "$stderr" "-r RECIPIENT -r RECIPIENT"
}

public_keys_are_not_lists() {
  local to=("oci:$TMP/plain:t" "oci:$TMP/out:t")
  expect_exit 3 imgcrypt encrypt "${to[@]}" -R "$TMP/right.pub.pem"
  expect_contains "$stderr" "right.pub.pem: line 1: this is a public key, where a list of one a line is expected"
  expect_contains "$stderr" "did you mean -r jwe:$TMP/right.pub.pem?"
  expect_exit 3 imgcrypt encrypt "${to[@]}" -R "$cli_dir/../vectors/keys/cert1.pem"
  expect_contains "$stderr" "did you mean -r pkcs7:$cli_dir/../vectors/keys/cert1.pem?"
  IMGCRYPT_RECIPIENTS=$(cat "$TMP/right.pub.pem") expect_exit 3 imgcrypt encrypt "${to[@]}"
  expect_contains "$stderr" "keep it in a file, and write the name of that: jwe:FILE"
}

recipients_come_from_files_and_the_environment() {
  local recipients=$TMP/recipients
  printf '# the team\n\n  jwe:right.pub.pem \r\n\t# nobody else\njwe:%s' "$TMP/wrong-ec.pub.pem" >"$recipients"
  (
    cd "$TMP"
    expect_exit 0 imgcrypt encrypt oci:plain:t oci:listed:t -R recipients
    expect_exit 0 imgcrypt check oci:listed:t -k right.pem
    expect_exit 0 imgcrypt check oci:listed:t -k wrong-ec.pem
    IMGCRYPT_RECIPIENTS=$(cat recipients) expect_exit 0 imgcrypt encrypt oci:plain:t oci:listed:u
    IMGCRYPT_KEY=wrong-ec.pem expect_exit 0 imgcrypt decrypt oci:listed:u oci:out:t
    expect_decrypted
    IMGCRYPT_KEY=$'# mine\nwrong-rsa.pem\nright.pem' expect_exit 0 imgcrypt check oci:listed:u
    [[ $stderr != *"no key was given"* ]] || fail "the key of the environment was not tried: $stderr"
    # Options take the place of the environment.
    IMGCRYPT_KEY=right.pem expect_exit 6 imgcrypt check oci:listed:u -k wrong-rsa.pem
    IMGCRYPT_RECIPIENTS=nonsense expect_exit 0 imgcrypt encrypt oci:plain:t oci:listed:v -r jwe:right.pub.pem
    IMGCRYPT_KEY=$'\nabsent.pem' expect_exit 3 imgcrypt check oci:listed:u
    expect_contains "$stderr" "IMGCRYPT_KEY: line 2: key absent.pem: no such file"
  )
  echo "jwe:$TMP/absent.pem" >>"$recipients"
  printf '\njwe:%s\n' "$TMP/absent.pem" >"$recipients"
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -R "$recipients"
  expect_contains "$stderr" "$recipients: line 2: recipient jwe:$TMP/absent.pem: No such file"
  echo "# nobody" >"$recipients"
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -R "$recipients"
  expect_contains "$stderr" "$recipients: it lists nothing"
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -R "$TMP/absent"
  expect_exit 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t"
  expect_contains "$stderr" "no recipient was given"
  expect_absent "$TMP/out"
}

it_is_told_which_key_opened_which_layer() {
  expect_exit 0 imgcrypt check -v "oci:$TMP/encrypted:t" -k "$TMP/wrong-ec.pem" -k "$TMP/right.pem"
  expect_matches "$stderr" "detail: layer 0 of .*: opened by $TMP/right.pem \(P-384 key .*\); not by $TMP/wrong-ec.pem \(P-384"
  expect_matches "$stderr" "detail: layer 1 of .*: opened by"
  expect_exit 6 imgcrypt check -v "oci:$TMP/encrypted:t" -k "$TMP/wrong-ec.pem"
  expect_matches "$stderr" "detail: layer 0 of .*: no key opens it"
  expect_exit 0 imgcrypt check "oci:$TMP/encrypted:t" -k "$TMP/right.pem"
  [[ $stderr != *"opened by"* ]] || fail "told without -v: $stderr"
}

# expect_exposed WARNING KEY: the warning is printed once; no warning if it is empty
expect_exposed() {
  expect_opens "$2"
  if [[ -z $1 ]]; then
    [[ $stderr != *warning* ]] || fail "an unnecessary warning: $stderr"
    return
  fi
  expect_equal "$(grep -c "warning: key $2: $1" <<<"$stderr")" 1 "the number of warnings '$1' in: $stderr"
}

keys_that_others_can_read_are_said() {
  local folder=$TMP/exposed
  mkdir "$folder"
  cp "$TMP/right.pem" "$folder/key.pem"
  chmod 755 "$TMP" "$folder"
  chmod 600 "$folder/key.pem"
  expect_exposed "" "$folder/key.pem"
  chmod 644 "$folder/key.pem"
  expect_exposed "others can read it (mode 0644): chmod 600" "$folder/key.pem"
  chmod 640 "$folder/key.pem"
  expect_exposed "others can read it (mode 0640)" "$folder/key.pem"
  chmod 700 "$folder"
  expect_exposed "" "$folder/key.pem"
  chmod 600 "$folder/key.pem"
  chmod 777 "$folder"
  expect_exposed "others can replace it" "$folder/key.pem"
  chmod 1777 "$folder"
  expect_exposed "" "$folder/key.pem"
  if ((EUID == 0)); then
    chown 12345 "$folder/key.pem"
    expect_exposed "it belongs to another user (number 12345)" "$folder/key.pem"
  fi
}

chains_that_begin_with_their_authority_are_said() {
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -days 2 -keyout "$TMP/ca.pem" -out "$TMP/ca.cert.pem" 2>/dev/null
  openssl req -new -key "$TMP/wrong-rsa.pem" -subj /CN=member -out "$TMP/member.csr"
  openssl x509 -req -in "$TMP/member.csr" -CA "$TMP/ca.cert.pem" -CAkey "$TMP/ca.pem" -days 2 -out "$TMP/member.cert.pem" 2>/dev/null
  cat "$TMP/ca.cert.pem" "$TMP/member.cert.pem" >"$TMP/reversed.pem"
  cat "$TMP/member.cert.pem" "$TMP/ca.cert.pem" >"$TMP/chain.pem"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/chained:t" -r "pkcs7:$TMP/reversed.pem"
  expect_contains "$stderr" "warning: recipient pkcs7:$TMP/reversed.pem: only the first of its 2 certificates is used"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/chained:t" -r "pkcs7:$TMP/chain.pem"
  [[ $stderr != *warning* ]] || fail "an unnecessary warning: $stderr"
}

a_terminal_is_asked() {
  local command=("$IMGCRYPT" decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k "$TMP/locked.pem:prompt")
  expect_exit 0 timeout 20 python3 "$cli_dir/pty_answer.py" "$passphrase" "${command[@]}"
  [[ $stdout != *"$passphrase"* ]] || fail "the terminal showed the passphrase"
  expect_decrypted
  # Three tries, whether :prompt was written or not
  expect_exit 0 timeout 20 python3 "$cli_dir/pty_answer.py" $'another\nother\n'"$passphrase" "${command[@]}"
  expect_contains "$stdout" "Wrong passphrase, try again."
  expect_decrypted
  expect_exit 3 timeout 20 python3 "$cli_dir/pty_answer.py" $'another\nother\nthird' "${command[@]}"
  expect_contains "$stdout" "wrong passphrase"
  command[-1]=$TMP/locked.pem
  expect_exit 0 timeout 20 python3 "$cli_dir/pty_answer.py" $'another\n'"$passphrase" "${command[@]}"
  expect_decrypted
  command[-1]=$TMP/locked.pem:prompt
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
misspelt_forms_are_not_passphrases
needless_passphrases_are_said
keys_that_cost_too_much_are_refused
mistakes_are_guessed
public_keys_are_not_lists
recipients_come_from_files_and_the_environment
it_is_told_which_key_opened_which_layer
keys_that_others_can_read_are_said
chains_that_begin_with_their_authority_are_said
odd_names_are_files
wrong_keys_are_told
