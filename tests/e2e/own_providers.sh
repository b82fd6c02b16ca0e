#!/bin/bash
# The decoder asks our own key providers without any configuration if the key directory holds their keys, and only then.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

# decode_layer: as containerd's default configuration starts it, which names a configuration that does not exist
decode_layer() {
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/absent timeout 60 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" \
    --spool-dir "$TMP/spool" --content-root "$TMP/encrypted" <"$layer" 3<&-
}

# expect_opened_by KEY RECIPIENT: the layer is encrypted for RECIPIENT alone.
expect_opened_by() {
  rm -rf "$TMP/encrypted" "$TMP/keys"
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "$2" >/dev/null
  layer=$(blob "$TMP/encrypted" "$(layers_of "$TMP/encrypted" t | cut -d' ' -f2)")
  mkdir -p "$TMP/keys/of_the_node"
  expect_exit 1 decode_layer
  cp "$1" "$TMP/keys/of_the_node"
  expect_exit 0 decode_layer
  cmp "$TMP/stdout" "$plain_layer" || fail "the layer was decrypted to something else"
  cp "$TMP/damaged" "$TMP/keys/a" # looks like a key; one that cannot be used stops no other
  expect_exit 0 decode_layer
  cp "$TMP/other" "$TMP/keys/a" # is tried first
  expect_exit 0 decode_layer
  rm "$TMP/keys/of_the_node/"*
  expect_exit 1 decode_layer
  expect_nothing_left
}

require_commands jq openssl
mkdir "$TMP/spool"
make_image "$TMP/plain" t --layers 1 --no-busybox >/dev/null
plain_layer=$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | cut -d' ' -f2)")

imgcrypt key generate sodium "$TMP/sodium" >/dev/null
imgcrypt key generate sodium "$TMP/other" >/dev/null
sed 's/.$/!/' "$TMP/other" >"$TMP/damaged"
expect_opened_by "$TMP/sodium" "provider:sodium:$TMP/sodium.pub"

imgcrypt key generate age "$TMP/age" >/dev/null
imgcrypt key generate age "$TMP/another" >/dev/null
mv "$TMP/another" "$TMP/other"
sed '/^AGE/s/.$/!/' "$TMP/other" >"$TMP/damaged"
expect_opened_by "$TMP/age" "age:$(cat "$TMP/age.pub")"

head -c 32 /dev/urandom >"$TMP/raw"
head -c 32 /dev/urandom >"$TMP/other"
cp "$TMP/other" "$TMP/damaged"
expect_opened_by "$TMP/raw" "provider:attestation-agent:keypath=$TMP/raw::keyid=kbs:///default/key/1"
