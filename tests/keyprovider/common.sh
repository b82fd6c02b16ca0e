# shellcheck shell=bash
# Every test of our key providers sources this file. The tests talk to the programs as other tools do, with jq.
# KEY_PROVIDERS names the folder of the programs; by default that of the release build.
# shellcheck source-path=SCRIPTDIR

tests_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=../support/shell/cleanup.sh
source "$tests_dir/support/shell/cleanup.sh"
# shellcheck source=../support/shell/assert.sh
source "$tests_dir/support/shell/assert.sh"

: "${KEY_PROVIDERS:=$tests_dir/../build/release/libexec/imgcrypt}"

options='{"symkey":"SK9juAb7eFIu6tJRG4BOl5rx43YMfWV8r+f+1E2tQT8=","digest":"sha256:5a89","cipheroptions":{"nonce":"cx8KjRyX4RlAyYYYzWI16g=="}}'

# ask PROGRAM ARG...: sends one request from stdin, which must be answered in time
ask() {
  timeout 120 "$@"
}

# base64_list VALUE...: a JSON array of the values in base64, the form in which parameters are sent
base64_list() {
  jq -cn '[$ARGS.positional[] | @base64]' --args "$@"
}

# wrap_request NAME VALUE...: a request to wrap $options, exactly as ocicrypt sends it
wrap_request() {
  jq -cjn --arg name "$1" --argjson values "$(base64_list "${@:2}")" --arg options "$options" \
    '{op: "keywrap",
      keywrapparams: {ec: {Parameters: {($name): $values}, DecryptConfig: {Parameters: {}}}, optsdata: ($options | @base64)},
      keyunwrapparams: {dc: null, annotation: null}}'
}

# unwrap_request NAME PACKET-FILE VALUE...
unwrap_request() {
  jq -cjn --arg name "$1" --argjson values "$(base64_list "${@:3}")" --arg packet "$(base64 -w0 "$2")" \
    '{op: "keyunwrap",
      keywrapparams: {ec: null, optsdata: null},
      keyunwrapparams: {dc: {Parameters: {($name): $values}}, annotation: $packet}}'
}

# bytes_of RESULT MEMBER: the array of numbers in $stdout as bytes
bytes_of() {
  jq -er ".$1.$2[]" <<<"$stdout" | awk '{ printf "%02x", $1 }' | xxd -r -p
}

# expect_wraps PACKET-FILE NAME VALUES COMMAND...: VALUES is the name of an array
expect_wraps() {
  local -n wrap_values=$3
  expect_exit 0 ask "${@:4}" < <(wrap_request "$2" "${wrap_values[@]}")
  expect_equal "$(wc -l <"$TMP/stdout")" 1 "number of lines"
  bytes_of keywrapresults annotation >"$1"
}

# expect_unwraps PACKET-FILE NAME VALUES COMMAND...
expect_unwraps() {
  local -n unwrap_values=$3
  expect_exit 0 ask "${@:4}" < <(unwrap_request "$2" "$1" "${unwrap_values[@]}")
  expect_equal "$(bytes_of keyunwrapresults optsdata)" "$options" "what was unwrapped"
}

# expect_failure REASON COMMAND...: the request on stdin fails, with one line on stderr and nothing on stdout
expect_failure() {
  expect_exit 1 ask "${@:2}"
  expect_equal "$stdout" "" "stdout"
  expect_contains "$stderr" "$1"
  expect_equal "$(wc -l <"$TMP/stderr")" 1 "number of lines on stderr, which is $stderr,"
  [[ $stderr == keyprovider-*": error: "* ]] || fail "not an error of a provider: $stderr"
}

# expect_wrap_fails REASON NAME VALUES COMMAND...
expect_wrap_fails() {
  local -n failing_values=$3
  expect_failure "$1" "${@:4}" < <(wrap_request "$2" "${failing_values[@]}")
}

# expect_unwrap_fails REASON PACKET-FILE NAME VALUES COMMAND...
expect_unwrap_fails() {
  local -n failing_keys=$4
  expect_failure "$1" "${@:5}" < <(unwrap_request "$3" "$2" "${failing_keys[@]}")
}

# expect_bad_requests_refused COMMAND...
expect_bad_requests_refused() {
  local bad
  for bad in "" "{}" "null" "nonsense" '{"op":"keydrop"}' '{"op":"keywrap"}' '{"op":"keyunwrap","keyunwrapparams":null}' \
    '{"op":"keywrap","keywrapparams":{"ec":null,"optsdata":"%"}}' \
    '{"op":"keyunwrap","keyunwrapparams":{"dc":null,"annotation":"bm9uc2Vuc2U="}}'; do
    expect_failure "error" "$@" <<<"$bad"
  done
  expect_failure "1048576" "$@" < <(head -c 2000000 /dev/zero)
  expect_failure "--help" "$@" --nonsense </dev/null
}

# expect_kept_open PACKET-FILE NAME VALUES COMMAND...: 60 requests, each answered before the next is sent; some of them
# fail; the process ends when its stdin ends
expect_kept_open() {
  local -n serve_values=$3
  local request to from answer pid i
  request=$(unwrap_request "$2" "$1" "${serve_values[@]}")
  coproc serving { exec timeout 60 "${@:4}" --serve 2>"$TMP/serve.stderr"; }
  pid=$!
  to=${serving[1]} from=${serving[0]}
  for ((i = 0; i < 60; i++)); do
    if ((i % 10 == 3)); then
      echo '{"op":"nonsense"}' >&"$to"
      IFS= read -r -t 10 answer <&"$from" || fail "request $i was not answered"
      expect_matches "$answer" '^\{"error":".*nonsense'
    else
      printf '%s\n' "$request" >&"$to"
      IFS= read -r -t 10 stdout <&"$from" || fail "request $i was not answered"
      expect_equal "$(bytes_of keyunwrapresults optsdata)" "$options" "what request $i unwrapped"
    fi
  done
  exec {to}>&-
  wait "$pid" || fail "the process that was kept open did not end well: $(cat "$TMP/serve.stderr")"
  expect_equal "$(cat "$TMP/serve.stderr")" "" "stderr"
}

# expect_told_about COMMAND...: --help and --version
expect_told_about() {
  expect_exit 0 "$@" --help
  expect_contains "$stdout" "--serve"
  expect_exit 0 "$@" --version
  expect_matches "$stdout" '^keyprovider-[a-z0-9]+ [0-9]+\.[0-9]+\.[0-9]+$'
}
