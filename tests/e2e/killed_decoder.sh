#!/bin/bash
# A decoder killed in the middle of a layer is never taken for one that succeeded.
# KILLED_DECODERS: how many are killed (10); each a little later than the one before.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

rounds=${KILLED_DECODERS:-10}
latest_ms=150 # after this the decoder may have ended

decoder_appears() {
  decoder=$(pgrep -P "$containerd_pid" -f "ctd-decoder .*$TMP/keys" | head -n1)
  [[ -n $decoder ]]
}

# Its first act is to start the child that keeps stdout open; if it dies before that, it looks like a program without output.
decoder_has_begun() {
  pgrep -P "$decoder" >/dev/null
}

# kill_decoder MILLISECONDS-AFTER-IT-BEGAN: false if it had already ended by itself. It is stopped first, to be sure.
kill_decoder() {
  wait_for 20 decoder_appears || fail "containerd started no decoder"
  wait_for 5 decoder_has_begun || return 1
  sleep "$(printf '%d.%03d' 0 "$1")"
  kill -STOP "$decoder" 2>/dev/null || return 1
  wait_for 1 is_stopped "$decoder" || return 1
  kill -KILL "$decoder"
}

is_stopped() {
  [[ $(ps -o stat= -p "$1") == T* ]]
}

# killed_import DELAY: $killed says whether the decoder was killed in time.
killed_import() {
  local import
  import_image "$TMP/encrypted" t test.local/killed >"$TMP/import.log" 2>&1 &
  import=$!
  killed=yes
  kill_decoder "$1" || killed=no
  if wait "$import"; then
    [[ $killed == no ]] || fail "accepted although the decoder was killed after $1 ms"
  else
    [[ $killed == yes ]] || fail "refused although the decoder was not killed: $(cat "$TMP/import.log")"
    ! grep -i "diff id" "$TMP/import.log" || fail "only the diff_id showed that the decoder was killed after $1 ms"
  fi
}

require_root
require_commands containerd ctr runc jq openssl pgrep
mkdir "$TMP/spool"
make_keys "$TMP/key" rsa
make_image "$TMP/plain" t --layers 1 --compression tar --layer-size $((100 << 20)) >/dev/null
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
rm -rf "$TMP/plain"
use_keys "$TMP/key"
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"

count=0
for ((attempt = 0; count < rounds; attempt++)); do
  ((attempt < 2 * rounds + 10)) || fail "the decoder ended too early: only $count of $attempt were killed"
  killed_import $((attempt * latest_ms / rounds % latest_ms))
  [[ $killed == no ]] || ((count += 1))
  expect_nothing_left
  remove_images test.local/killed:t
done
echo "$count killed in $attempt imports, none accepted"
