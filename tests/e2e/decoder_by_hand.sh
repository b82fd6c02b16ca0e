#!/bin/bash
# The decoder alone, without containerd and without a payload: it finds the layer in a content store, writes nothing until
# all is verified, and its memory does not grow with the layer.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

# decode LAYOUT FILE [OPTION...]: passes FILE through the decoder, which may look into LAYOUT
decode() {
  timeout 60 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" --content-root "$1" "${@:3}" \
    <"$2" 3<&-
}

only_layer() {
  blob "$1" "$(layers_of "$1" t | sed -n '1s/.* //p')"
}

# encrypted_image NAME OPTION...: the layouts NAME.plain and NAME of a one-layer image
encrypted_image() {
  make_image "$TMP/$1.plain" t --layers 1 --no-busybox "${@:2}" >/dev/null
  encrypt "$TMP/$1.plain" t "$TMP/key" >/dev/null
  mv "$TMP/encrypted" "$TMP/$1"
}

expect_plaintext() {
  expect_exit 0 decode "$TMP/$1" "$(only_layer "$TMP/$1")" "${@:2}"
  cmp "$TMP/stdout" "$(only_layer "$TMP/$1.plain")" || fail "$1 was decrypted to something else"
  expect_nothing_left
}

# expect_refused LAYOUT FILE REASON: not one byte of plaintext is written
expect_refused() {
  expect_exit 1 decode "$1" "$2"
  expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
  expect_matches "$stderr" "$3"
  expect_nothing_left
}

# expect_attacks_bounded NAME: by manifests whose wrong HMACs each cost a pass over the blob
expect_attacks_bounded() {
  python3 -B "$support_dir/forge_hmacs.py" "$TMP/$1" 120 1
  expect_plaintext "$1"
  python3 -B "$support_dir/forge_hmacs.py" "$TMP/$1" 120 120
  expect_refused "$TMP/$1" "$(only_layer "$TMP/$1")" "checked for 8 of its descriptors, and the others were not tried"
  rm "$(newest_blob "$TMP/$1")"
}

# newest_blob LAYOUT
newest_blob() {
  find "$1/blobs" -type f -printf '%T@ %p\n' | sort -n | sed -n '$s/.* //p'
}

# decode_in_little_memory NAME: in an address space that is too small for the layer of 160 MiB
decode_in_little_memory() {
  prlimit --as=$((96 << 20)) "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" \
    --content-root "$TMP/$1" <"$(only_layer "$TMP/$1")" 3<&- >/dev/null
}

# use_encrypted_key OPENSSL-ARGUMENT...: the only key, in the form that openssl converts it to
use_encrypted_key() {
  use_keys
  openssl "$@" -passout pass:secret -in "$TMP/key.pem" -out "$TMP/keys/key" 2>/dev/null
  echo secret >"$TMP/keys/key.pass"
}

# expect_growth_refused NAME: what is appended to a layer after it was checked is not written.
expect_growth_refused() {
  local layer size left
  layer=$(only_layer "$TMP/$1")
  size=$(stat -c %s "$layer")
  mkfifo "$TMP/pipe"
  decode "$TMP/$1" "$layer" >"$TMP/pipe" 2>"$TMP/stderr" &
  exec 9<"$TMP/pipe"
  head -c $((1 << 20)) <&9 >/dev/null
  head -c 1000000 /dev/zero >>"$layer"
  left=$(wc -c <&9)
  exec 9<&-
  if wait $!; then fail "a layer that grew was decrypted"; fi
  expect_matches "$(cat "$TMP/stderr")" "longer than the $size bytes of its descriptor"
  (((1 << 20) + left <= size)) || fail "$((left + (1 << 20))) bytes came out of a layer of $size"
  truncate -s "$size" "$layer"
}

# expect_damage_told NAME: although an older manifest wraps the key of the damaged layer for others
expect_damage_told() {
  local layer
  layer=$(only_layer "$TMP/$1")
  make_keys "$TMP/other" P-256
  imgcrypt recipients replace "oci:$TMP/$1:t" "oci:$TMP/$1:other" -r "jwe:$TMP/other.pub.pem" -k "$TMP/key.pem" >/dev/null
  touch -d '1 hour ago' "$(blob "$TMP/$1" "$(root_of "$TMP/$1" other)")"
  head -c "$(($(stat -c %s "$layer") - 1))" "$layer" >"$TMP/damaged"
  printf x >>"$TMP/damaged"
  mv "$TMP/damaged" "$layer"
  expect_refused "$TMP/$1" "$layer" "$(basename "$layer"): layer authentication failed; .*pull it again"
}

require_commands jq openssl
mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
use_keys "$TMP/key"
encrypted_image small --compression gzip
encrypted_image big --compression tar --layer-size $((160 << 20))

expect_plaintext small
expect_plaintext small --stream
expect_plaintext big
expect_plaintext big --stream
decode_in_little_memory big
expect_growth_refused big

# The damage is in the last bytes: everything before them is sound and must be held back all the same.
sound=$(only_layer "$TMP/big")
python3 "$support_dir/damage_layer.py" "$TMP/big" t 0 truncate
rm "$sound" # its head is the same: the decoder would take it for the blob on stdin
expect_refused "$TMP/big" "$(only_layer "$TMP/big")" "layer authentication failed"
rm -rf "$TMP/big" "$TMP/big.plain"

# Files that are not keys, and files that cannot be passphrases, stop nothing.
echo junk >"$TMP/keys/a"
mkfifo "$TMP/keys/a.pass"
echo junk >"$TMP/keys/b"
ln -s b.pass "$TMP/keys/b.pass"
expect_plaintext small
rm "$TMP/keys"/[ab] "$TMP/keys"/[ab].pass
expect_attacks_bounded small

for cipher in aes128 aes192 aes256 des3; do
  use_encrypted_key ec "-$cipher"
  expect_plaintext small
done
for cipher in aes-128-cbc aes-256-cbc camellia-256-cbc des3; do
  use_encrypted_key pkcs8 -topk8 -v2 "$cipher"
  expect_plaintext small
done
use_encrypted_key pkcs8 -topk8 -scrypt
expect_plaintext small
echo another >"$TMP/keys/key.pass"
expect_refused "$TMP/small" "$(only_layer "$TMP/small")" "wrong passphrase"
use_keys "$TMP/key"

layer=$(only_layer "$TMP/small")
head -c 500 "$layer" >"$TMP/short"
cat "$layer" "$layer" >"$TMP/long"
: >"$TMP/empty"
for file in short long empty; do
  expect_refused "$TMP/small" "$TMP/$file" .
done
expect_refused "$TMP/nothing" "$layer" "$TMP/nothing"
use_keys
expect_refused "$TMP/small" "$layer" "no keys"
ln -s "$TMP/key.pem" "$TMP/keys/"
expect_refused "$TMP/small" "$layer" "no keys; ignored: $TMP/keys/key.pem .its link leads outside"
use_keys
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$TMP/keys/other.pem"
ln -s "$TMP/key.pem" "$TMP/keys/"
expect_refused "$TMP/small" "$layer" "keys tried: .*; ignored: $TMP/keys/key.pem .its link leads outside"
use_keys "$TMP/key"
expect_damage_told small
expect_exit 3 "$CTD_DECODER" --no-such-option
