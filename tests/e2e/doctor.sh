#!/bin/bash
# doctor's self-test goes through a running containerd: it unpacks and runs a tiny image, says what keeps it from that, and
# leaves nothing, whatever ends it.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

# doctor ARGUMENT...
doctor() {
  TMPDIR=$TMP/scratch timeout 120 "$IMGCRYPT" doctor --config "$containerd_dir/config.toml" --snapshotter "$snapshotter" "$@"
}

# What a self-test could leave: in containerd, in its directories, in the control groups and in our own.
traces() {
  local namespace
  for namespace in $(ctr_here namespaces ls -q); do
    echo "namespace $namespace"
    ctr_here -n "$namespace" images ls -q
    ctr_here -n "$namespace" containers ls -q
    ctr_here -n "$namespace" snapshots --snapshotter "$snapshotter" ls
    ctr_here -n "$namespace" content ls -q
    ctr_here -n "$namespace" leases ls -q
  done
  find "$containerd_dir/root/io.containerd.content.v1.content" -type f
  find "$containerd_dir/state" "$containerd_dir/root/io.containerd.runtime.v2.task" "$TMP/scratch" -mindepth 1 | sort
  find "$containerd_dir/root"/*snapshotter*/snapshots -mindepth 1 -maxdepth 1 2>/dev/null || true
  find /sys/fs/cgroup -maxdepth 3 -name '*imgcrypt-doctor*' || true
}

# expect_self_test CODE WHAT: and nothing is left
expect_self_test() {
  expect_exit "$1" doctor
  expect_contains "$stdout" "$2"
  expect_equal "$(traces)" "$before" "what is there after the self-test"
}

# use_key NAME
use_key() {
  use_keys "$1"
  chmod 700 "$TMP/keys"
  chmod 600 "$TMP/keys"/*
}

# wrap_decoder COMMAND: a decoder that says that it is ours, and does this
wrap_decoder() {
  rm "$containerd_dir/bin/ctd-decoder"
  # shellcheck disable=SC2016 # the decoder expands it
  printf '#!/bin/bash\n[[ $1 != --version ]] || exec %q --version\n%s\n' "$CTD_DECODER" "$1" >"$containerd_dir/bin/ctd-decoder"
  chmod 755 "$containerd_dir/bin/ctd-decoder"
}

# start_endless: doctor in the middle of an unpacking that takes for ever. A shell starts what runs in the background with
# SIGINT ignored, which doctor would heed.
start_endless() {
  wrap_decoder "touch $TMP/decoding; exec sleep 1000"
  rm -f "$TMP/decoding"
  TMPDIR=$TMP/scratch env --default-signal=INT \
    "$IMGCRYPT" doctor --config "$containerd_dir/config.toml" --snapshotter "$snapshotter" >"$TMP/out" 2>&1 &
  doctor_pid=$!
  wait_for 60 test -e "$TMP/decoding" || fail "the decoder was not started: $(cat "$TMP/out")"
}

nothing_decodes() {
  [[ -z $(pgrep -P "$containerd_pid" -x sleep) ]]
}

# expect_end SIGNAL STATUS
expect_end() {
  local status=0
  start_endless
  kill "-$1" "$doctor_pid"
  wait "$doctor_pid" 2>/dev/null || status=$?
  expect_equal "$status" "$2" "the exit status after SIG$1"
  wait_for 60 nothing_decodes || fail "a decoder is left after SIG$1"
}

it_unpacks_and_runs() {
  use_key "$TMP/$1"
  expect_self_test 0 "a tiny encrypted image was unpacked and run"
}

it_says_what_failed() {
  wrap_decoder 'cat >/dev/null; echo the moon is in the wrong phase >&2; exit 1'
  expect_self_test 1 "the moon is in the wrong phase"
}

signals_leave_nothing() {
  local signal
  for signal in INT TERM; do
    expect_end "$signal" "$((128 + $(kill -l "$signal")))"
    expect_equal "$(traces)" "$before" "what is there after SIG$signal"
  done
}

# It leaves its files and its namespace; the next self-test finds that one.
a_kill_is_swept_up() {
  expect_end KILL 137
  find "$TMP/scratch" -mindepth 1 -delete
  [[ $(traces) != "$before" ]] || fail "a killed self-test left nothing: this test proves nothing"
  ln -sfn "$CTD_DECODER" "$containerd_dir/bin/ctd-decoder"
  expect_self_test 0 "a tiny encrypted image was unpacked and run"
}

require_root
require_commands containerd ctr runc jq openssl
mkdir "$TMP/scratch"
make_keys "$TMP/ec" P-256
make_keys "$TMP/rsa" rsa
use_key "$TMP/ec"
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys"
before=$(traces)

it_unpacks_and_runs ec
it_unpacks_and_runs rsa
it_says_what_failed
signals_leave_nothing
a_kill_is_swept_up
