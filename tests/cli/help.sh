#!/bin/bash
# What imgcrypt says of itself: help, examples, version, man pages.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# commands_below PATH: "PATH NAME" for each command of the tree, deepest first
commands_below() {
  local name
  [[ $1 =~ ^\ (help|man)$ ]] && return  # commands are their arguments
  # shellcheck disable=SC2086
  imgcrypt __complete $1 '' | while IFS=$'\t' read -r name _; do
    [[ $name == :* || $name == oci:* ]] && return
    commands_below "$1 $name"
    echo "$1 $name"
  done
}

# examples_of COMMAND...: its examples, without their indent
examples_of() {
  imgcrypt "$@" --help | sed -n '/^Examples:/,/^See imgcrypt/p' | sed '1d; /^See /d; s/^  //'
}

help_is_printed() {
  expect_exit 0 imgcrypt
  expect_contains "$stdout" "Usage: imgcrypt [OPTIONS] COMMAND"
  expect_contains "$stdout" "Exit status:"
  expect_contains "$stdout" "OCICRYPT_KEYPROVIDER_CONFIG"
  expect_equal "$stderr" "" "stderr"
  local whole=$stdout
  for form in help --help -h; do
    expect_exit 0 imgcrypt "$form"
    expect_equal "$stdout" "$whole" "what $form prints"
  done
}

every_command_has_help() {
  local command
  while read -r command; do
    # shellcheck disable=SC2086
    expect_exit 0 imgcrypt help $command
    local help=$stdout
    expect_contains "$help" "Usage: imgcrypt $command [OPTIONS]"
    # shellcheck disable=SC2086
    expect_exit 0 imgcrypt $command --help
    expect_equal "$stdout" "$help" "$command --help"
    expect_equal "$(awk 'length > 80' <<<"$help")" "" "lines of more than 80 columns: $command"
    [[ $help == *"Examples:"* ]] || fail "$command has no examples"
  done <<<"$commands"
  expect_exit 3 imgcrypt help recipients ad
  expect_contains "$stderr" "did you mean add?"
  expect_exit 3 imgcrypt help -o json
  expect_contains "$stderr" "leave out -o json"
}

# In an order in which each finds what it needs. The scripts for shells, and what needs a registry, have tests of their own.
examples_work() {
  local command
  mkdir "$TMP/examples"
  cd "$TMP/examples"
  make_image plain 1 --no-busybox --layers 2 --layer-size 500 --platforms linux/amd64,linux/arm64 >/dev/null
  make_image base 1 --no-busybox --layers 1 --layer-size 500 >/dev/null
  printf secret >passphrase.txt
  cp "$SOURCE_DIR/keys-example/rsa.cert.pem" cert.pem
  for command in "key generate jwe-ec" "key generate jwe-rsa" "key generate sodium" "key show" encrypt; do
    run_examples "$command"
  done
  imgcrypt recipients add oci:secret:1 -r jwe:locked.pem.pub -k my.pem 2>/dev/null
  while read -r command; do
    [[ $command =~ ^(key|encrypt|completion|man|login|logout) ]] || run_examples "$command"
  done <<<"$commands"
  cd - >/dev/null
}

# run_examples COMMAND
run_examples() {
  local line
  # shellcheck disable=SC2086
  while read -r line; do
    [[ -z $line || $line == "#"* ]] && continue
    (eval "$line") >"$TMP/log" 2>&1 || fail "the example \"$line\": $(cat "$TMP/log")"
  done < <(examples_of $1)
}

versions_are_told() {
  local form short json
  expect_exit 0 imgcrypt version
  short=$stdout
  expect_matches "$short" '^imgcrypt [0-9.]+'
  expect_matches "$short" 'commit [0-9a-f]{12}|commit unknown'
  expect_matches "$short" 'OpenSSL 3\.[0-9.]+'
  expect_matches "$short" 'key providers .*coco.*sodium'
  for form in -V --version; do
    expect_exit 0 imgcrypt "$form"
    expect_equal "$stdout" "$short" "what $form prints"
  done
  expect_exit 0 imgcrypt version -o json
  python3 "$cli_dir/check_schema.py" "$SOURCE_DIR/docs/output.schema.json" version <<<"$stdout" || fail "version -o json: $stdout"
  json=$stdout
  expect_exit 0 imgcrypt -V -o json
  expect_equal "$stdout" "$json" "what -V -o json prints"
}

man_pages_are_clean() {
  local page name
  mkdir "$TMP/man"
  expect_exit 0 imgcrypt man --directory "$TMP/man"
  expect_equal "$(find "$TMP/man" -type f | wc -l)" "$(($(wc -l <<<"$commands") + 1))" "the number of pages"
  cp "$SOURCE_DIR/docs/man/ctd-decoder.1" "$TMP/man"
  for page in "$TMP/man"/*.1; do
    expect_exit 0 env MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -l "$page"
    expect_equal "$stderr" "" "what man says about $page"
    name=$(basename "$page" .1)
    expect_matches "$stdout" "NAME
 +$name +- +[A-Z]"
  done
  expect_exit 0 imgcrypt man recipients add
  expect_equal "$stdout" "$(cat "$TMP/man/imgcrypt-recipients-add.1")" "the page of one command"
  # Everything that --help has is in the page.
  expect_exit 0 env MANWIDTH=200 man -l "$TMP/man/imgcrypt-encrypt.1"
  expect_matches "$stdout" '-r, --recipient, --encryption-key SCHEME:KEY'
  expect_contains "$stdout" "imgcrypt encrypt oci:plain:1 oci:secret:1 -r jwe:my.pem.pub"
  expect_exit 3 imgcrypt man --directory "$TMP/none"
  expect_contains "$stderr" "$TMP/none/imgcrypt.1"
  expect_exit 3 imgcrypt man encrypt --directory "$TMP/man"
  expect_exit 3 imgcrypt man encript
  expect_contains "$stderr" "did you mean encrypt?"
}

# The decoder's page is written by hand.
the_decoder_has_a_page() {
  local option
  for option in $("$CTD_DECODER" --help | grep -o '^ *\(-[a-zA-Z], *\)*--[a-z-]*' | tr -d ' ,' | grep -o -e '--.*'); do
    grep -q -F -e "${option//-/\\-}" "$SOURCE_DIR/docs/man/ctd-decoder.1" || fail "ctd-decoder.1 has no $option"
  done
}

commands=$(commands_below "" | sed 's/^ //')
[[ $(wc -l <<<"$commands") -ge 20 ]] || fail "the commands: $commands"

help_is_printed
every_command_has_help
versions_are_told
man_pages_are_clean
the_decoder_has_a_page
examples_work
