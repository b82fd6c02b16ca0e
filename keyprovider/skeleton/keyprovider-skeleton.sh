#!/bin/bash
# A key provider to start from. provider:skeleton:CERTIFICATE wraps for an RSA certificate, provider:skeleton:KEY unwraps
# with its private key: put your own key store where seal and open are. Needs jq and openssl.
#
# Secrets go through pipes and variables alone: arguments and here-documents would show them to others.
set -euo pipefail

name=${1:-skeleton} # whose parameters are ours: the name in the configuration

fail() {
  echo "keyprovider-skeleton: error: $1" >&2
  exit 1
}

# member JQ-FILTER: a string of the request; nothing when there is none
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

# open KEY: packet in, private options out; why it failed is nobody's business
open() {
  base64 -d 2>/dev/null | openssl cms -decrypt -binary -inform DER -inkey "$1" 2>/dev/null
}

# Nothing may be written before it is known that all went well (openssl writes what it has not yet authenticated), so the
# result is kept and then written.
wrap() {
  local certificate packet
  certificate=$(parameter keywrapparams.ec)
  [[ -f $certificate ]] || fail "no certificate is named: write provider:$name:CERTIFICATE"
  packet=$(member .keywrapparams.optsdata | base64 -d | seal "$certificate") || fail "cannot wrap for $certificate"
  printf %s "$packet" | jq -Rsc '{keywrapresults: {annotation: explode}}'
}

unwrap() {
  local key options
  key=$(parameter keyunwrapparams.dc)
  [[ -f $key ]] || fail "no private key is named: write provider:$name:KEY"
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
