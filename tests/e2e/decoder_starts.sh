#!/bin/bash
# The decoder alone, started in every state that a careless parent might leave it in: the plaintext is whole, or the failure
# is clear and nothing stays.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/providers/config.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/providers/config.sh"

# decoder OPTION...: with the keys in $TMP/keys
decoder() {
  timeout 30 python3 "$support_dir/start_spoiled.py" "$@" "$CTD_DECODER" --decryption-keys-path "$TMP/keys" \
    --spool-dir "$TMP/spool" --content-root "$TMP/encrypted"
}

# expect_plaintext OPTION...
expect_plaintext() {
  expect_exit 0 decoder "$@" <"$layer" 3</dev/null
  cmp "$TMP/stdout" "$plain_layer" || fail "the layer came out as something else: $*"
  expect_nothing_left
}

# expect_failure REASON OPTION...: on stderr unless that is closed, too
expect_failure() {
  expect_exit 1 decoder "${@:2}" <"$layer" 3</dev/null
  expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
  expect_matches "$stderr" "$1"
  expect_nothing_left
}

closed_descriptors_get_no_file() {
  local closed
  for closed in 2 3 23; do
    expect_plaintext --close "$closed"
  done
  for closed in 0 03 1 01 13 013; do
    expect_failure '^ctd-decoder: error: ' --close "$closed"
  done
  for closed in 02 12 012 023 123 0123; do
    expect_failure '^$' --close "$closed"
  done
}

# The keys open the layer, then a provider must.
inherited_signals_spoil_nothing() {
  local options
  for options in "--ignore CHLD" "--block" "--block --ignore CHLD --ignore HUP --ignore INT --ignore TERM"; do
    use_keys "$TMP/key"
    # shellcheck disable=SC2086 # several words
    expect_plaintext $options
    use_keys
    # shellcheck disable=SC2086
    expect_plaintext $options
  done
  use_keys "$TMP/key"
}

# The reader begins and waits until the pipe is full. The status is that of the decoder (pipefail).
non_blocking_descriptors_are_waited_for() {
  decoder --nonblocking 1 <"$layer" 3</dev/null 2>"$TMP/stderr" | { head -c1; sleep 0.5; cat; } >"$TMP/stdout" ||
    fail "exit $?: $(cat "$TMP/stderr")"
  cmp "$TMP/stdout" "$plain_layer" || fail "the layer came out as something else"
  expect_nothing_left
}

limits_are_told() {
  expect_plaintext --no-threads
  expect_failure 'stdout open: Resource temporarily unavailable; allow more processes' --no-processes
  expect_failure 'Too many open files; allow more open files' --files 6
}

# start_waiting OPTION...: $pid waits for its stdin, which has begun
start_waiting() {
  python3 "$support_dir/start_spoiled.py" "$@" "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" \
    --content-root "$TMP/encrypted" <"$TMP/input" >"$TMP/stdout" 2>"$TMP/stderr" 3</dev/null 8<&- &
  pid=$!
  wait_for 60 waits_for_input || fail "the decoder was not started: $(cat "$TMP/stderr")"
}

waits_for_input() {
  [[ $(<"/proc/$pid/comm") == ctd-decoder && $(ps -o stat= -p "$pid") == S* ]]
}

# expect_end_by SIGNAL STATUS
expect_end_by() {
  local status=0
  kill -"$1" "$pid"
  wait "$pid" || status=$?
  expect_equal "$status" "$2" "the exit status after SIG$1"
  expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
  expect_nothing_left
}

signals_end_it() {
  mkfifo "$TMP/input"
  exec 8<>"$TMP/input"
  head -c 1000 "$layer" >&8
  start_waiting
  expect_end_by HUP 129
  start_waiting --block --ignore TERM --ignore CHLD
  expect_end_by TERM 143
  start_waiting --ignore HUP
  kill -HUP "$pid"
  sleep 0.3
  ! process_is_gone "$pid" || fail "an ignored signal ended it"
  expect_end_by INT 130
  exec 8<&-
}

require_commands jq openssl
mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
use_keys "$TMP/key"
make_image "$TMP/plain" t --layers 1 --no-busybox --compression tar --layer-size 5000000 >/dev/null
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/key.pub.pem" -r provider:demo >/dev/null 2>&1
layer=$(blob "$TMP/encrypted" "$(layers_of "$TMP/encrypted" t | cut -d' ' -f2)")
plain_layer=$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | cut -d' ' -f2)")

closed_descriptors_get_no_file
inherited_signals_spoil_nothing
non_blocking_descriptors_are_waited_for
limits_are_told
signals_end_it
