#!/bin/bash
# The decoder decompresses for a parent that has the layer open in its content store, and for nobody else unless told to:
# after the HMAC, in little memory, and never to something that would be taken for compressed again.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

store=$TMP/io.containerd.content.v1.content

# decode_stdin [OPTION...]: with the store given
decode_stdin() {
  timeout 60 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" --content-root "$store" "$@" 3<&-
}

# decode NAME [OPTION...]: by hand
decode() {
  decode_stdin "${@:2}" <"$(layer_named "$1")"
}

# decode_as_containerd NAME [OPTION...]: its parent has the layer open, and sends it through a pipe.
decode_as_containerd() {
  # shellcheck disable=SC2094 # both are read
  decode_stdin "${@:2}" 9<"$(layer_named "$1")" < <(cat "$(layer_named "$1")")
}

# layer_named NAME: the blob of the encrypted layer
layer_named() {
  local number
  for number in "${!names[@]}"; do
    [[ ${names[number]} == "$1" ]] || continue
    blob "$store" "$(layers_of "$TMP/encrypted" t | sed -n "$((number + 1))s/.* //p")"
  done
}

# expect_output FILE COMMAND...
expect_output() {
  expect_exit 0 "${@:2}"
  cmp "$TMP/stdout" "$1" || fail "not $1: ${*:2}"
  expect_nothing_left
}

# expect_failure REASON COMMAND...
expect_failure() {
  expect_exit 1 "${@:2}"
  expect_matches "$stderr" "$1"
  expect_nothing_left
}

make_files() {
  (cd "$TMP" && mkdir content && seq 300000 >content/numbers && tar -cf tar content)
  gzip -c "$TMP/tar" >"$TMP/gzip"
  zstd -qc "$TMP/tar" >"$TMP/zstd"
  { head -c 700000 "$TMP/tar" | gzip -c; tail -c +700001 "$TMP/tar" | gzip -c; } >"$TMP/members"
  { head -c 700000 "$TMP/tar" | zstd -qc; tail -c +700001 "$TMP/tar" | zstd -qc; } >"$TMP/frames"
  gzip -c "$TMP/gzip" >"$TMP/gzip_twice"
  gzip -c "$TMP/zstd" >"$TMP/both"
  gzip -1c "$TMP/tar" >"$TMP/gzip_called_tar"
  # What others pass over or take: bytes after the end, skippable frames, large windows.
  { cat "$TMP/gzip"; echo garbage; } >"$TMP/garbage"
  { cat "$TMP/gzip"; head -c 300000 /dev/zero; } >"$TMP/padded"
  printf '\x50\x2a\x4d\x18\x05\0\0\0hello' >"$TMP/skipped"
  cat "$TMP/skipped" "$TMP/frames" "$TMP/skipped" >"$TMP/skippable"
  { zstd -qc "$TMP/tar" && zstd -qc --ultra --long=29 </dev/null; } >"$TMP/window"
  # What nobody decompresses, or we do not: noticed before the first byte of it is written, or after.
  zstd -qc --ultra --long=30 <"$TMP/tar" >"$TMP/window_too_large"
  head -c 100000 "$TMP/gzip" >"$TMP/short"
  printf '\x1f\x8b\x08\xe0\0\0\0\0\0\xff' >"$TMP/reserved"
  # Large enough for a second thread that hashes.
  { cat "$TMP/reserved"; head -c $((6 << 20)) /dev/urandom; } >"$TMP/reserved_large"
  head -c 4000000 /dev/urandom | gzip -1c >"$TMP/short_later"
  truncate -s 3000000 "$TMP/short_later"
  head -c $((1 << 30)) /dev/zero | gzip -1c >"$TMP/zeros"
}

# decode_in_little_memory NAME: the layer's content is ten times as large as the address space.
decode_in_little_memory() {
  prlimit --as=$((96 << 20)) "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --content-root "$store" --inflate=always \
    <"$(layer_named "$1")" 3<&- | wc -c
}

require_commands jq openssl zstd gzip
mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
use_keys "$TMP/key"
make_files
names=(gzip zstd tar members frames gzip_twice both gzip_called_tar zeros
  garbage padded skippable window window_too_large short reserved reserved_large short_later)
types=(gzip zstd tar gzip zstd gzip gzip tar gzip gzip gzip zstd zstd zstd gzip gzip gzip gzip)
layers=()
for number in "${!names[@]}"; do
  layers+=("${types[number]}:$TMP/${names[number]}")
done
python3 -B "$support_dir/image_of_layers.py" "$TMP/plain" t "${layers[@]}"
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
cp -r "$TMP/encrypted" "$store"

for name in gzip zstd tar members frames garbage padded skippable window; do
  expect_output "$TMP/tar" decode_as_containerd "$name"
  expect_output "$TMP/$name" decode_as_containerd "$name" --inflate=never
  expect_output "$TMP/$name" decode_as_containerd "$name" --stream
  expect_output "$TMP/$name" decode "$name"
  expect_output "$TMP/tar" decode "$name" --inflate=always
done
for name in gzip_twice both gzip_called_tar window_too_large short reserved reserved_large; do
  expect_output "$TMP/$name" decode_as_containerd "$name"
done
expect_failure "gzip data of the layer is cut short; the layer was made like this" decode_as_containerd short_later
expect_output "$TMP/short_later" decode_as_containerd short_later --inflate=never
expect_equal "$(decode_in_little_memory zeros)" $((1 << 30)) "the number of bytes"
expect_exit 3 decode gzip --inflate=always --stream

# One bit of a layer is flipped: nothing is written, although its gzip data begins well.
layer=$(layer_named gzip)
python3 - "$layer" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(-1, 2)
    last = file.read(1)[0]
    file.seek(-1, 2)
    file.write(bytes([last ^ 1]))
PYTHON
expect_failure "layer authentication failed" decode_as_containerd gzip
expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
