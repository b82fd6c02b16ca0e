#!/bin/bash
# imgcrypt and the key providers, started in every state that a careless parent might leave them in: the image is whole, or
# the failure is clear and nothing half-made stays.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"

sodium=$(dirname "$IMGCRYPT")/../libexec/imgcrypt/keyprovider-sodium
coco=$(dirname "$IMGCRYPT")/../libexec/imgcrypt/keyprovider-coco

# spoiled OPTION... PROGRAM ARG...
spoiled() {
  timeout 120 python3 "$support_dir/start_spoiled.py" "$@"
}

# encrypt OPTION...: $TMP/plain into $TMP/encrypted. The provider is slow, so that progress is told while the layers are open.
encrypt() {
  rm -rf "$TMP/encrypted"
  spoiled "$@" "$IMGCRYPT" encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/key.pub.pem" -r provider:demo \
    -v --progress json
}

# encrypt_alone OPTION...: without a key provider
encrypt_alone() (
  unset OCICRYPT_KEYPROVIDER_CONFIG
  rm -rf "$TMP/encrypted"
  spoiled "$@" "$IMGCRYPT" encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/key.pub.pem"
)

# decrypt OPTION...: $TMP/sound into $TMP/out
decrypt() {
  rm -rf "$TMP/out"
  spoiled "$@" "$IMGCRYPT" decrypt "oci:$TMP/sound:t" "oci:$TMP/out:t" -k provider:demo -v --progress json
}

expect_encrypted_whole() {
  expect_opens "$TMP/encrypted" "$digest" key
  expect_no_temporary_files "$TMP/encrypted"
}

expect_decrypted_whole() {
  expect_equal "$(root_of "$TMP/out" t)" "$digest" "the digest of what was decrypted"
  expect_exit 0 imgcrypt check --full "oci:$TMP/out:t"
  expect_no_temporary_files "$TMP/out"
}

# A result that cannot be printed is a failure; the image is whole nevertheless.
closed_descriptors_get_no_file() {
  local closed status
  for closed in 0 1 2 01 02 12 012; do
    status=0
    [[ $closed != *1* ]] || status=1
    expect_exit "$status" encrypt --close "$closed"
    ((status == 1)) || expect_contains "$stdout" "oci:$TMP/encrypted:t@sha256:"
    expect_encrypted_whole
    expect_exit "$status" decrypt --close "$closed"
    expect_decrypted_whole
  done
}

# expect_whole OPTION...
expect_whole() {
  expect_exit 0 encrypt "$@"
  expect_encrypted_whole
  expect_exit 0 decrypt "$@"
  expect_decrypted_whole
}

inherited_signals_spoil_nothing() {
  expect_whole --ignore CHLD
  expect_whole --block
  expect_whole --ignore HUP --ignore INT --ignore TERM --ignore PIPE --ignore CHLD --block
}

without_threads_it_is_only_slower() {
  expect_whole --no-threads
  expect_exit 0 spoiled --no-threads "$IMGCRYPT" check --full "oci:$TMP/sound:t" -k "$TMP/key.pem"
}

without_processes_only_providers_fail() {
  expect_exit 0 encrypt_alone --no-processes
  expect_encrypted_whole
  expect_clear_failure encrypt --no-processes
  expect_contains "$stderr" "Resource temporarily unavailable"
  expect_contains "$stderr" "hint: allow more processes"
}

# expect_clear_failure COMMAND ARG...
expect_clear_failure() {
  local code=0
  "$@" >"$TMP/stdout" 2>"$TMP/stderr" || code=$?
  stderr=$(cat "$TMP/stderr")
  ((code > 0 && code < 128)) || fail "exit $code: $*: $stderr"
  expect_contains "$stderr" "imgcrypt: error: "
  # The file that carries the layout's lock stays once the image was about to be named.
  rm -f "$TMP/encrypted/oci-layout"
  rmdir "$TMP/encrypted" 2>/dev/null || true
  expect_absent "$TMP/encrypted"
}

# The dynamic linker needs one besides 0 to 3.
too_few_open_files_are_told() {
  local files failed=0
  if grep -q __ubsan_handle "$IMGCRYPT"; then
    echo "left out: too few open files, as the sanitizer needs some for itself; the release build is tested so"
    return
  fi
  for files in 5 6 7 8 10 12 14 16 64; do
    if encrypt_alone --files "$files" >"$TMP/stdout" 2>"$TMP/stderr"; then
      expect_encrypted_whole
    else
      failed=$files
      expect_clear_failure encrypt_alone --files "$files"
      expect_contains "$stderr" "Too many open files"
    fi
  done
  ((failed >= 7 && failed < 64)) || fail "with $failed open files it failed last"
}

files_may_be_too_large() {
  expect_clear_failure encrypt --file-size 1000000
  expect_contains "$stderr" "File too large"
}

provider_runs() {
  [[ -n $(processes_using "$mark") ]]
}

# start_hanging OPTION...: $pid encrypts and waits for its provider
start_hanging() {
  rm -rf "$TMP/encrypted"
  python3 "$support_dir/start_spoiled.py" "$@" "$IMGCRYPT" encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo \
    >"$TMP/stdout" 2>"$TMP/stderr" &
  pid=$!
  wait_for 60 provider_runs || fail "the provider was not started: $(cat "$TMP/stderr")"
}

# expect_end_by SIGNAL STATUS
expect_end_by() {
  local status=0
  kill -"$1" "$pid"
  wait "$pid" || status=$?
  expect_equal "$status" "$2" "the exit status after SIG$1"
  expect_no_provider_left
  expect_absent "$TMP/encrypted"
}

signals_end_it() {
  configure_hostile hangs
  start_hanging
  expect_end_by HUP 129
  start_hanging
  expect_end_by INT 130
  start_hanging --block
  expect_end_by HUP 129
  start_hanging --block --ignore TERM --ignore CHLD
  expect_end_by TERM 143
}

# As nohup and a shell's background commands ignore them
ignored_signals_do_not_end_it() {
  configure_hostile hangs
  start_hanging --ignore HUP --ignore INT
  kill -HUP "$pid"
  kill -INT "$pid"
  sleep 0.5
  ! process_is_gone "$pid" || fail "an ignored signal ended it: $(cat "$TMP/stderr")"
  expect_end_by TERM 143
}

providers_keep_closed_descriptors_free() {
  local closed
  for closed in 0 2 02; do
    rm -f "$TMP/new" "$TMP/new.pub"
    expect_exit 0 spoiled --close "$closed" "$sodium" generate "$TMP/new"
    cmp "$TMP/stdout" "$TMP/new.pub"
    expect_equal "$("$sodium" public "$TMP/new")" "$stdout" "the key that was printed"
  done
  rm -f "$TMP/new" "$TMP/new.pub"
  expect_exit 1 spoiled --close 1 "$sodium" generate "$TMP/new"
  expect_contains "$stderr" "stdout: Bad file descriptor"
  expect_equal "$("$sodium" public "$TMP/new")" "$(cat "$TMP/new.pub")" "the key"
  for program in "$sodium" "$coco"; do
    expect_exit 1 spoiled --close 0 "$program"
    expect_matches "$stderr" "^keyprovider-[a-z]+: error: "
    expect_exit 1 spoiled --close 1 "$program" --version
    expect_contains "$stderr" "stdout: Bad file descriptor"
    expect_exit 1 spoiled --close 12 "$program" --version
  done
}

# expect_provider_end SIGNAL STATUS PROGRAM OPTION...: while it waits for a request
expect_provider_end() {
  local pid status=0
  python3 "$support_dir/start_spoiled.py" "${@:4}" "$3" --serve <"$TMP/requests" 2>"$TMP/stderr" &
  pid=$!
  wait_for 60 has_started "$pid" "$(basename "$3")" || fail "$3 was not started"
  kill -"$1" "$pid"
  wait "$pid" || status=$?
  expect_equal "$status" "$2" "the exit status of $3 after SIG$1"
}

# has_started PID NAME: it has become the program (whose name is cut to 15 characters) and waits for its first request
has_started() {
  [[ $(<"/proc/$1/comm") == "${2:0:15}" && $(ps -o stat= -p "$1") == S* ]]
}

signals_end_providers() {
  local program
  mkfifo "$TMP/requests"
  exec 8<>"$TMP/requests"
  for program in "$sodium" "$coco"; do
    expect_provider_end TERM 143 "$program" --block --ignore TERM
    expect_provider_end HUP 129 "$program" --block
    expect_provider_end INT 130 "$program"
  done
  exec 8>&-
}

make_keys "$TMP/key" P-256
digest=$(make_image "$TMP/plain" t --no-busybox --layers 3 --layer-size 5000000 --compression tar)
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/sound:t" -r "jwe:$TMP/key.pub.pem" -r provider:demo >/dev/null 2>&1
configure_script "$TMP/slow" "sleep 0.2; exec python3 $providers_dir/toy.py $TMP"

closed_descriptors_get_no_file
inherited_signals_spoil_nothing
without_threads_it_is_only_slower
without_processes_only_providers_fail
too_few_open_files_are_told
files_may_be_too_large
providers_keep_closed_descriptors_free
signals_end_providers
signals_end_it
ignored_signals_do_not_end_it
