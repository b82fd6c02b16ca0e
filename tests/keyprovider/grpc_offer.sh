#!/bin/bash
# keyprovider-grpc --listen: programs offered as services, asked by grpcio and by imgcrypt; who may ask; how it ends.
# shellcheck source=../cli/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../cli/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"
# shellcheck source=../support/providers/grpc.sh
source "$cli_dir/../support/providers/grpc.sh"

program=$KEY_PROVIDERS/keyprovider-grpc
listening=$TMP/listening

# offer ADDRESS OPTION... -- PROGRAM ARGUMENT...: sets $offered to its address and $offer_pid
offer() {
  rm -f "$listening"
  "$program" --listen "$@" >"$listening" 2>"$TMP/offer.stderr" &
  offer_pid=$!
  at_exit stop_process "$offer_pid"
  wait_for 30 test -s "$listening" || fail "it does not listen: $(cat "$TMP/offer.stderr")"
  offered=$(sed 's/^listening on //' "$listening")
}

# end_offer SIGNAL: it ends well, without a word on stderr
end_offer() {
  kill -"$1" "$offer_pid"
  wait "$offer_pid" || fail "exit $? after SIG$1: $(cat "$TMP/offer.stderr")"
  expect_equal "$(cat "$TMP/offer.stderr")" "" "stderr"
}

# ask ADDRESS METHOD [TLS...]: as Go's tools ask
ask() {
  "$debian_python" -B "$providers_dir/grpc_client.py" "$@"
}

# expect_status CODE REASON COMMAND...
expect_status() {
  expect_exit 1 "${@:3}"
  expect_matches "$stderr" "^$1: .*$2"
}

wrap_request='{"op":"keywrap","keywrapparams":{"ec":{"Parameters":{"demo":[]},"DecryptConfig":{"Parameters":{}}},"optsdata":"e30="},"keyunwrapparams":{"dc":null,"annotation":null}}'

programs_of_others_are_offered() {
  offer "unix:$TMP/toy.sock" -- python3 "$providers_dir/toy.py" "$TMP" array
  expect_equal "$(stat -c %a "$TMP/toy.sock")" 600 "mode of the socket"
  expect_exit 0 ask "$offered" WrapKey <<<"$wrap_request"
  jq -e '.keywrapresults.annotation | length > 0' <<<"$stdout" >/dev/null || fail "no packet: $stdout"
  expect_equal "$(cat "$TMP/keywrap.in.json")" "$wrap_request" "what the program got"
  configure_service "$offered"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r provider:demo
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t"
  expect_same_layers "$TMP/back" t "$TMP/plain" t
  rm -rf "$TMP/out" "$TMP/back"
  expect_exit 1 "$program" --listen "$offered" -- true
  expect_contains "$stderr" "another program listens there"
  expect_exit 0 ask "$offered" WrapKey <<<"$wrap_request"
  end_offer TERM
  expect_absent "$TMP/toy.sock"
}

# An image that an offered program wrapped is opened by the program itself, and the other way round.
programs_of_ours_are_offered() {
  imgcrypt key generate sodium "$TMP/key" >/dev/null
  offer "unix:$TMP/sodium.sock" -- "$KEY_PROVIDERS/keyprovider-sodium" --name demo --key "$TMP/key"
  configure_service "$offered"
  expect_exit 0 imgcrypt provider test "demo:$TMP/key.pub" -k "$TMP/key"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "provider:demo:$TMP/key.pub"
  configure demo "$KEY_PROVIDERS/keyprovider-sodium" --name demo --key "$TMP/key"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t"
  expect_same_layers "$TMP/back" t "$TMP/plain" t
  end_offer INT
}

wrong_requests_are_refused() {
  offer "unix:$TMP/toy.sock" -- python3 "$providers_dir/toy.py" "$TMP"
  expect_status INVALID_ARGUMENT "not one for this method" ask "$offered" UnWrapKey <<<"$wrap_request"
  expect_status INVALID_ARGUMENT JSON ask "$offered" WrapKey <<<nonsense
  expect_status UNIMPLEMENTED "" ask "$offered" Other <<<"$wrap_request"
  expect_status RESOURCE_EXHAUSTED "" ask "$offered" WrapKey < <(head -c 2000000 /dev/zero)
  expect_status UNKNOWN "exit status 1" ask "$offered" WrapKey <<<'{"op":"keywrap"}'
  end_offer TERM
  offer "unix:$TMP/slow.sock" --timeout 1000 -- sleep 60
  expect_status UNKNOWN "no answer within 1 second" ask "$offered" WrapKey <<<"$wrap_request"
  end_offer TERM
  offer "unix:$TMP/sad.sock" -- sh -c 'echo the safe is locked >&2; exit 3'
  expect_status UNKNOWN "the safe is locked" ask "$offered" WrapKey <<<"$wrap_request"
  end_offer TERM
}

ports_need_certificates() {
  local tls=(--tls-cert "$TMP/service.crt" --tls-key "$TMP/service.key")
  expect_exit 1 "$program" --listen 127.0.0.1:0 -- true
  expect_contains "$stderr" "everybody who can reach a port could use the keys"
  expect_exit 1 "$program" --listen 127.0.0.1:0 "${tls[@]}" -- true
  expect_contains "$stderr" "--tls-root-ca"
  offer 127.0.0.1:0 "${tls[@]}" --tls-root-ca "$TMP/ours.ca" -- python3 "$providers_dir/toy.py" "$TMP"
  expect_exit 0 ask "$offered" WrapKey "$TMP/ours.ca" "$TMP/client.crt" "$TMP/client.key" <<<"$wrap_request"
  expect_status UNAVAILABLE "" ask "$offered" WrapKey "$TMP/ours.ca" <<<"$wrap_request"
  expect_status UNAVAILABLE "" ask "$offered" WrapKey "$TMP/ours.ca" "$TMP/stranger.crt" "$TMP/stranger.key" <<<"$wrap_request"
  expect_status UNAVAILABLE "" ask "$offered" WrapKey <<<"$wrap_request"
  configure_service "$offered" \
    "$(jq -cn --arg t "$TMP" '{"root-ca-file": "\($t)/ours.ca", "cert-file": "\($t)/client.crt", "key-file": "\($t)/client.key"}')"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out2:t" -r provider:demo
  expect_exit 1 "$program" --listen "$offered" "${tls[@]}" --tls-root-ca "$TMP/ours.ca" -- true
  expect_contains "$stderr" "cannot listen on $offered"
  end_offer HUP
}

# A request that runs when the end comes is answered; after a second signal nothing is waited for.
running_requests_are_answered() {
  local asker
  offer "unix:$TMP/slow.sock" -- sh -c "echo >$TMP/started; read -r line <$TMP/go; echo '{\"late\":true}'"
  ask "$offered" WrapKey <<<"$wrap_request" >"$TMP/answer" 2>&1 &
  asker=$!
  wait_for 30 test -s "$TMP/started" || fail "the program was not started"
  kill -TERM "$offer_pid"
  wait_for 30 is_shut "$TMP/slow.sock" || fail "it still takes connections"
  echo >"$TMP/go"
  wait "$asker" || fail "the request failed: $(cat "$TMP/answer")"
  expect_equal "$(cat "$TMP/answer")" '{"late":true}' "the answer"
  wait "$offer_pid" || fail "exit $?"
  expect_absent "$TMP/slow.sock"
  rm -f "$TMP/started"
  offer "unix:$TMP/slow.sock" -- sh -c "echo >$TMP/started; read -r line <$TMP/go"
  ask "$offered" WrapKey <<<"$wrap_request" >"$TMP/answer" 2>&1 &
  asker=$!
  wait_for 30 test -s "$TMP/started" || fail "the program was not started"
  kill -TERM "$offer_pid"
  wait_for 30 is_shut "$TMP/slow.sock" || fail "it still takes connections"
  kill -TERM "$offer_pid"
  wait "$offer_pid" || fail "exit $?"
  ! wait "$asker" || fail "the request was answered: $(cat "$TMP/answer")"
  expect_absent "$TMP/slow.sock"
}

# Eight programs run at a time. Who waits behind them is not waited for.
waiting_requests_do_not_delay_the_end() {
  local asker
  : >"$TMP/started"
  rm -f "$TMP"/answer.*
  offer "unix:$TMP/full.sock" -- sh -c "echo >>$TMP/started; read -r line <$TMP/go"
  for asker in {1..9}; do ask "$offered" WrapKey <<<"$wrap_request" >"$TMP/answer.$asker" 2>&1 & done
  wait_for 60 has_lines 8 "$TMP/started" || fail "the programs were not started"
  wait_for 60 has_connections 9 || fail "not all have asked"
  kill -TERM "$offer_pid"
  wait_for 60 grep -q "^UNAVAILABLE" "$TMP"/answer.* || fail "the ninth still waits"
  expect_equal "$(wc -l <"$TMP/started")" 8 "programs that were started"
  kill -TERM "$offer_pid"
  wait "$offer_pid" || fail "exit $?"
}

# has_connections COUNT: beside the socket that takes them
has_connections() {
  (($(grep -c "/\.grpc-$offer_pid\$" /proc/net/unix) > $1))
}

# has_lines COUNT FILE
has_lines() {
  (($(wc -l <"$2") >= $1))
}

# A service of a new version takes the address over while the old one still answers what it was asked.
successors_keep_their_socket() {
  local asker old
  rm -f "$TMP/started"
  offer "unix:$TMP/slow.sock" -- sh -c "echo >$TMP/started; read -r line <$TMP/go; echo '{\"late\":true}'"
  ask "$offered" WrapKey <<<"$wrap_request" >"$TMP/answer" 2>&1 &
  asker=$!
  wait_for 30 test -s "$TMP/started" || fail "the program was not started"
  old=$offer_pid
  kill -TERM "$old"
  wait_for 30 is_shut "$TMP/slow.sock" || fail "it still takes connections"
  offer "unix:$TMP/slow.sock" -- python3 "$providers_dir/toy.py" "$TMP"
  echo >"$TMP/go"
  wait "$asker" || fail "the request failed: $(cat "$TMP/answer")"
  wait "$old" || fail "exit $?"
  expect_exit 0 ask "$offered" WrapKey <<<"$wrap_request"
  end_offer TERM
  expect_absent "$TMP/slow.sock"
}

# Whoever made the path anew keeps it, however it was done.
a_socket_of_another_is_left_alone() {
  offer "unix:$TMP/taken.sock" -- true
  rm "$TMP/taken.sock"
  echo content >"$TMP/taken.sock"
  end_offer TERM
  expect_equal "$(cat "$TMP/taken.sock")" content "the file"
}

is_shut() {
  ! python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$1" 2>/dev/null
}

# A service that was killed leaves its socket, which the next one takes; no program outlives it.
killed_services_are_replaced() {
  rm -f "$TMP/started"
  offer "unix:$TMP/slow.sock" -- sh -c "echo \$\$ >$TMP/started; exec sleep 60"
  ask "$offered" WrapKey <<<"$wrap_request" >/dev/null 2>&1 &
  wait_for 30 test -s "$TMP/started" || fail "the program was not started"
  kill -KILL "$offer_pid"
  wait_for 60 process_is_gone "$(cat "$TMP/started")" || fail "the program outlived its service"
  [[ -S $TMP/slow.sock ]] || fail "no socket was left"
  offer "unix:$TMP/slow.sock" -- python3 "$providers_dir/toy.py" "$TMP"
  expect_exit 0 ask "$offered" WrapKey <<<"$wrap_request"
  end_offer TERM
}

wrong_arguments_are_told() {
  local unusable
  echo content >"$TMP/file"
  expect_exit 1 "$program" --listen "unix:$TMP/file" -- true
  expect_contains "$stderr" "it exists and is not a socket"
  expect_equal "$(cat "$TMP/file")" content "the file"
  expect_exit 1 "$program" --listen "unix:$TMP/none.sock"
  expect_contains "$stderr" "write -- PROGRAM"
  for unusable in "$TMP/absent:No such file" "$TMP/file:Permission denied" "$TMP:not a file" "absent-program:no such program in PATH"; do
    expect_exit 1 timeout 30 "$program" --listen "unix:$TMP/none.sock" -- "${unusable%%:*}"
    expect_contains "$stderr" "error: start ${unusable%%:*}: "
    expect_contains "$stderr" "${unusable#*:}"
    expect_absent "$TMP/none.sock"
  done
  expect_exit 1 "$program" </dev/null
  expect_contains "$stderr" "--address or --listen"
  expect_exit 1 "$program" --address h:1 --listen h:2 -- true
  expect_exit 1 "$program" --listen "unix:$TMP/absent/none.sock" -- true
  expect_contains "$stderr" "cannot listen"
  expect_exit 0 "$program" --help
  expect_contains "$stdout" "--listen"
}

make_image "$TMP/plain" t --no-busybox --layers 2 --layer-size 5000 >/dev/null
mkfifo "$TMP/go"
make_authority "$TMP/ours"
make_authority "$TMP/other"
make_signed "$TMP/ours" "$TMP/service" IP:127.0.0.1
make_signed "$TMP/ours" "$TMP/client" DNS:client.test
make_signed "$TMP/other" "$TMP/stranger" DNS:client.test
programs_of_others_are_offered
programs_of_ours_are_offered
wrong_requests_are_refused
ports_need_certificates
running_requests_are_answered
waiting_requests_do_not_delay_the_end
successors_keep_their_socket
a_socket_of_another_is_left_alone
killed_services_are_replaced
wrong_arguments_are_told
