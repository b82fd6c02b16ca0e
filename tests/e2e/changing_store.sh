#!/bin/bash
# Somebody changes the content store while the decoder reads it. It verifies a layer before it writes the first byte, and
# again while it writes: what was changed between the two is never taken for the layer.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

# start_writing: $decoder has verified the layer, and waits for somebody to read on from $output.
start_writing() {
  rm -f "$TMP/output"
  mkfifo "$TMP/output"
  exec 8<>"$TMP/output"
  "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" --content-root "$store" \
    <"$layer" >&8 2>"$TMP/stderr" 3<&- 8<&- &
  decoder=$!
  timeout 60 head -c 1 <&8 >"$TMP/begin" || fail "the decoder writes nothing: $(cat "$TMP/stderr")"
}

# finish_writing: $status is the decoder's, $TMP/written what it wrote
finish_writing() {
  exec 9<"$TMP/output" 8<&-
  timeout 60 cat <&9 >"$TMP/rest"
  exec 9<&-
  status=0
  wait "$decoder" || status=$?
  cat "$TMP/begin" "$TMP/rest" >"$TMP/written"
}

# expect_cut_short: what was written is the beginning of the layer, and not all of it.
expect_cut_short() {
  finish_writing
  expect_equal "$status" 1 "the exit status"
  expect_contains "$(cat "$TMP/stderr")" "$1"
  (($(stat -c %s "$TMP/written") < $(stat -c %s "$plain"))) || fail "all of the layer was written"
  cmp --bytes="$(stat -c %s "$TMP/written")" "$TMP/written" "$plain" || fail "something else than the layer was written"
  expect_nothing_left
}

# expect_whole
expect_whole() {
  finish_writing
  expect_equal "$status" 0 "the exit status ($(cat "$TMP/stderr"))"
  cmp "$TMP/written" "$plain" || fail "something else than the layer was written"
  expect_nothing_left
}

# fresh_store: with the encrypted image and nothing else
fresh_store() {
  rm -rf "$store"
  cp -r "$TMP/encrypted" "$store"
}

a_byte_changes_near_the_end() {
  start_writing
  printf 'x' | dd of="$layer" bs=1 seek=$((size - 100)) conv=notrunc status=none
  expect_cut_short "changed"
}

it_becomes_shorter() {
  start_writing
  truncate --size=$((size - 5000)) "$layer"
  expect_cut_short "changed"
}

it_becomes_longer() {
  start_writing
  head -c 5000 /dev/zero >>"$layer"
  expect_cut_short "changed"
}

# The decoder still has the file open that it verified.
another_file_takes_its_place() {
  start_writing
  head -c "$size" /dev/zero >"$TMP/other"
  mv "$TMP/other" "$layer"
  expect_whole
}

mount_over_layer() {
  head -c "$size" /dev/zero >"$TMP/other"
  mount --bind "$TMP/other" "$layer"
  at_exit umount --quiet "$layer"
}

something_is_mounted_over_it() {
  start_writing
  mount_over_layer
  expect_whole
  umount "$layer"
}

something_was_mounted_over_it() {
  mount_over_layer
  expect_exit 1 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" --content-root "$store" \
    <"$layer" 3<&-
  expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
  umount "$layer"
}

require_root
require_commands jq openssl
mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
use_keys "$TMP/key"
make_image "$TMP/plain" t --layers 1 --no-busybox --compression tar --layer-size $((64 << 20)) >/dev/null
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
plain=$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | cut -d' ' -f2)")
store=$TMP/store
layer=$(blob "$store" "$(layers_of "$TMP/encrypted" t | cut -d' ' -f2)")
size=$(stat -c %s "$plain")

for change in a_byte_changes_near_the_end it_becomes_shorter it_becomes_longer another_file_takes_its_place \
  something_is_mounted_over_it something_was_mounted_over_it; do
  fresh_store
  "$change"
done
