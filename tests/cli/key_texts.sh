#!/bin/bash
# The text of a key where its file's name belongs: no program prints a part of it, whatever it is and wherever it is given.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# expect_hidden TEXT PART COMMAND ARG...: refused as the text of a key, as text and as JSON, without a word of it
expect_hidden() {
  local format
  for format in text json; do
    expect_exit 3 "${@:3}" -o "$format"
    expect_contains "$stderr" "the text of a key was given, where a file is expected"
    expect_contains "$stderr" "hint: keep the key in a file"
    [[ $stdout$stderr != *"$2"* ]] || fail "a part of the key is shown: $stdout$stderr"
  done
}

# with_variable NAME VALUE COMMAND ARG...
with_variable() {
  env "$1=$2" timeout 120 "$IMGCRYPT" "${@:4}"
}

# never_shown TEXT PART
never_shown() {
  local to=(encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t") from=(decrypt "oci:$TMP/in:t" "oci:$TMP/out:t") start name
  for start in "" provider:sodium: "$TMP/right.pem:file=" "$TMP/right.pem:"; do
    expect_hidden "$1" "$2" imgcrypt "${from[@]}" "--key=$start$1"
  done
  for start in "" jwe: pkcs7: provider:sodium: ; do
    expect_hidden "$1" "$2" imgcrypt "${to[@]}" -r "$start$1"
  done
  expect_hidden "$1" "$2" imgcrypt "${to[@]}" "--recipients-file=$1"
  expect_hidden "$1" "$2" imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/out:t" -r "$1"
  expect_hidden "$1" "$2" imgcrypt key show -- "$1"
  expect_hidden "$1" "$2" imgcrypt key public -- "$1"
  expect_hidden "$1" "$2" imgcrypt key generate jwe-ec "$TMP/new" "--passphrase=file=$1"
  expect_hidden "$1" "$2" imgcrypt provider test sodium "--key=$1"
  expect_hidden "$1" "$2" imgcrypt "${from[@]}" "--unknown=$1"
  expect_hidden "$1" "$2" imgcrypt "${from[@]}" -- "$1"
  # As an unquoted $(cat KEY) gives it.
  # shellcheck disable=SC2086
  expect_hidden "$1" "$2" imgcrypt "${from[@]}" -k $1
  for name in IMGCRYPT_KEY:from IMGCRYPT_RECIPIENTS:to; do
    local -n arguments=${name#*:}
    expect_hidden "$1" "$2" with_variable "${name%:*}" "$1" imgcrypt "${arguments[@]}"
  done
  printf '%s\n' "$1" >"$TMP/list"
  expect_hidden "$1" "$2" imgcrypt "${to[@]}" -R "$TMP/list"
  expect_exit 3 "$CTD_DECODER" --decryption-keys-path "$1" </dev/null
  [[ $stderr != *"$2"* ]] || fail "the decoder shows a part of the key: $stderr"
}

plain=$(make_image "$TMP/plain" t --no-busybox --layers 1)
make_keys "$TMP/right" P-256
expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/right.pub.pem"
expect_exit 0 imgcrypt key generate sodium "$TMP/sodium"

body=$(sed -n 2p "$TMP/right.pem")
never_shown "$(cat "$TMP/right.pem")" "$body"
never_shown "$(tr -d '\n' <"$TMP/right.pem")" "$body"
never_shown "$body" "$body"
encoded=$(base64 -w0 "$TMP/right.pem")
never_shown "$encoded" "${encoded:60:20}"
never_shown "$(cat "$TMP/sodium")" "$(sed 's/.*secret-//' "$TMP/sodium")"
never_shown '{"kty":"EC","crv":"P-256","x":"AAEC","y":"AAEC","d":"AAECAwQFBgcICQoLDA0ODw"}' AAECAwQFBgcICQoLDA0ODw

# Keys whose files are named work all the same, also from a pipe.
expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k <(cat "$TMP/right.pem")
expect_equal "$(root_of "$TMP/out" t)" "$plain" "the digest of what was decrypted"
