#!/bin/bash
# The decoder alone, with key providers: from the configuration and from a payload. If they fail, it writes not one
# byte of plaintext, ends in time, and leaves nothing running.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/providers/config.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/providers/config.sh"

deadline=30

# decode [OPTION...]: decodes the layer, which the decoder looks up; fd 3 is the caller's.
decode() {
  timeout 20 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" --content-root "$TMP/encrypted" \
    --provider-timeout "$deadline" "$@" <"$layer"
}

expect_plaintext() {
  expect_exit 0 decode "$@"
  cmp "$TMP/stdout" "$plain_layer" || fail "the layer was decrypted to something else"
  expect_no_provider_left
  expect_nothing_left
}

# expect_refused REASON [OPTION...]
expect_refused() {
  expect_exit 1 decode "${@:2}"
  expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
  expect_matches "$stderr" "^ctd-decoder: error: .*$1"
  expect_equal "$(wc -l <"$TMP/stderr")" 1 "the number of lines on stderr"
  (($(stat -c %s "$TMP/stderr") <= 4096)) || fail "a message of more than 4 KiB"
  expect_no_provider_left
  expect_nothing_left
}

# payload PARAMETERS: a payload for the layer, with these instead of keys
payload() {
  python3 -B - "$support_dir" "$manifest" "$1" <<'PYTHON'
import json, sys
sys.path.insert(0, sys.argv[1])
from make_payload import TYPE_URL, field
layer = json.load(open(sys.argv[2], encoding="utf-8"))["layers"][0]
document = json.dumps({"DecryptConfig": {"Parameters": json.loads(sys.argv[3])}, "Descriptor": layer}).encode()
sys.stdout.buffer.write(field(1, TYPE_URL) + field(2, document))
PYTHON
}

# expect_told JSON: the parameters that the provider was sent
expect_told() {
  expect_equal "$(jq -c .keyunwrapparams.dc.Parameters "$TMP/keyunwrap.in.json")" "$1" "the parameters"
}

providers_open_the_layer() {
  local key
  configure_toy
  expect_plaintext 3<&-
  expect_told '{}'
  expect_plaintext --stream 3<&-
  key=$(base64 -w0 "$TMP/wrong.pem")
  expect_plaintext 3< <(payload '{"demo":["bWluZQ=="]}')
  expect_told '{"demo":["bWluZQ=="]}'
  expect_plaintext 3< <(payload "{\"demo\":[\"bWluZQ==\"],\"other\":[\"c2VjcmV0\"],\"privkeys\":[\"$key\"],\"privkeys-passwords\":[null]}")
  expect_told '{"demo":["bWluZQ=="]}'
  expect_plaintext 3< <(payload null)
  expect_told '{}'
}

# A provider has three descriptors, none of which is containerd's.
descriptors_are_kept() {
  configure_script "$TMP/watched" "readlink /proc/\$\$/fd/[0-9]* >$TMP/descriptors; exec python3 $providers_dir/toy.py $TMP"
  expect_plaintext 3< <(payload null) 4<"$TMP/wrong.pem" 5</dev/null
  expect_equal "$(grep -vc "$TMP/watched" "$TMP/descriptors")" 3 "the number of descriptors"
  expect_equal "$(grep -c '^pipe:' "$TMP/descriptors")" 3 "the number of pipes"
}

keys_go_first() {
  use_keys "$TMP/key"
  configure_hostile hangs
  expect_plaintext 3<&-
  use_keys "$TMP/wrong"
}

configurations_that_are_missing_or_broken() {
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/absent expect_refused "$TMP/absent does not exist" 3<&-
  OCICRYPT_KEYPROVIDER_CONFIG="" expect_refused "demo is not configured" 3<&-
  echo nonsense >"$OCICRYPT_KEYPROVIDER_CONFIG"
  expect_refused "providers\.json.*line 1" 3<&-
  use_keys "$TMP/key"
  expect_plaintext 3<&-
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/absent expect_plaintext 3<&-
  use_keys "$TMP/wrong"
}

# expect_hostile_refused REASON HOW [ARGUMENT...]: the decoder verifies first, and then with --stream
expect_hostile_refused() {
  configure_hostile "${@:2}"
  expect_refused "key provider demo: .*$1" 3<&-
  expect_refused "key provider demo: .*$1" --stream 3<&-
}

providers_that_fail() {
  local how deadline=1
  for how in hangs stops_reading answers_and_hangs closes_all stops ignores_signals hangs_with_session floods_stderr; do
    expect_hostile_refused "no answer within 1 second" "$how"
  done
  deadline=30
  expect_hostile_refused "killed by signal 11" dies SEGV
  expect_hostile_refused "the safe is locked" answers_and_complains
  expect_hostile_refused "exit status 3: xxx" complains_at_length
  expect_hostile_refused 'one \?\[31mtwo' complains_in_colour
  expect_hostile_refused "longer than 1048576" floods_stdout
  expect_hostile_refused "its reply" says_nothing
  expect_hostile_refused "exit status 3" leaves_child_and_fails
  configure demo "$TMP/absent"
  expect_refused "start $TMP/absent: No such file" 3<&-
}

providers_that_leave_processes() {
  local how
  for how in leaves_child leaves_session leaves_daemon leaves_flood; do
    configure_hostile "$how"
    expect_plaintext 3<&-
  done
}

provider_runs() {
  [[ -n $(processes_using "$mark") ]]
}

# The decoder is killed while its provider hangs.
killed_decoders_take_their_provider_along() {
  local pid signal status
  configure_hostile ignores_signals
  for signal in KILL TERM; do
    decode_in_place 3<&- >"$TMP/stdout" 2>/dev/null &
    pid=$!
    wait_for 60 provider_runs || fail "the provider was not started"
    kill -"$signal" "$pid"
    status=0
    wait "$pid" 2>/dev/null || status=$?
    ((status > 128)) || fail "exit $status after SIG$signal"
    expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
    expect_no_provider_left
    expect_nothing_left
  done
}

# decode_in_place: replaces the process that calls it
decode_in_place() {
  exec "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --spool-dir "$TMP/spool" --content-root "$TMP/encrypted" <"$layer"
}

require_commands jq openssl
mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
make_keys "$TMP/wrong" rsa
make_image "$TMP/plain" t --layers 1 --no-busybox --layer-size 300000 >/dev/null
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r provider:demo -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1
manifest=$(blob "$TMP/encrypted" "$(root_of "$TMP/encrypted" t)")
layer=$(blob "$TMP/encrypted" "$(layers_of "$TMP/encrypted" t | cut -d' ' -f2)")
plain_layer=$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | cut -d' ' -f2)")
use_keys "$TMP/wrong"

providers_open_the_layer
descriptors_are_kept
keys_go_first
configurations_that_are_missing_or_broken
providers_that_fail
providers_that_leave_processes
killed_decoders_take_their_provider_along
