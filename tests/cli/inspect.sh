#!/bin/bash
# What inspect shows: the tree, on terminals and in files, the table of layers, the documents themselves, JSON. No text
# in an image can control the terminal.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# show COLUMNS ARG...: sets $shown to what inspect writes to a terminal
show() {
  local screen
  screen=$(LC_ALL=C.UTF-8 python3 "$cli_dir/pty_screen.py" "$1" 50 "" "$TMP/shown" "$IMGCRYPT" inspect "${@:2}") ||
    fail "on a terminal of $1 columns"
  expect_equal "$(jq .status <<<"$screen")" 0 "the exit status"
  shown=$(jq -r .raw <<<"$screen" | tr -d '\r')
}

# expect_width MOST: no line of $shown is longer
expect_width() {
  local longest
  longest=$(LC_ALL=C.UTF-8 wc -L <<<"$shown")
  ((longest <= $1)) || fail "$longest columns, not $1: $shown"
}

# expect_harmless TEXT: printable ASCII, and the lines of the tree
expect_harmless() {
  local LC_ALL=C.UTF-8
  ! LC_ALL=C grep -q '[^ -~]' <<<"${1//[├└│─]/}" || fail "not harmless: $(cat -v <<<"$1")"
}

the_tree_fits_the_terminal() {
  NO_COLOR=1 show 80 "oci:$TMP/secret:t"
  expect_width 80
  expect_matches "$shown" $'^index  sha256:[0-9a-f]{12}\n├─ image linux/amd64  sha256:[0-9a-f]{12}\n│  ├─ config   sha256:'
  expect_matches "$shown" $'\n│  ├─ layer 0  sha256:[0-9a-f]{12}  +[0-9.]+ K?i?B  tar\+gzip  encrypted for \[0-1\]\n'
  expect_contains "$shown" $'\n├─ attestation of image linux/amd64  sha256:'
  expect_contains "$shown" "Encrypted: 3 of 3 layers, "
  NO_COLOR=1 show 200 "oci:$TMP/secret:t"
  expect_width 200
  expect_contains "$shown" "$(root_of "$TMP/secret" t)"
  NO_COLOR=1 show 80 --no-trunc "oci:$TMP/secret:t"
  expect_contains "$shown" "$(root_of "$TMP/secret" t)"
}

colours_are_for_terminals_that_want_them() {
  show 80 "oci:$TMP/secret:t"
  expect_contains "$shown" $'\e[32mencrypted for [0-1]\e[0m'
  NO_COLOR=1 show 80 "oci:$TMP/secret:t"
  [[ $shown != *$'\e'* ]] || fail "colours despite NO_COLOR"
}

a_file_gets_ascii_and_whole_digests() {
  expect_exit 0 imgcrypt inspect "oci:$TMP/secret:t"
  expect_contains "$stdout" "index  $(root_of "$TMP/secret" t)"
  expect_contains "$stdout" $'\n|  `- layer 1  sha256:'
  ! LC_ALL=C grep -q '[^ -~]' "$TMP/stdout" || fail "not ASCII: $stdout"
  expect_equal "$stderr" "" "stderr"
}

recipients_are_numbered_as_recipients_list_does() {
  expect_exit 0 imgcrypt recipients list "oci:$TMP/secret:t"
  local listed=$stdout
  expect_exit 0 imgcrypt inspect "oci:$TMP/secret:t"
  expect_contains "$listed" "1  $(sed -n 's/^  \[1\]  //p' <<<"$stdout")"
  expect_matches "$stdout" $'\n  \[0\]  jwe ECDH-ES\+A256KW P-256 key [A-Za-z0-9_-]{43}\n'
}

layers_are_shown_as_ctr_enc_does() {
  local digest size
  expect_exit 0 imgcrypt inspect --layers --platform linux/arm64 "oci:$TMP/secret:t"
  expect_equal "$(head -n1 <<<"$stdout" | tr -s ' ')" " # DIGEST PLATFORM SIZE ENCRYPTION RECIPIENTS" "the header"
  digest=$(layers_of "$TMP/secret" t | sed -n '4s/.* //p')
  size=$(stat -c %s "$(blob "$TMP/secret" "$digest")")
  expect_equal "$(sed -n 3p <<<"$stdout" | tr -s ' ')" " 1 $digest linux/arm64 $size jwe [jwe]" "the second layer"
  expect_equal "$(awk '{print length}' <<<"$stdout" | sort -u | wc -l)" 1 "the number of widths of lines"
  expect_exit 0 imgcrypt inspect --layers "oci:$TMP/plain:t"
  expect_matches "$stdout" $'\n +1 +sha256:[0-9a-f]{64} +linux/amd64 +[0-9]+ +$|\n +1 +sha256:[0-9a-f]{64} +linux/amd64 +[0-9]+ +\n'
}

layers_are_chosen_by_their_positions() {
  expect_exit 0 imgcrypt inspect --layers --layer -1 "oci:$TMP/secret:t"
  expect_equal "$(awk 'NR > 1 {print $1, $3}' <<<"$stdout")" $'1 linux/amd64\n1 linux/arm64' "the top layers"
  expect_exit 0 imgcrypt inspect --layers --layer 1 --platform arm64 "oci:$TMP/secret:t"
  expect_equal "$(awk 'NR > 1 {print $1, $3}' <<<"$stdout")" "1 linux/arm64" "the top layer of a platform"
  expect_exit 0 imgcrypt inspect --layers --layer 0..1 -o json "oci:$TMP/secret:t"
  expect_equal "$(jq -c '[.image.parts[] | select(.kind == "image") | [.layers[].position]]' <<<"$stdout")" '[[0,1],[0,1]]' \
    "the positions"
  expect_exit 3 imgcrypt inspect --layers --layer 2 "oci:$TMP/secret:t"
  expect_contains "$stderr" "--layer 2: linux/amd64 has 2 layers"
  expect_exit 3 imgcrypt inspect --layer 0 "oci:$TMP/secret:t"
}

documents_are_printed_byte_for_byte() {
  local config root
  root=$(root_of "$TMP/secret" t)
  imgcrypt inspect --raw "oci:$TMP/secret:t" | cmp - "$(blob "$TMP/secret" "$root")" || fail "--raw is not the index"
  config=$(jq -r .config.digest "$(blob "$TMP/secret" "$(manifests_of "$TMP/secret" "$root" | tail -n1)")")
  imgcrypt inspect --config --platform arm64 "oci:$TMP/secret:t" | cmp - "$(blob "$TMP/secret" "$config")" ||
    fail "--config is not the config"
  expect_exit 3 imgcrypt inspect --config "oci:$TMP/secret:t"
  expect_contains "$stderr" "choose one with --platform: linux/amd64, linux/arm64"
  expect_exit 2 imgcrypt inspect --config --platform windows "oci:$TMP/secret:t"
  expect_exit 3 imgcrypt inspect -o json --raw "oci:$TMP/secret:t"
  expect_exit 3 imgcrypt inspect --layers --raw "oci:$TMP/secret:t"
  rm "$(blob "$TMP/copy" "$root")"
  expect_exit 2 imgcrypt inspect --raw "oci:$TMP/copy:t"
}

a_missing_config_is_not_readable() {
  local config
  cp -r "$TMP/plain" "$TMP/no-config"
  config=$(jq -r .config.digest "$(blob "$TMP/no-config" "$(manifests_of "$TMP/no-config" "$(root_of "$TMP/no-config" t)" | head -n1)")")
  expect_exit 0 imgcrypt inspect --platform linux/amd64 "oci:$TMP/no-config:t"
  expect_contains "$stdout" "Everyone can read the config ("
  rm "$(blob "$TMP/no-config" "$config")"
  expect_exit 0 imgcrypt inspect --platform linux/amd64 "oci:$TMP/no-config:t"
  expect_matches "$stdout" "config  +$config .* missing"
  expect_contains "$stdout" "1 listed document is missing."
  [[ $stdout != *"the config ("* ]] || fail "it is not there: $stdout"
}

# expect_schema: $TMP/stdout matches the schema
expect_schema() {
  python3 "$cli_dir/check_schema.py" "$cli_dir/../../docs/output.schema.json" inspect <"$TMP/stdout" || fail "it does not match the schema"
}

json_has_everything() {
  local root
  root=$(root_of "$TMP/secret" t)
  expect_exit 0 imgcrypt inspect -o json "oci:$TMP/secret:t"
  expect_schema
  jq -e --arg root "$root" '
    .image.kind == "index" and .image.digest == $root and (.image.parts | length) == 4
    and ([.image.parts[].kind] | sort) == ["attestation", "attestation", "image", "image"]
    and (.image.parts[] | select(.kind == "image") | .config.digest | startswith("sha256:"))
    and ([.image.parts[].layers[] | select(.encrypted)] | length) == 4
    and (.image.parts[] | select(.kind == "image") | .layers[1]
         | .recipients == [0, 1] and .recipientsOmitted == 0 and .problem == null
           and .annotations["org.opencontainers.image.enc.pubopts"] != null)
    and (.recipients | length) == 2 and .recipients[0].scheme == "jwe" and .recipients[0].keyKind == "P-256"
    and .imageLayers == 3 and .encryptedLayers == 3' "$TMP/stdout" >/dev/null || fail "unexpected JSON: $stdout"
}

nothing_commands_the_terminal() {
  local arguments
  cp -r "$TMP/single" "$TMP/hostile"
  python3 "$cli_dir/hostile_texts.py" "$TMP/hostile"
  expect_exit 0 imgcrypt inspect -o json "oci:$TMP/hostile:t"
  expect_schema
  for arguments in "" --layers "--no-trunc" "-o json"; do
    # shellcheck disable=SC2086
    NO_COLOR=1 show 80 $arguments "oci:$TMP/hostile:t"
    expect_harmless "$shown"
  done
  show 80 "oci:$TMP/hostile:t"
  expect_contains "$shown" "key provider \\x1b]0;evil"
  expect_contains "$shown" "! its wrapped keys are missing"
}

an_image_of_many_layers_is_shown() {
  make_image "$TMP/many" t --no-busybox --layers 1000 --layer-size 10 >/dev/null
  expect_exit 0 imgcrypt inspect "oci:$TMP/many:t"
  expect_contains "$stdout" "layer 999  sha256:"
  expect_contains "$stdout" "Not encrypted: 1000 layers, "
}

make_keys "$TMP/key" P-256
make_keys "$TMP/other" rsa
recipients=(-r "jwe:$TMP/key.pub.pem" -r "jwe:$TMP/other.pub.pem")
make_image "$TMP/plain" t --no-busybox --layers 2 --layer-size 5000 --platforms linux/amd64,linux/arm64 --attestation >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/secret:t" "${recipients[@]}" >/dev/null 2>&1
make_image "$TMP/source" t --no-busybox --layers 3 >/dev/null
imgcrypt encrypt "oci:$TMP/source:t" "oci:$TMP/single:t" "${recipients[@]}" >/dev/null 2>&1
cp -r "$TMP/secret" "$TMP/copy"

the_tree_fits_the_terminal
colours_are_for_terminals_that_want_them
a_file_gets_ascii_and_whole_digests
recipients_are_numbered_as_recipients_list_does
layers_are_shown_as_ctr_enc_does
layers_are_chosen_by_their_positions
documents_are_printed_byte_for_byte
a_missing_config_is_not_readable
json_has_everything
nothing_commands_the_terminal
an_image_of_many_layers_is_shown
