#!/bin/bash
# Whatever a key provider does, the command ends in time with an error that names the provider, and leaves nothing behind:
# no process and no file.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"

deadline=1

decrypt() {
  imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k provider:demo --provider-timeout "$deadline"
}

encrypt() {
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo --provider-timeout "$deadline"
}

# expect_failures REASON: wrapping and unwrapping fail, for a reason that matches the expression
expect_failures() {
  local command
  for command in decrypt encrypt; do
    expect_exit 9 "$command"
    expect_matches "$stderr" "imgcrypt: error: .*key provider demo: [^"$'\n'"]*$1"
    ((${#stderr} < 4500)) || fail "an error of ${#stderr} characters"
    expect_equal "$(tr -d '\n -~é' <<<"$stderr")" "" "the part of the error that is not text"
    expect_equal "$stdout" "" "stdout"
    expect_absent "$TMP/out"
    expect_no_provider_left
  done
}

# expect_hostile_failures REASON HOW [ARGUMENT...]
expect_hostile_failures() {
  configure_hostile "${@:2}"
  expect_failures "bash: $1"
}

# expect_success_with HOW: the right answer is accepted whatever else happens
expect_success_with() {
  local deadline=15 # an answer may take its time on a busy machine
  configure_hostile "$1"
  expect_exit 0 encrypt
  expect_no_provider_left
  rm -rf "$TMP/out"
  expect_exit 0 decrypt
  expect_no_provider_left
  expect_same_layers "$TMP/out" t "$TMP/plain" t
  rm -rf "$TMP/out"
}

leftovers_would_be_found() {
  local left
  bash "$providers_dir/hostile.sh" "$mark" leaves_child </dev/null >/dev/null 2>&1 || true
  mapfile -t left < <(processes_using "$mark")
  ((${#left[@]} > 0)) || fail "a process that was left behind is not found"
  kill "${left[@]}"
}

those_that_hang() {
  local how
  for how in hangs stops_reading answers_and_hangs closes_stdout closes_all stops ignores_signals hangs_with_session joins_us \
    floods_stderr; do
    expect_hostile_failures "no answer within 1 second" "$how"
  done
}

# If several layers wait for the same program, the deadline passes only once.
one_that_is_kept_and_hangs() {
  configure_hostile hangs
  keep_open demo serve
  SECONDS=0
  expect_failures "bash: no answer within 1 second"
  ((SECONDS < 10)) || fail "each layer waited for the deadline: $SECONDS s"
}

those_that_fail() {
  expect_hostile_failures "it was killed by signal 11" dies SEGV
  expect_hostile_failures "it was killed by signal 13" dies PIPE
  expect_hostile_failures "it was killed by signal 9" dies_late
  expect_hostile_failures "it ended with exit status 3" ends 3
  expect_hostile_failures "it ended with exit status 3" leaves_child_and_fails
  expect_hostile_failures "it ended with exit status 3: the safe is locked" complains
  expect_hostile_failures "it ended with exit status 3: the safe is locked" answers_and_complains
  expect_hostile_failures "it ended with exit status 3: xxx" complains_at_length
  expect_hostile_failures 'it ended with exit status 3: one \\x1b\[31mtwo' complains_in_colour
}

those_that_say_what_is_no_reply() {
  expect_hostile_failures "its reply: " ends 0
  expect_hostile_failures "its reply: " says_nothing
  expect_hostile_failures "its answer is longer than 1048576 bytes" floods_stdout
  expect_hostile_failures "its reply: " nests 1000000
  jq -n '{error: ("\u001b[31mno " * 50000)}' >"$TMP/reply"
  configure_hostile replies "$TMP/reply"
  expect_failures '\\x1b\[31mno '
}

those_that_leave_processes() {
  local how
  for how in leaves_child leaves_session leaves_daemon leaves_flood leaves_child_with_us; do
    expect_success_with "$how"
  done
}

those_that_cannot_be_started() {
  local program
  mkdir "$TMP/directory"
  printf '#!/bin/sh\n' >"$TMP/plain-file"
  printf 'cat\n' >"$TMP/headless"
  printf '#!%s\n' "$TMP/absent-interpreter" >"$TMP/lost"
  chmod +x "$TMP/headless" "$TMP/lost"
  for program in "$TMP/absent" "$TMP/directory" "$TMP/plain-file" "$TMP/headless" "$TMP/lost" no-such-program-in-path; do
    configure demo "$program"
    expect_failures "start $program: "
  done
}

provider_runs() {
  [[ -n $(processes_using "$mark") ]]
}

# expect_nothing_left_by SIGNAL STATUS PREFIX...: PREFIX goes before the ID of the process that gets the signal
expect_nothing_left_by() {
  local pid status=0
  # A shell's background commands ignore SIGINT.
  setsid env --default-signal=INT "$IMGCRYPT" decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" -k provider:demo \
    2>"$TMP/stderr" &
  pid=$!
  wait_for 60 provider_runs || fail "the provider was not started"
  kill -"$1" -- "${3:-}$pid"
  wait "$pid" 2>/dev/null || status=$?
  expect_equal "$status" "$2" "the exit status after SIG$1"
  expect_no_provider_left
  expect_absent "$TMP/out"
}

when_we_are_killed() {
  configure_hostile ignores_signals
  expect_nothing_left_by KILL 137
  expect_nothing_left_by KILL 137 -
  expect_nothing_left_by INT 130
  expect_nothing_left_by TERM 143
  configure_hostile hangs_with_session
  expect_nothing_left_by INT 130
}

# A process that the shell started before it became imgcrypt does not belong to a provider.
the_children_of_others_live_on() {
  local pid
  bash -c 'sleep 1234 & echo $! >"$1"; exec "$2" inspect "oci:$3:t"' - "$TMP/bystander" "$IMGCRYPT" "$TMP/plain" >/dev/null
  pid=$(<"$TMP/bystander")
  kill "$pid" || fail "imgcrypt killed a process that it had not started"
}

make_image "$TMP/plain" t --no-busybox --layers 4 --layer-size 5000 >/dev/null
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo >/dev/null 2>&1

leftovers_would_be_found
those_that_hang
one_that_is_kept_and_hangs
those_that_fail
those_that_say_what_is_no_reply
those_that_leave_processes
those_that_cannot_be_started
when_we_are_killed
the_children_of_others_live_on
