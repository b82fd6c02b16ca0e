#!/bin/bash
# A key provider to start from. provider:skeleton:CERTIFICATE wraps for an RSA certificate, provider:skeleton:KEY unwraps
# with its private key. Replace seal and open with your own key store. Needs jq and openssl.
#
# Secrets only go through pipes and variables: arguments and here-documents would show them to others.
set -euo pipefail

name=${1:-skeleton} # our name in the configuration, and so in the parameters

fail() {
  echo "keyprovider-skeleton: error: $1" >&2
  exit 1
}

# member JQ-FILTER: a string of the request; nothing if it does not exist
member() {
  printf %s "$request" | jq -j --arg name "$name" "$1 // empty" 2>/dev/null || fail "not a request"
}

# parameter CONFIG: the file that the user named
parameter() {
  member ".$1.Parameters[\$name][0] | values | @base64d"
}

# seal CERTIFICATE: private options in, packet out; a packet is whatever this program can read again
seal() {
  openssl cms -encrypt -binary -aes-256-gcm -outform DER -recip "$1" -keyopt rsa_padding_mode:oaep | base64 -w0
}

# open KEY: packet in, private options out; the reason for a failure must stay secret
open() {
  base64 -d 2>/dev/null | openssl cms -decrypt -binary -inform DER -inkey "$1" 2>/dev/null
}

# Nothing may be written until everything has succeeded (openssl writes data that it has not yet authenticated), so the
# result is kept first and written at the end.
wrap() {
  local certificate packet
  certificate=$(parameter keywrapparams.ec)
  [[ -f $certificate ]] || fail "no certificate given: write provider:$name:CERTIFICATE"
  packet=$(member .keywrapparams.optsdata | base64 -d | seal "$certificate") || fail "cannot wrap for $certificate"
  printf %s "$packet" | jq -Rsc '{keywrapresults: {annotation: explode}}'
}

unwrap() {
  local key options
  key=$(parameter keyunwrapparams.dc)
  [[ -f $key ]] || fail "no private key given: write provider:$name:KEY"
  options=$(member .keyunwrapparams.annotation | base64 -d | open "$key" | base64 -w0) ||
    fail "layer authentication failed"
  printf %s "$options" | base64 -d | jq -Rsc '{keyunwrapresults: {optsdata: explode}}'
}

request=$(cat)
operation=$(member .op)
case $operation in
  keywrap) wrap ;;
  keyunwrap) unwrap ;;
  *) fail "op is neither keywrap nor keyunwrap" ;;
esac
