#!/bin/bash
# The examples in keyprovider/README.md work as they are.
# shellcheck disable=SC2034 # arrays are passed by name
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

: "${SKELETON:=$tests_dir/../build/release/keyprovider/keyprovider-skeleton}"
shell_skeleton=$tests_dir/../keyprovider/skeleton/keyprovider-skeleton.sh

# expect_round_trip NAME PUBLIC SECRET WRONG COMMAND...
expect_round_trip() {
  local recipients=("$2") keys=("$3") wrong=("$4") enabled=(Enabled)
  expect_wraps "$TMP/packet" "$1" recipients "${@:5}"
  expect_unwraps "$TMP/packet" "$1" keys "${@:5}"
  expect_unwrap_fails "layer authentication failed" "$TMP/packet" "$1" wrong "${@:5}"
  expect_unwrap_fails "provider:$1:" "$TMP/packet" "$1" enabled "${@:5}"
  expect_wrap_fails "provider:$1:" "$1" enabled "${@:5}"
  head -c 100 "$TMP/packet" >"$TMP/cut"
  expect_unwrap_fails "layer authentication failed" "$TMP/cut" "$1" keys "${@:5}"
}

the_skeleton_in_cpp_works() {
  head -c 32 /dev/urandom >"$TMP/key"
  head -c 32 /dev/urandom >"$TMP/wrong"
  expect_round_trip skeleton "$TMP/key" "$TMP/key" "$TMP/wrong" "$SKELETON"
  local keys=("$TMP/key")
  expect_kept_open "$TMP/packet" skeleton keys "$SKELETON"
  expect_bad_requests_refused "$SKELETON"
  expect_told_about "$SKELETON"
}

make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$TMP/$1.key" -out "$TMP/$1.crt" 2>/dev/null
}

the_skeleton_in_shell_works() {
  make_certificate right
  make_certificate wrong
  expect_round_trip skeleton "$TMP/right.crt" "$TMP/right.key" "$TMP/wrong.key" bash "$shell_skeleton"
  expect_round_trip team "$TMP/right.crt" "$TMP/right.key" "$TMP/wrong.key" bash "$shell_skeleton" team
  local bad
  for bad in "" "{}" "[]" nonsense '{"op":"keydrop"}' '{"op":"keyunwrap"}'; do
    expect_failure "error" bash "$shell_skeleton" <<<"$bad"
  done
}

the_skeleton_in_cpp_works
the_skeleton_in_shell_works
