# shellcheck shell=bash
# What the decoder makes, with the keys in $TMP/keys, of the first layer of $TMP/in, which was $TMP/plain. Needs common.sh; CTD_DECODER
# names the decoder.

expect_decoded() {
  expect_exit 0 decode
  cmp "$TMP/stdout" "$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | head -n 1 | cut -d' ' -f2)")"
}

# decode: with the payload on descriptor $payload_fd, if there is one
decode() {
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/absent timeout 60 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" \
    --spool-dir "$TMP/spool" --content-root "$TMP/in" <"$(blob "$TMP/in" "$(layers_of "$TMP/in" t | head -n 1 | cut -d' ' -f2)")" 3<&"${payload_fd:--}"
}
