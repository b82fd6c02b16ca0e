# shellcheck shell=bash
# For tests of one kind of recipient: an image is encrypted for some of them, and keys open it or do not. Needs common.sh,
# the image $TMP/plain:t, and its digest in $plain.

# encrypt RECIPIENT...: $TMP/plain into $TMP/in
encrypt() {
  local recipient recipients=()
  for recipient in "$@"; do
    recipients+=(-r "$recipient")
  done
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" "${recipients[@]}"
}

# expect_opened KEY...: each opens $TMP/in alone.
expect_opened() {
  local key
  for key in "$@"; do
    rm -rf "$TMP/back"
    expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" -k "$key"
    # shellcheck disable=SC2154 # the test sets it
    expect_equal "$(root_of "$TMP/back" t)" "$plain" "the digest of what $key got"
  done
}

# expect_not_opened KEY...
expect_not_opened() {
  local key
  for key in "$@"; do
    expect_refused 6 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$key"
  done
}
