#!/bin/bash
# Pushes that are killed, cut off or rivalled: the tag is always a whole image, the old or the new one.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/faulty_registry.sh
source "$cli_dir/../support/shell/faulty_registry.sh"

make_inputs() {
  make_keys "$TMP/alice" P-256
  plain=$(make_image "$TMP/plain" t --no-busybox --layer-size 300000)
  old=$(make_image "$TMP/old" t --no-busybox --seed 2)
}

# push NAME: leaves what it prints in $TMP/push.NAME.*
push() {
  exec "$IMGCRYPT" encrypt "oci:$TMP/plain:t" "docker://$REGISTRY/app:t" -r "jwe:$TMP/alice.pub.pem" \
    >"$TMP/push.$1.out" 2>"$TMP/push.$1.err"
}

is_frozen_or_over() {
  grep -q '"frozen": true' "$registry_dir/log" || process_is_gone "$1"
}

expect_old_or_new() {
  local now
  now=$(digest_in_registry app t)
  if [[ $now != "$old" ]]; then
    rm -rf "$TMP/back"
    expect_exit 0 imgcrypt decrypt "docker://$HONEST/app:t" "oci:$TMP/back:t" -k "$TMP/alice.pem"
    expect_equal "$(root_of "$TMP/back" t)" "$plain" "the digest of what was pushed"
  fi
}

# kill_at FAULT NUMBER: kills a push when its n-th request has arrived; false if it has fewer.
kill_at() {
  local pid status=0
  start_faulty_registry --fault "$1=$2" --image "app:t=$TMP/old:t"
  push killed &
  pid=$!
  at_exit kill -KILL "$pid"
  wait_for 60 is_frozen_or_over "$pid" || fail "the push hangs before request $2"
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || status=$?
  unset 'cleanups[-1]'
  expect_old_or_new
  ((status != 0))
}

a_kill_at_any_request_leaves_the_old_image_or_the_new_one() {
  local fault number
  for fault in freeze-before freeze-after; do
    number=1
    while kill_at "$fault" "$number"; do
      number=$((number + 1))
    done
    ((number > 10)) || fail "a push of $number requests: $(cat "$TMP/push.killed.err")"
    [[ $(digest_in_registry app t) != "$old" ]] || fail "the push that was not killed failed: $(cat "$TMP/push.killed.err")"
  done
}

twenty_pushes_to_one_tag_leave_one_of_them() {
  local number pids=() results
  start_faulty_registry --image "app:t=$TMP/old:t"
  for ((number = 0; number < 20; number++)); do
    push "$number" &
    pids+=($!)
  done
  for ((number = 0; number < 20; number++)); do
    wait "${pids[number]}" || fail "push $number: $(cat "$TMP/push.$number.err")"
  done
  results=$(cat "$TMP"/push.*.out)
  expect_contains "$results" "docker://$REGISTRY/app:t@$(digest_in_registry app t)"
  expect_old_or_new
  expect_no_open_uploads
}

an_upload_that_is_cut_at_every_mib_arrives() {
  plain=$(make_image "$TMP/plain" t --no-busybox --layers 1 --layer-size $((16 << 20)))
  start_faulty_registry --fault resets-up=$((1 << 20))
  (push cut) || fail "$(cat "$TMP/push.cut.err")"
  expect_old_or_new
  expect_no_open_uploads
  expect_equal "$(log_of '[.[] | select(.kind == "upload" and .status == 0)] | length')" 16 "the number of cuts"
}

# layer_has_begun PID: more of it than a config has
layer_has_begun() {
  [[ -n $(find "$registry_dir" -name '????????-????-*' -size +32k) ]] || process_is_gone "$1"
}

# expect_no_upload_after_interrupt SIZE FAULT COMMAND OPTION...: of a layer of that size. At this rate the push would take
# minutes or hours: it waits for the rest when it is interrupted.
expect_no_upload_after_interrupt() {
  local pid status=0
  rm -rf "$TMP/slow"
  make_image "$TMP/slow" t --no-busybox --layers 1 --layer-size "$1" >/dev/null
  start_faulty_registry --fault "$2" --image "app:t=$TMP/old:t"
  "$IMGCRYPT" "$3" "oci:$TMP/slow:t" "docker://$REGISTRY/app:t" "${@:4}" --limit-rate 10K >"$TMP/push.out" 2>"$TMP/push.err" &
  pid=$!
  at_exit stop_process "$pid"
  wait_for 60 layer_has_begun "$pid" || fail "the push does not begin"
  kill -TERM "$pid"
  wait "$pid" || status=$?
  expect_equal "$status" 143 "the exit status"
  expect_no_open_uploads
  expect_equal "$(digest_in_registry app t)" "$old" "the tag"
}

an_interrupted_push_leaves_no_upload_open_whatever_the_rate() {
  expect_no_upload_after_interrupt 600000 none encrypt -r "jwe:$TMP/alice.pub.pem"
  # In one request, of which much more is left than is kept.
  expect_no_upload_after_interrupt $((20 << 20)) large-chunks copy
  expect_no_upload_after_interrupt $((20 << 20)) large-chunks encrypt -r "jwe:$TMP/alice.pub.pem"
}

make_inputs
a_kill_at_any_request_leaves_the_old_image_or_the_new_one
twenty_pushes_to_one_tag_leave_one_of_them
an_upload_that_is_cut_at_every_mib_arrives
an_interrupted_push_leaves_no_upload_open_whatever_the_rate
