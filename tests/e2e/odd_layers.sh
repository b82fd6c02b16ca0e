#!/bin/bash
# An encrypted image is unpacked wherever the plain one is, however oddly its layers were compressed; and what nobody
# unpacks is refused encrypted as well.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

make_files() {
  (cd "$TMP" && mkdir content && head -c 3000000 /dev/urandom >content/file && tar -cf tar content)
  gzip -1c "$TMP/tar" >"$TMP/gzip"
  zstd -qc "$TMP/tar" >"$TMP/zstd"
  printf '\x50\x2a\x4d\x18\x05\0\0\0hello' >"$TMP/skippable"
  { cat "$TMP/gzip"; head -c 5000 /dev/zero; } >"$TMP/gzip.padded"
  { cat "$TMP/gzip"; echo garbage garbage; } >"$TMP/gzip.garbage"
  { head -c 1500000 "$TMP/tar" | gzip -1c; tail -c +1500001 "$TMP/tar" | gzip -1c; } >"$TMP/gzip.members"
  cat "$TMP/skippable" "$TMP/zstd" "$TMP/skippable" >"$TMP/zstd.skippable"
  { head -c 1500000 "$TMP/tar" | zstd -qc; tail -c +1500001 "$TMP/tar" | zstd -qc --long=28; } >"$TMP/zstd.frames"
  zstd -qc --ultra --long=29 <"$TMP/tar" >"$TMP/zstd.window"
  zstd -qc --ultra --long=30 <"$TMP/tar" >"$TMP/zstd.window_too_large"
  { cat "$TMP/zstd"; echo garbage; } >"$TMP/zstd.garbage"
  head -c 2000000 "$TMP/gzip" >"$TMP/gzip.short"
}

# images_of FILE: plain in $TMP/plain, encrypted in $TMP/encrypted
images_of() {
  rm -rf "$TMP/plain" "$TMP/encrypted"
  python3 -B "$support_dir/image_of_layers.py" "$TMP/plain" t "${1%%.*}:$TMP/$1:$TMP/tar"
  encrypt "$TMP/plain" t "$TMP/key" >/dev/null
}

# expect_import STATUS LAYOUT
expect_import() {
  expect_exit "$1" import_image "$TMP/$2" t "test.local/$2"
  expect_nothing_left
  remove_images "test.local/$2:t"
}

require_root
require_commands containerd ctr unpigz zstd gzip
mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
use_keys "$TMP/key"
make_files
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"

for file in gzip gzip.padded gzip.garbage gzip.members zstd zstd.skippable zstd.frames zstd.window; do
  images_of "$file"
  expect_import 0 plain
  expect_import 0 encrypted
done
for file in zstd.window_too_large zstd.garbage gzip.short; do
  images_of "$file"
  expect_import 1 plain
  expect_import 1 encrypted
done

# What is ignored is told, of plain and of encrypted layers.
images_of gzip.padded
expect_exit 0 imgcrypt check --full "oci:$TMP/plain:t"
expect_contains "$stderr" "ignored 5000 bytes after the end of the gzip data"
expect_exit 0 imgcrypt check --full "oci:$TMP/encrypted:t" -k "$TMP/key.pem"
expect_contains "$stderr" "ignored 5000 bytes after the end of the gzip data"
expect_exit 0 imgcrypt decrypt --diff-ids=always "oci:$TMP/encrypted:t" "oci:$TMP/decrypted:t" -k "$TMP/key.pem"
expect_contains "$stderr" "ignored 5000 bytes after the end of the gzip data"
images_of zstd.window_too_large
expect_exit 8 imgcrypt check --full "oci:$TMP/plain:t"
expect_contains "$stderr" "needs a window of 1024 MiB, more than the limit of 512 MiB"
