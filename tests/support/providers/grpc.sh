# shellcheck shell=bash
# Services over gRPC, by Debian's grpcio. Needs config.sh, cleanup.sh and assert.sh.

peers_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
calls=$TMP/calls
# Not the python3 of PATH, which may be another one, without grpcio.
debian_python=/usr/bin/python3
"$debian_python" -c 'import grpc' 2>/dev/null || fail "python3-grpcio is missing: scripts/setup installs it"

# start_service ADDRESS BEHAVIOUR [CERTIFICATE KEY [CLIENT-CA]]: sets $service to its address and $service_pid
start_service() {
  rm -f "$TMP/address"
  : >"$calls"
  "$debian_python" -B "$peers_dir/grpc_server.py" "$1" "$calls" "${@:2}" >"$TMP/address" 2>"$TMP/service.stderr" &
  service_pid=$!
  at_exit stop_process "$service_pid"
  wait_for 60 test -s "$TMP/address" || fail "the service did not start: $(cat "$TMP/service.stderr")"
  # shellcheck disable=SC2034 # the tests use it
  service=$(cat "$TMP/address")
}

# configure_service ADDRESS [MEMBERS]: as the provider demo, with these members of "grpc-tls"
configure_service() {
  jq -n --arg address "$1" --argjson tls "${2:-null}" \
    '{"key-providers": {demo: ({grpc: $address} + if $tls then {"grpc-tls": $tls} else {} end)}}' >"$OCICRYPT_KEYPROVIDER_CONFIG"
}

# make_authority NAME: NAME.ca and NAME.ca.key
make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$(basename "$1")" -days 2 \
    -addext basicConstraints=critical,CA:TRUE -keyout "$1.ca.key" -out "$1.ca" 2>/dev/null
}

# make_signed AUTHORITY NAME SUBJECT-ALTERNATIVE-NAME: NAME.crt and NAME.key
make_signed() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$(basename "$2")" -keyout "$2.key" -out "$2.csr" 2>/dev/null
  openssl x509 -req -in "$2.csr" -CA "$1.ca" -CAkey "$1.ca.key" -days 2 -extfile <(echo "subjectAltName=$3") -out "$2.crt" 2>/dev/null
}
