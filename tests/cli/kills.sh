# shellcheck shell=bash
# Commands that are killed while a key provider of theirs works. For tests that source common.sh.

# decrypt_and_kill KEY PROVIDER SIGNAL imgcrypt|provider MILLISECONDS: counts in $killed what had not ended before
decrypt_and_kill() {
  local pid target code=0
  "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$1" >/dev/null 2>&1 &
  pid=$!
  sleep "$(printf '0.%03d' "$5")"
  target=$pid
  [[ $4 == imgcrypt ]] || target=$(pgrep -P "$pid" -f "$2" | head -n 1) || true
  kill "-$3" "${target:-$pid}" 2>/dev/null || true
  wait "$pid" 2>/dev/null || code=$?
  ((code == 0)) || killed=$((killed + 1))
  rm -rf "$TMP/out"
}

# kill_at_every_moment ROUNDS KEY PROVIDER CHECK WAY...: decrypts $TMP/in with KEY, which the program PROVIDER uses, and kills as
# the WAYs say ("KILL imgcrypt"), each a little later than the one before, over the time that decrypting takes. CHECK is called
# after each.
kill_at_every_moment() {
  local rounds=$1 key=$2 provider=$3 check=$4 ways=("${@:5}") begin latest_ms way i
  killed=0
  begin=${EPOCHREALTIME/./}
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$key"
  latest_ms=$(((${EPOCHREALTIME/./} - begin) / 1000))
  ((latest_ms < 1000)) || latest_ms=999
  rm -rf "$TMP/out"
  "$check" "decrypting"
  for ((i = 0; i < rounds; i++)); do
    way=${ways[i % ${#ways[@]}]}
    # shellcheck disable=SC2086 # two words
    decrypt_and_kill "$key" "$provider" $way $((i * latest_ms / rounds))
    "$check" "$way after $((i * latest_ms / rounds)) ms"
  done
  ((killed > rounds / 3)) || fail "only $killed of $rounds were killed before their end"
  echo "$killed of $rounds killed"
}
