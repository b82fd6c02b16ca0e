# shellcheck shell=bash
# TPMs for tests: swtpm, each on a socket of its own. Needs cleanup.sh and assert.sh.

# start_tpm NAME: with its state in $TMP/NAME
start_tpm() {
  mkdir -p "$TMP/$1"
  swtpm socket --tpm2 --tpmstate "dir=$TMP/$1" --server "type=unixio,path=$TMP/$1.sock" \
    --ctrl "type=unixio,path=$TMP/$1.sock.ctrl" --flags startup-clear,not-need-init >"$TMP/$1.log" 2>&1 &
  at_exit stop_process $!
  wait_for 30 test -S "$TMP/$1.sock" || fail "swtpm did not start: $(cat "$TMP/$1.log")"
}

# use_tpm NAME
use_tpm() {
  export TPM2TOOLS_TCTI="swtpm:path=$TMP/$1.sock"
}

# What a program leaves behind in a TPM takes the place of others' keys.
expect_nothing_loaded() {
  expect_equal "$(tpm2_getcap handles-transient)$(tpm2_getcap handles-loaded-session)" "" "what was left in the TPM"
}
