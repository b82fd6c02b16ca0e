#!/bin/bash
# Progress on terminals of several sizes and in logs; the terminal is left as it was.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"

# shellcheck source=../support/shell/faulty_registry.sh
source "$cli_dir/../support/shell/faulty_registry.sh"

schema=$cli_dir/../../docs/output.schema.json

# on_terminal COLUMNS ROWS WANTED THEN ARGUMENT...: runs imgcrypt; its layers wait until $TMP/go exists
on_terminal() {
  rm -f "$TMP/go"
  screen=$(python3 "$cli_dir/pty_screen.py" "$1" "$2" "$3" "$4" "$IMGCRYPT" "${@:5}") || fail "on a terminal of $1 columns"
}

# of_screen FILTER
of_screen() {
  jq -r "$1" <<<"$screen"
}

encrypt_on_terminal() {
  rm -rf "$TMP/encrypted"
  on_terminal "$1" "$2" "${3:-total: 1 of 4}" "${4:-$TMP/go}" encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo -j 16
}

# expect_bars COLUMNS ROWS LINES: that many lines, none wider than the terminal; at the end only the result is left
expect_bars() {
  encrypt_on_terminal "$1" "$2" "${4:-}"
  expect_equal "$(of_screen .status)" 0 "the exit status"
  expect_equal "$(of_screen '.during | length')" "$3" "the number of lines at $1 x $2"
  expect_equal "$(of_screen "[.during[] | select(length >= $1)] | length")" 0 "the number of lines wider than $1"
  expect_equal "$(of_screen '.after | join("")')" "oci:$TMP/encrypted:t@$(root_of "$TMP/encrypted" t)" "what is left"
}

bars_fit_the_terminal() {
  expect_bars 80 24 4
  expect_matches "$(of_screen '.during[0]')" '^layer [0-2] of the image +\[>? *\] +0% +0\.0/[0-9.]+ MiB'
  expect_bars 200 24 4
  expect_matches "$(of_screen '.during[0]')" '^layer [0-2] of the image +\[>? {100,}\] +0%'
  expect_bars 40 24 4 total
  expect_matches "$(of_screen '.during[0]')" '^layer [0-2] of .* 0%'
  expect_bars 24 24 4 total
}

what_does_not_fit_is_summed_up() {
  expect_bars 80 4 3
  expect_matches "$(of_screen '.during[1]')" '^and 2 more'
  expect_matches "$(of_screen '.during[2]')" '^total: 1 of 4'
}

an_interrupted_command_leaves_the_terminal_clean() {
  encrypt_on_terminal 80 24 "" INT
  expect_equal "$(of_screen .status)" 130 "the exit status"
  expect_matches "$(of_screen '.after | join("|")')" '^(\^C)?imgcrypt: error: [^|]*cancelled$'
  expect_absent "$TMP/encrypted"
}

colours_are_for_terminals_that_want_them() {
  on_terminal 80 24 "" "$TMP/go" decrypt
  expect_contains "$(of_screen .raw)" $'\033[31merror:'
  NO_COLOR=1 on_terminal 80 24 "" "$TMP/go" decrypt
  expect_contains "$(of_screen .raw)" "imgcrypt: error: "
  expect_exit 3 imgcrypt decrypt
  expect_contains "$stderr" "imgcrypt: error: "
}

# encrypt OPTION...: stderr is not a terminal
encrypt() {
  rm -rf "$TMP/encrypted"
  touch "$TMP/go"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo "$@"
}

logs_get_a_line_for_each_blob() {
  encrypt
  expect_matches "$stderr" 'imgcrypt: layer 2 of the image: [0-9.]+ MiB'
  expect_equal "$(grep -c '^imgcrypt: \(layer\|config\)' <<<"$stderr")" 4 "the number of lines"
  encrypt --progress plain -q
  expect_contains "$stderr" "imgcrypt: layer 2 of the image: "
  for options in -q "--progress none" "--log-level warn"; do
    # shellcheck disable=SC2086
    encrypt $options
    expect_equal "$stderr" "" "stderr with $options"
  done
}

what_was_there_is_one_line() {
  expect_exit 0 imgcrypt copy "oci:$TMP/encrypted:t" "oci:$TMP/encrypted:again"
  expect_matches "$stderr" '^imgcrypt: already there: 4 blobs, [0-9.]+ MiB$'
  expect_equal "$(grep -c '^imgcrypt: \(layer\|config\)' <<<"$stderr")" 0 "the lines of blobs that were there"
}

programs_get_json() {
  local line
  encrypt --progress json
  while read -r line; do
    if [[ $line == '{"total"'* ]]; then
      python3 "$cli_dir/check_schema.py" "$schema" totalProgress <<<"$line"
    else
      python3 "$cli_dir/check_schema.py" "$schema" blobProgress <<<"$line"
    fi
  done <<<"$stderr"
  expect_equal "$(jq -s '[.[] | select(.state == "done")] | length' <<<"$stderr")" 4 "the blobs that are done"
  expect_equal "$(jq -s '.[-1].total | .blobsDone == 4 and .bytesDone == .bytes' <<<"$stderr")" true "the total"
}

# The registry reads nothing of it: what waits in memory to be sent has not moved.
what_was_not_sent_has_not_moved() {
  local pushed options=(--network-timeout 2 --retry-times 0)
  start_faulty_registry --fault stalls-up
  expect_exit 5 imgcrypt copy "oci:$TMP/plain:t" "docker://$REGISTRY/app:t" --progress json "${options[@]}"
  pushed=$(grep '^{"blob":"layer' <<<"$stderr")
  expect_equal "$(jq -s 'map(select(.bytesMoved >= .bytes or .state == "done")) | length' <<<"$pushed")" 0 "layers that have moved"
  expect_equal "$(grep '^{"total"' <<<"$stderr" | jq -s 'map(.total | select(.bytesDone >= .bytes)) | length')" 0 "totals of 100 %"
  expect_exit 5 imgcrypt copy "oci:$TMP/plain:t" "docker://$REGISTRY/app:t" --progress auto "${options[@]}"
  ! grep '^imgcrypt: layer' <<<"$stderr" || fail "a layer is told that has not arrived: $stderr"
}

stages_are_timed() {
  encrypt -vv
  expect_matches "$stderr" 'imgcrypt: stage: moving blobs: [0-9.]+ s, processor time [0-9.]+ s'
  local work
  for work in read cipher 'digests and HMAC' write sync keys; do
    expect_matches "$stderr" "imgcrypt: work: $work: [0-9.]+ s"
  done
}

make_image "$TMP/plain" t --no-busybox --layers 3 --layer-size 3000000 --compression tar >/dev/null
configure_script "$TMP/provider" "until [[ -e $TMP/go ]]; do sleep 0.05; done; exec python3 $providers_dir/toy.py $TMP"

bars_fit_the_terminal
what_does_not_fit_is_summed_up
an_interrupted_command_leaves_the_terminal_clean
colours_are_for_terminals_that_want_them
logs_get_a_line_for_each_blob
what_was_there_is_one_line
programs_get_json
what_was_not_sent_has_not_moved
stages_are_timed
