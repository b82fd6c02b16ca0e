#!/bin/bash
# 64 decoders at once: none fails, and together they are content with 1 GiB. Each waits in the middle of its layer, which is
# when it uses most.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

count=64
most_kib=$((1 << 20))

# decode NUMBER: prints the digest of what follows the layer's first byte, which is read only when all have got there: then
# each gets a byte through the gate.
decode() {
  "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --content-root "$TMP/encrypted" --inflate=always <"$layer" 3<&- |
    { head -c 1 >"$TMP/begun.$1" && head -c 1 <"$TMP/gate" >/dev/null && sha256sum; }
}

all_have_begun() {
  (($(find "$TMP" -name 'begun.*' -size +0 | wc -l) == count))
}

# used_kib PID...: the memory of these processes; of what several share, each counts its part.
used_kib() {
  local pid files=()
  for pid in "$@"; do
    files+=("/proc/$pid/smaps_rollup")
  done
  awk '/^Pss:/ {sum += $2} END {print sum}' "${files[@]}"
}

require_root
require_commands jq openssl zstd
make_keys "$TMP/key" P-256
use_keys "$TMP/key"
make_image "$TMP/plain" t --layers 1 --no-busybox --compression zstd --layer-size $((20 << 20)) >/dev/null
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
layer=$(blob "$TMP/encrypted" "$(layers_of "$TMP/encrypted" t | cut -d' ' -f2)")
rest=$(zstd -dcq "$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | cut -d' ' -f2)")" | tail -c +2 | sha256sum)

mkfifo "$TMP/gate"
exec 9<>"$TMP/gate"
decoders=()
for ((number = 0; number < count; number++)); do
  decode "$number" >"$TMP/digest.$number" 2>"$TMP/stderr.$number" &
  decoders+=("$!")
done
wait_for 200 all_have_begun || fail "some decoders write nothing: $(cat "$TMP"/stderr.*)"
mapfile -t processes < <(pgrep -f "^$CTD_DECODER .*$TMP/keys")
used=$(used_kib "${processes[@]}")
head -c "$count" /dev/zero >&9
for number in "${!decoders[@]}"; do
  wait "${decoders[number]}" || fail "decoder $number failed: $(cat "$TMP/stderr.$number")"
  expect_equal "$(cat "$TMP/digest.$number")" "$rest" "what decoder $number wrote after its first byte"
done
((used > 0 && used < most_kib)) || fail "$count decoders use $used KiB"
echo "$count decoders used $((used >> 10)) MiB in ${#processes[@]} processes"
