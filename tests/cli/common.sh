# shellcheck shell=bash
# Every test of the command line sources this file. IMGCRYPT names the program under test; by default the release build.
# shellcheck source-path=SCRIPTDIR

cli_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../support/shell/cleanup.sh
source "$cli_dir/../support/shell/cleanup.sh"
# shellcheck source=../support/shell/assert.sh
source "$cli_dir/../support/shell/assert.sh"
# shellcheck source=../support/shell/images.sh
source "$cli_dir/../support/shell/images.sh"

: "${IMGCRYPT:=$cli_dir/../../build/release/cli/imgcrypt}"
[[ -x $IMGCRYPT ]] || fail "$IMGCRYPT is not built"

# Whom the machine of the tests trusts is no matter of theirs.
unset SSL_CERT_FILE SSL_CERT_DIR

# Nothing here takes long: a command that does is hanging.
imgcrypt() {
  timeout 120 "$IMGCRYPT" "$@"
}

# expect_absent PATH
expect_absent() {
  [[ ! -e $1 && ! -L $1 ]] || fail "$1 was left behind: $(ls -AR "$1")"
}

# expect_no_temporary_files DIR
expect_no_temporary_files() {
  local left
  left=$(find "$1" -name '.imgcrypt-*')
  [[ -z $left ]] || fail "left in $1: $left"
}

# state_of DIR: all of its files and their content
state_of() {
  (cd "$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

# expect_refused CODE COMMAND ARG...: the command fails, prints no result, says why, and leaves neither $TMP/out nor a change
# in $TMP/in.
expect_refused() {
  local before
  before=$(state_of "$TMP/in")
  expect_exit "$@"
  expect_equal "$stdout" "" "stdout"
  expect_contains "$stderr" "imgcrypt: error: "
  expect_absent "$TMP/out"
  expect_equal "$(state_of "$TMP/in")" "$before" "what is in $TMP/in"
}

# expect_opens LAYOUT DIGEST NAME...: each of the keys gives back the very image with that digest.
expect_opens() {
  local name
  for name in "${@:3}"; do
    rm -rf "$TMP/back"
    expect_exit 0 imgcrypt decrypt "oci:$1:t" "oci:$TMP/back:t" -k "$TMP/$name.pem"
    expect_contains "$stderr" "exact: the result is identical to the image that was encrypted"
    expect_equal "$(root_of "$TMP/back" t)" "$2" "the digest of what $name got"
  done
}

# expect_opens_not LAYOUT NAME
expect_opens_not() {
  rm -rf "$TMP/back"
  expect_exit 6 imgcrypt decrypt "oci:$1:t" "oci:$TMP/back:t" -k "$TMP/$2.pem"
  expect_absent "$TMP/back"
}
