#!/bin/bash
# Key providers over gRPC with TLS: every member of "grpc-tls", and what is told when certificates do not fit.
# shellcheck source=../cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../cli/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"
# shellcheck source=../support/providers/grpc.sh
source "$cli_dir/../support/providers/grpc.sh"

# members NAME VALUE...: of "grpc-tls"
members() {
  jq -cn '[$ARGS.positional | range(0; length; 2) as $i | {(.[$i]): .[$i + 1]}] | add // {}' --args -- "$@"
}

# expect_works MEMBER VALUE...
expect_works() {
  configure_service "$service" "$(members "$@")"
  rm -rf "$TMP/out"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo
}

# expect_fails REASON MEMBER VALUE...
expect_fails() {
  configure_service "$service" "$(members "${@:2}")"
  rm -rf "$TMP/out"
  expect_exit 9 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo
  expect_matches "$stderr" "$1"
  expect_absent "$TMP/out"
}

the_service_is_verified() {
  start_service 127.0.0.1:0 toy "$TMP/service.crt" "$TMP/service.key"
  expect_works root-ca-file "$TMP/ours.ca"
  (cd "$TMP" && expect_works root-ca-file ours.ca)
  expect_fails '"root-ca-file" must be of the authority that signed' root-ca-file "$TMP/other.ca"
  expect_fails '"root-ca-file" must be of the authority that signed'
  configure_service "$service"
  expect_exit 9 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo
  expect_contains "$stderr" "it wants TLS"
  jq '."key-providers".demo."grpc-tls" = {"insecure-skip-verify": true}' "$OCICRYPT_KEYPROVIDER_CONFIG" >"$TMP/unverified"
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/unverified expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo
  stop_process "$service_pid"
  start_service 127.0.0.1:0 toy
  expect_fails 'without TLS: leave out "grpc-tls"' root-ca-file "$TMP/ours.ca"
  stop_process "$service_pid"
}

names_are_verified() {
  start_service 127.0.0.1:0 toy "$TMP/named.crt" "$TMP/named.key"
  expect_fails '"server-name" must be a name in the service' root-ca-file "$TMP/ours.ca"
  expect_fails '"server-name" must be a name in the service' root-ca-file "$TMP/ours.ca" server-name other.test
  expect_works root-ca-file "$TMP/ours.ca" server-name keys.test
  stop_process "$service_pid"
  start_service "unix:$TMP/tls.sock" toy "$TMP/named.crt" "$TMP/named.key"
  expect_works root-ca-file "$TMP/ours.ca" server-name keys.test
  stop_process "$service_pid"
}

clients_show_certificates() {
  start_service 127.0.0.1:0 toy "$TMP/service.crt" "$TMP/service.key" "$TMP/ours.ca"
  expect_works root-ca-file "$TMP/ours.ca" cert-file "$TMP/client.crt" key-file "$TMP/client.key"
  expect_fails "a certificate of ours that it trusts" root-ca-file "$TMP/ours.ca"
  expect_fails '"cert-file" and "key-file" must be of the same key' root-ca-file "$TMP/ours.ca" cert-file "$TMP/client.crt" key-file "$TMP/stranger.key"
  expect_fails "a certificate of ours that it trusts" root-ca-file "$TMP/ours.ca" cert-file "$TMP/stranger.crt" key-file "$TMP/stranger.key"
  expect_equal "$(grep -vc '^WrapKey ' "$calls")" 0 "number of other calls"
  stop_process "$service_pid"
}

files_that_cannot_be_used_are_told() {
  service=127.0.0.1:1
  expect_fails "absent.*No such file" root-ca-file "$TMP/absent"
  expect_fails "client.key: it has no certificate in PEM" root-ca-file "$TMP/client.key"
  expect_fails '"cert-file" and "key-file" belong together' root-ca-file "$TMP/ours.ca" cert-file "$TMP/client.crt"
  expect_fails "client.crt: it has no private key in PEM" root-ca-file "$TMP/ours.ca" cert-file "$TMP/client.crt" key-file "$TMP/client.crt"
  openssl pkey -in "$TMP/client.key" -aes256 -passout pass:1234 -out "$TMP/locked.key"
  expect_fails "locked.key: it has a passphrase" root-ca-file "$TMP/ours.ca" cert-file "$TMP/client.crt" key-file "$TMP/locked.key"
}

make_image "$TMP/plain" t --no-busybox --layers 1 --layer-size 5000 >/dev/null
make_authority "$TMP/ours"
make_authority "$TMP/other"
make_signed "$TMP/ours" "$TMP/service" IP:127.0.0.1
make_signed "$TMP/ours" "$TMP/named" DNS:keys.test
make_signed "$TMP/ours" "$TMP/client" DNS:client.test
make_signed "$TMP/other" "$TMP/stranger" DNS:client.test
the_service_is_verified
names_are_verified
clients_show_certificates
files_that_cannot_be_used_are_told
