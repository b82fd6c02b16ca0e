#!/bin/bash
# Key providers over gRPC, asked by imgcrypt: services by grpcio on sockets and ports, well behaved and not. Certificates are
# in grpc_tls.sh.
# shellcheck source=../cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../cli/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"
# shellcheck source=../support/providers/grpc.sh
source "$cli_dir/../support/providers/grpc.sh"

# encrypt IMAGE [OPTION...]
encrypt() {
  rm -rf "$TMP/out"
  imgcrypt encrypt "oci:$1:t" "oci:$TMP/out:t" -r provider:demo "${@:2}"
}

decrypt() {
  rm -rf "$TMP/back"
  imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" "$@"
}

# expect_demo_works IMAGE
expect_demo_works() {
  expect_exit 0 encrypt "$1"
  expect_exit 0 decrypt
  expect_same_layers "$TMP/back" t "$1" t
}

# expect_unwrap_fails CODE REASON [OPTION...]: what well-behaved services wrapped is not opened, and the reason is told
expect_unwrap_fails() {
  rm -rf "$TMP/back"
  expect_exit "$1" imgcrypt decrypt "oci:$TMP/wrapped:t" "oci:$TMP/back:t" "${@:3}"
  expect_matches "$stderr" "$2"
  expect_absent "$TMP/back"
}

# All 60 layers go over one connection of one program: its peer has one port.
many_layers_need_one_connection() {
  start_service 127.0.0.1:0 toy
  configure_service "$service"
  expect_demo_works "$TMP/many"
  expect_equal "$(grep -c '^WrapKey ' "$calls")" 60 "number of keys that were wrapped"
  expect_equal "$(grep -c '^UnWrapKey ' "$calls")" 60 "number of keys that were unwrapped"
  expect_equal "$(cut -d' ' -f1,2 "$calls" | sort -u | wc -l)" 2 "number of connections of the two commands"
  stop_process "$service_pid"
}

every_form_of_address_works() {
  local form
  start_service 127.0.0.1:0 toy
  for form in "$service" "http://$service" "localhost:${service##*:}"; do
    configure_service "$form"
    expect_demo_works "$TMP/plain"
  done
  stop_process "$service_pid"
  start_service "unix:$TMP/keys.sock" toy
  for form in "unix:$TMP/keys.sock" "unix://$TMP/keys.sock"; do
    configure_service "$form"
    expect_demo_works "$TMP/plain"
  done
  expect_equal "$(cut -d' ' -f3 "$calls" | sort -u)" localhost "the authority"
  mv "$TMP/out" "$TMP/wrapped"
  # The toy authenticates nothing, and that alone is wrong with it.
  expect_exit 9 imgcrypt provider test demo
  expect_equal "$(grep FAIL <<<"$stdout" | grep -vc "damaged at byte .* another key" || true)" 0 "number of other failures"
  expect_matches "$stdout" "ok +unwraps 8 keys at the same time"
  # A proxy of the environment would see the keys.
  http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 grpc_proxy=http://127.0.0.1:9 expect_demo_works "$TMP/plain"
}

addresses_that_are_wrong_are_told() {
  local address
  for address in "" host 127.0.0.1 host: host:99999 :80 unix: unix://keys.sock https://host:1 ::1:80 "unix:/$(printf 'x%.0s' {1..110})" a/b:1; do
    configure_service "$address"
    expect_unwrap_fails 9 "the address"
  done
}

what_misbehaves_is_told() {
  local behaviour reason
  while IFS=: read -r code behaviour reason; do
    start_service "unix:$TMP/bad.sock" "$behaviour"
    configure_service "$service"
    expect_unwrap_fails "$code" "$reason"
    stop_process "$service_pid"
  done <<'END'
9:giant:bad.sock: .*(larger|RESOURCE|exceed)
9:cut-short:bad.sock: its answer is not a message of the key provider service: it is cut short
9:endless-number:more than 64 bits
9:no-message:a field of an unknown type
9:no-field:bad.sock: its reply:
9:no-json:bad.sock: its reply "nonsense": JSON: malformed
9:deep:bad.sock: its reply:
6:no-result:it returned no key
6:null-result:it returned no key
9:no-base64:bad.sock: its reply: not base64
7:other-options:error
6:reports:no such key here
9:complains:bad.sock: the safe is locked
9:complains-at-length:\?\[31mxxx
9:dies:bad.sock:
END
  start_service "unix:$TMP/bad.sock" more-fields
  configure_service "$service"
  expect_demo_works "$TMP/plain"
  stop_process "$service_pid"
  start_service "unix:$TMP/bad.sock" unwraps-only
  configure_service "$service"
  expect_exit 9 encrypt "$TMP/plain"
  expect_contains "$stderr" "the service cannot do this"
  expect_absent "$TMP/out"
  stop_process "$service_pid"
}

# One that is silent is waited for once, not once for each layer; what accepts connections without speaking is late, too.
silence_has_an_end() {
  start_service 127.0.0.1:0 silent
  configure_service "$service"
  rm -rf "$TMP/back"
  expect_exit 9 imgcrypt decrypt "oci:$TMP/wrapped-many:t" "oci:$TMP/back:t" --provider-timeout 1
  expect_contains "$stderr" "$service: no answer within 1 second"
  expect_absent "$TMP/back"
  expect_equal "$(wc -l <"$calls")" 1 "number of calls"
  stop_process "$service_pid"
  python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); time.sleep(60)' "$TMP/mute.sock" &
  at_exit stop_process "$!"
  wait_for 60 test -S "$TMP/mute.sock" || fail "no socket"
  configure_service "unix:$TMP/mute.sock"
  expect_unwrap_fails 9 "no answer within 1 second" --provider-timeout 1
}

services_that_are_absent_are_told() {
  configure_service "unix:$TMP/absent.sock"
  expect_unwrap_fails 9 "absent.sock.*No such file"
  expect_contains "$stderr" "start the service, or correct its address"
  configure_service 127.0.0.1:1
  expect_unwrap_fails 9 "127.0.0.1:1.*Connection refused"
}

# The provider's child must not outlive a cancelled command.
cancelled_commands_leave_nothing() {
  local pid
  start_service "unix:$TMP/slow.sock" silent
  configure_service "$service"
  timeout 60 "$IMGCRYPT" decrypt "oci:$TMP/wrapped:t" "oci:$TMP/back:t" 2>/dev/null &
  pid=$!
  wait_for 30 test -s "$calls" || fail "the service was not asked"
  kill -TERM "$pid"
  wait "$pid" 2>/dev/null || true
  stop_process "$service_pid"
  expect_absent "$TMP/back"
  rm -f "$TMP/slow.sock"
  ! pgrep -f "keyprovider-grpc .*$TMP/slow.sock" >/dev/null || fail "keyprovider-grpc still runs"
}

what_is_configured_is_listed() {
  echo '{"key-providers":{"demo":{"grpc":"host:1","grpc-tls":{"server-name":"keys"}},"guest":{"ttrpc":"unix:///cdh.sock"}}}' \
    >"$OCICRYPT_KEYPROVIDER_CONFIG"
  expect_exit 0 imgcrypt provider list
  expect_matches "$stdout" 'demo: .*/keyprovider-grpc --name=demo --address=host:1 --tls --tls-server-name=keys \(started once per image\)'
  expect_contains "$stdout" 'guest: speaks ttrpc, which is not supported'
  expect_matches "$stdout" 'grpc: .*/keyprovider-grpc \(asks services, starts in [0-9.]+ ms\)'
}

make_image "$TMP/plain" t --no-busybox --layers 2 --layer-size 5000 >/dev/null
make_image "$TMP/many" t --no-busybox --layers 60 --layer-size 2000 >/dev/null
many_layers_need_one_connection
mv "$TMP/out" "$TMP/wrapped-many"
every_form_of_address_works
addresses_that_are_wrong_are_told
what_misbehaves_is_told
silence_has_an_end
services_that_are_absent_are_told
cancelled_commands_leave_nothing
what_is_configured_is_listed
