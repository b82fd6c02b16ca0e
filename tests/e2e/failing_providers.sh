#!/bin/bash
# An unpack whose key provider fails is never taken for one that succeeded, whatever the provider does, and no process of
# it keeps running.
# FAILING_UNPACKS: how many of each of the six kinds that are found out at once (5). The four that take as long as the decoder
# waits for a provider are tried twice, before all others and after them.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/providers/config.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/providers/config.sh"

rounds=${FAILING_UNPACKS:-5}
refused=0

# expect_refused REASON: containerd refuses the image, for a reason that matches the expression.
expect_refused() {
  expect_exit 1 import_image "$TMP/encrypted" t test.local/failing
  expect_matches "$stderr" "key provider demo: .*$1"
  expect_equal "$(ctr_here snapshots ls | tail -n +2)" "" "the list of snapshots"
  expect_no_provider_left
  expect_nothing_left
  remove_images test.local/failing:t
  ((refused += 1))
}

# expect_hostile_refused REASON HOW [ARGUMENT...]
expect_hostile_refused() {
  configure_hostile "${@:2}"
  expect_refused "$1"
}

refuse_silent_kinds() {
  local how
  for how in hangs closes_all hangs_with_session floods_stderr; do
    expect_hostile_refused "no answer within 3 seconds" "$how"
  done
}

# One of each kind in turn, so that what one leaves behind would disturb another.
refuse_each_kind() {
  expect_hostile_refused "killed by signal 11" dies SEGV
  expect_hostile_refused "longer than 1048576 bytes" floods_stdout
  expect_hostile_refused "exit status 3" leaves_child_and_fails
  expect_hostile_refused "the safe is locked" answers_and_complains
  expect_hostile_refused "its reply" says_nothing
  configure demo "$TMP/absent"
  expect_refused "start $TMP/absent"
}

# expect_accepted HOW
expect_accepted() {
  configure_hostile "$1"
  import_image "$TMP/encrypted" t test.local/working >/dev/null
  expect_no_provider_left
  expect_nothing_left
  remove_images test.local/working:t
}

require_root
require_commands containerd ctr runc jq
mkdir "$TMP/spool"
mkdir "$TMP/keys"
make_image "$TMP/plain" t --layers 1 --no-busybox --layer-size 200000 >/dev/null
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo >/dev/null 2>&1
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool" --provider-timeout 3

refuse_silent_kinds
for ((round = 1; round <= rounds; round++)); do
  refuse_each_kind
done
refuse_silent_kinds
echo "$refused of $((8 + rounds * 6)) refused"
for how in leaves_child leaves_session leaves_daemon; do
  expect_accepted "$how"
done
