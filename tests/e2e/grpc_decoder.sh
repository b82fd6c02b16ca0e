#!/bin/bash
# The decoder alone, with keys behind a service over gRPC: on a socket, and on a port with certificates on both sides. The
# sandbox lets it reach nothing of this: the broker does.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/providers/config.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/providers/config.sh"
# shellcheck source=../support/providers/grpc.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/providers/grpc.sh"

decode() {
  timeout 60 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" --content-root "$TMP/encrypted" \
    "$@" <"$layer" 3<&-
}

expect_plaintext() {
  expect_exit 0 decode "$@"
  cmp "$TMP/stdout" "$plain_layer" || fail "the layer was decrypted to something else"
  expect_nothing_left
}

# expect_refused REASON [OPTION...]
expect_refused() {
  expect_exit 1 decode "${@:2}"
  expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
  expect_matches "$stderr" "^ctd-decoder: error: .*$1"
  expect_nothing_left
}

require_commands jq openssl
mkdir "$TMP/spool" "$TMP/keys"
make_image "$TMP/plain" t --layers 1 --no-busybox --layer-size 300000 >/dev/null
plain_layer=$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | cut -d' ' -f2)")
start_service "unix:$TMP/agent.sock" toy
configure_service "$service"
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo >/dev/null
layer=$(blob "$TMP/encrypted" "$(layers_of "$TMP/encrypted" t | cut -d' ' -f2)")
expect_plaintext
expect_plaintext --stream
stop_process "$service_pid"
rm -f "$TMP/agent.sock"
expect_refused "agent.sock.*No such file"

start_service "unix:$TMP/agent.sock" silent
expect_refused "agent.sock: no answer within 1 second" --provider-timeout 1
stop_process "$service_pid"

make_authority "$TMP/ours"
make_signed "$TMP/ours" "$TMP/service" IP:127.0.0.1
make_signed "$TMP/ours" "$TMP/node" DNS:node.test
start_service 127.0.0.1:0 toy "$TMP/service.crt" "$TMP/service.key" "$TMP/ours.ca"
configure_service "$service" \
  "$(jq -cn --arg t "$TMP" '{"root-ca-file": "\($t)/ours.ca", "cert-file": "\($t)/node.crt", "key-file": "\($t)/node.key"}')"
expect_plaintext
configure_service "$service" "{\"insecure-skip-verify\": true}"
expect_refused "$service"
