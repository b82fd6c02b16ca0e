#!/bin/bash
# The decoder's fd 3, filled by hand: a payload that names the layer, with and without keys in it, and everything else that
# may be there and is not a payload.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

# payload LAYER-NUMBER [KEY-FILE...]
payload() {
  python3 "$support_dir/make_payload.py" "$manifest" "$@"
}

# decode LAYER-NUMBER [CONTENT-ROOT]: passes the layer's ciphertext through the decoder; fd 3 is the caller's.
decode() {
  timeout 20 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" \
    --content-root "${2:-$TMP/nothing}" <"$(layer_blob "$TMP/encrypted" "$1")"
}

layer_blob() {
  blob "$1" "$(layers_of "$1" t | sed -n "$(($2 + 1))s/.* //p")"
}

# expect_plaintext LAYER-NUMBER [CONTENT-ROOT]
expect_plaintext() {
  expect_exit 0 decode "$@"
  cmp "$TMP/stdout" "$(layer_blob "$TMP/plain" "$1")" || fail "layer $1 was decrypted to something else"
  expect_nothing_left
}

# expect_refused REASON LAYER-NUMBER [CONTENT-ROOT]: not one byte of plaintext is written
expect_refused() {
  expect_exit 1 decode "${@:2}"
  expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
  expect_matches "$stderr" "$1"
  expect_nothing_left
}

keys_come_from_the_directory() {
  use_keys "$TMP/key"
  for layer in 0 1 2; do
    expect_plaintext "$layer" 3< <(payload "$layer")
  done
}

keys_come_in_the_payload() {
  use_keys
  for layer in 0 1 2; do
    expect_plaintext "$layer" 3< <(payload "$layer" "$TMP/key.pem")
  done
  rm -rf "$TMP/keys"
  expect_plaintext 0 3< <(payload 0 "$TMP/wrong.pem" "$TMP/key.pem")
  use_keys "$TMP/wrong"
  expect_plaintext 1 3< <(payload 1 "$TMP/key.pem")
}

payload_of_another_layer_is_refused() {
  use_keys "$TMP/key"
  expect_refused "" 0 3< <(payload 1)
}

# What is not a payload must not matter if the layer can be looked up, and must be refused if it cannot.
without_payload() {
  use_keys "$TMP/key"
  "$1" expect_plaintext 0 "$TMP/encrypted"
  "$1" expect_refused . 0
}

closed() { "$@" 3<&-; }
an_empty_pipe() { "$@" 3< <(:); }
junk() { "$@" 3< <(head -c 3000 /dev/urandom); }
json_alone() { "$@" 3< <(payload 0 "$TMP/key.pem" | tail -c +39); }
another_type() { "$@" 3< <(payload 0 "$TMP/key.pem" | sed 's/ocicrypt/othercrypt/'); }
half_a_payload() { "$@" 3< <(payload 0 "$TMP/key.pem" | head -c 500); }
a_device() { "$@" 3</dev/null; }
a_regular_file() { "$@" 3<"$TMP/payload"; }
a_directory() { "$@" 3<"$TMP"; }

require_commands jq zstd openssl
mkdir "$TMP/spool"
make_keys "$TMP/key" P-384
make_keys "$TMP/wrong" rsa
make_image "$TMP/plain" t --layers 3 --compression gzip,zstd,tar --layer-size 200000 --no-busybox >/dev/null
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
manifest=$(blob "$TMP/encrypted" "$(root_of "$TMP/encrypted" t)")
payload 0 "$TMP/key.pem" >"$TMP/payload"

keys_come_from_the_directory
keys_come_in_the_payload
payload_of_another_layer_is_refused
use_keys "$TMP/key"
expect_refused . 0 3< <(head -c $((9 << 20)) /dev/zero)
for what in closed an_empty_pipe junk json_alone another_type half_a_payload a_device a_regular_file a_directory; do
  without_payload "$what"
done
