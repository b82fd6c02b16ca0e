#!/bin/bash
# The provider pkcs11, used as imgcrypt uses it: with tokens of SoftHSM, with packets of ocicrypt, and with packets that
# somebody made to do harm.
# shellcheck disable=SC2034 # arrays are passed by name
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/softhsm.sh
source "$tests_dir/support/shell/softhsm.sh"

provider=$KEY_PROVIDERS/keyprovider-pkcs11
vectors=$tests_dir/vectors
key='token=octest;object=mykey?module-name=softhsm2'
large='token=octest;object=large?module-name=softhsm2&pin-value=1234'
enabled=(Enabled)

# key_request OPERATION KEY PIN PACKET: to use a private key on the first recipient's blob; an empty PIN is none
key_request() {
  jq -c --arg operation "$1" --arg key "$2" --arg pin "$3" \
    '{op: "privatekey", privatekey: {operation: $operation, key: ($key | @base64),
      passphrase: (if $pin == "" then null else $pin | @base64 end), data: .recipients[0].blob, label: "", size: 0}}' "$4"
}

# result: what was decrypted, in $stdout
result() {
  jq -er .privatekeyresults.result <<<"$stdout" | base64 -d
}

packets_of_others_are_opened() {
  local expected
  expected=$(cat "$vectors/pkcs11/opts.json")
  expect_exit 0 ask "$provider" < <(unwrap_request pkcs11 "$vectors/pkcs11/p11-pub-sha1.json" "$TMP/key.yaml")
  expect_equal "$(bytes_of keyunwrapresults optsdata)" "$expected" "what was in p11-pub-sha1"
  # SoftHSM has no OAEP with SHA-256: its bare RSA is used.
  expect_exit 0 ask "$provider" < <(unwrap_request pkcs11 "$vectors/pkcs11/p11-3072.json" "$large")
  expect_equal "$(bytes_of keyunwrapresults optsdata)" "$expected" "what was in p11-3072"
}

# What we make for a token, OpenSSL opens with its key.
both_directions_work() {
  local recipients=("$TMP/key.yaml" "$vectors/keys/rsa2.pub.pem" "$vectors/pkcs7/cert2.pem" "$key") keys hash
  OCICRYPT_OAEP_HASHALG=SHA1 expect_wraps "$TMP/packet" pkcs11 recipients "$provider"
  expect_equal "$(jq -c '[.version, (.recipients[] | .version, .hash)]' "$TMP/packet")" '[0,0,"sha1",0,"sha1"]' "the packet"
  jq -rj '.recipients[0].blob' "$TMP/packet" | base64 -d >"$TMP/blob"
  openssl pkeyutl -decrypt -inkey "$vectors/keys/rsa.pem" -pkeyopt rsa_padding_mode:oaep -in "$TMP/blob" -out "$TMP/opened"
  expect_equal "$(cat "$TMP/opened")" "$options" "what OpenSSL opened"
  keys=("$TMP/key.yaml")
  expect_unwraps "$TMP/packet" pkcs11 keys "$provider"
  expect_unwraps "$TMP/packet" pkcs11 enabled "$provider" --key "$TMP/key.yaml"
  recipients=("$large" "$vectors/keys/rsa3072.pub.pem")
  expect_wraps "$TMP/packet" pkcs11 recipients "$provider"
  expect_equal "$(jq -c '[.recipients[].hash]' "$TMP/packet")" '["sha256"]' "hashes"
  keys=("$TMP/key.yaml" "$large")
  expect_unwraps "$TMP/packet" pkcs11 keys "$provider"
  keys=("$TMP/key.yaml")
  expect_unwrap_fails "encrypted for other keys than $TMP/key.yaml" "$TMP/packet" pkcs11 keys "$provider"
}

# Public keys of files need neither token nor module.
files_need_no_token() {
  local recipients=("$vectors/keys/rsa3072.pub.pem")
  OCICRYPT_CONFIG=$TMP/absent strace -f -qq -e trace=openat -o "$TMP/trace" "$provider" \
    < <(wrap_request pkcs11 "${recipients[@]}") >/dev/null
  ! grep -q softhsm "$TMP/trace" || fail "a module was loaded"
}

wrong_recipients_are_told() {
  local recipients reason
  while IFS='|' read -r recipients reason; do
    expect_wrap_fails "$reason" pkcs11 recipients "$provider"
  done <<END
$vectors/keys/rsa.pem|a private key was given where a public key is needed
$vectors/keys/p256.pub.pem|for RSA keys only; write jwe:
$TMP/absent|No such file
token=octest;object=absent?module-name=softhsm2|has no such public key; it has object=
token=octest;object=twin?module-name=softhsm2|several public keys of the token octest fit: object=twin;id=%01, object=twin;id=%02
token=absent;object=mykey?module-name=softhsm2|the token absent is absent; /usr/lib
token=octest;object=mykey|does not say which module to load
token=octest;object=mykey?module-name=absent|no PKCS#11 module is called absent
token=octest;object=mykey?module-path=/usr/lib/absent.so|the module /usr/lib/absent.so is not allowed; add to
token=octest;object=curve?module-name=softhsm2|for RSA keys only; imgcrypt key public KEYFILE
END
  expect_wrap_fails "no recipient is named" pkcs11 enabled "$provider"
  recipients=("$vectors/keys/rsa3072.pub.pem")
  OCICRYPT_OAEP_HASHALG=md5 expect_wrap_fails "OCICRYPT_OAEP_HASHALG is md5" pkcs11 recipients "$provider"
}

# The configuration of ocicrypt decides, and nothing below the current directory.
modules_are_allowed_by_configuration() {
  local recipients=("$TMP/key.yaml")
  printf 'pkcs11:\n  module-directories: [ %s ]\n  allowed-module-paths: [ %s ]\n' "$(dirname "$softhsm_module")" "$softhsm_module" \
    >"$TMP/allowing.conf"
  printf 'pkcs11:\n  module-directories: [ %s ]\n' "$(dirname "$softhsm_module")" >"$TMP/forbidding.conf"
  export OCICRYPT_OAEP_HASHALG=sha1
  OCICRYPT_CONFIG=$TMP/allowing.conf expect_wraps "$TMP/packet" pkcs11 recipients "$provider"
  OCICRYPT_CONFIG=$TMP/forbidding.conf expect_wrap_fails \
    "$softhsm_module is not allowed; add to $TMP/forbidding.conf, under \"pkcs11:\", the line \"  allowed-module-paths: [ $softhsm_module ]\"" \
    pkcs11 recipients "$provider"
  OCICRYPT_CONFIG=$TMP/absent expect_wrap_fails "$TMP/absent: No such file" pkcs11 recipients "$provider"
  mkdir -p "$TMP/here/etc" "$TMP/home/.config"
  cp "$TMP/allowing.conf" "$TMP/here/etc/ocicrypt.conf"
  if [[ ! -e /etc/ocicrypt.conf ]]; then
    (cd "$TMP/here" && OCICRYPT_CONFIG='' HOME=$TMP/home XDG_CONFIG_HOME='' \
      expect_wrap_fails "no configuration says which PKCS#11 modules may be loaded" pkcs11 recipients "$provider")
  fi
  cp "$TMP/allowing.conf" "$TMP/home/.config/ocicrypt.conf"
  OCICRYPT_CONFIG='' HOME=$TMP/home XDG_CONFIG_HOME='' expect_wraps "$TMP/packet" pkcs11 recipients "$provider"
  unset OCICRYPT_OAEP_HASHALG
}

wrong_keys_are_told() {
  local keys reason
  while IFS='|' read -r keys reason; do
    expect_unwrap_fails "$reason" "$vectors/pkcs11/p11-pub-sha1.json" pkcs11 keys "$provider"
  done <<END
$vectors/keys/rsa.pem|no pkcs11/uri in it
$TMP/absent|No such file
$key|the token octest needs a PIN; write -k KEY:prompt
token=octest;object=absent?module-name=softhsm2&pin-value=1234|has no such private key; it has
token=octest;object=twin?module-name=softhsm2&pin-value=1234|give both object and id
token=octest;object=signer?module-name=softhsm2&pin-value=1234|cannot decrypt: its attribute CKA_DECRYPT is false
token=octest;object=signer;id=%99?module-name=softhsm2&pin-source=relative|pin-source is not the absolute path
END
  expect_unwrap_fails "no key was given; write pkcs11:FILE" "$vectors/pkcs11/p11-pub-sha1.json" pkcs11 enabled "$provider"
  keys=("$key&pin-source=$TMP/pin")
  expect_exit 0 ask "$provider" < <(unwrap_request pkcs11 "$vectors/pkcs11/p11-pub-sha1.json" "${keys[@]}")
  expect_failure "cannot decrypt: its attribute CKA_DECRYPT is false" "$provider" \
    < <(key_request oaep-sha1 "token=octest;object=signer?module-name=softhsm2" 1234 "$vectors/pkcs11/p11-pub-sha1.json")
}

# As jwe: and pkcs7: need them, against OpenSSL.
keys_of_tokens_open_other_packets() {
  local hash digest token="$key"
  for hash in sha1 sha256; do
    printf 'content key' | openssl pkeyutl -encrypt -pubin -inkey "$vectors/keys/rsa.pub.pem" -pkeyopt rsa_padding_mode:oaep \
      -pkeyopt "rsa_oaep_md:$hash" | key_data >"$TMP/data"
    expect_exit 0 ask "$provider" < <(key_request "oaep-$hash" "$token" 1234 "$TMP/data")
    expect_equal "$(result)" "content key" "what OAEP with $hash decrypted"
  done
  printf 'content key' | openssl pkeyutl -encrypt -pubin -inkey "$vectors/keys/rsa.pub.pem" | key_data >"$TMP/data"
  expect_exit 0 ask "$provider" < <(key_request pkcs1 "$token" 1234 "$TMP/data" | jq -c '.privatekey.size = 11')
  expect_equal "$(result)" "content key" "what PKCS #1 v1.5 decrypted"
  expect_exit 0 ask "$provider" < <(key_request pkcs1 "$token" 1234 "$TMP/data" | jq -c '.privatekey.size = 12')
  expect_equal "$(result | wc -c)" 12 "size of what has another size"
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$TMP/peer.pem"
  openssl pkey -in "$TMP/peer.pem" -pubout | key_data >"$TMP/data"
  expect_exit 0 ask "$provider" < <(key_request agree "token=octest;object=curve?module-name=softhsm2" 1234 "$TMP/data")
  expect_equal "$(result | xxd -p -c 64)" \
    "$(openssl pkeyutl -derive -inkey "$TMP/peer.pem" -peerkey "$vectors/keys/p256.pub.pem" | xxd -p -c 64)" "the shared secret"
}

# key_data: stdin in the place of a blob
key_data() {
  jq -n --arg blob "$(base64 -w0)" '{recipients: [{blob: $blob}]}'
}

pins_come_with_the_request() {
  local packet=$vectors/pkcs11/p11-pub-sha1.json
  expect_exit 0 ask "$provider" < <(key_request oaep-sha1 "$key" 1234 "$packet")
  expect_equal "$(result)" "$(cat "$vectors/pkcs11/opts.json")" "what was decrypted"
  expect_failure "wrong PIN for the token octest; a few tries are left until the token locks; it is not tried again" \
    "$provider" < <(key_request oaep-sha1 "$key" other-secret "$packet")
  [[ $stderr != *other-secret* ]] || fail "the PIN was shown"
}

# A wrong PIN is tried once in the life of the program, whatever else is asked for, with whatever PIN.
wrong_pins_are_tried_once() {
  local packet=$vectors/pkcs11/p11-pub-sha1.json i
  for ((i = 0; i < 20; i++)); do
    key_request oaep-sha1 "token=octest;object=mykey?module-path=$spy" wrong "$packet"
    key_request describe "token=octest;id=%A1%B2%C3?module-path=$spy" "other$i" "$packet"
    key_request oaep-sha256 "token=octest;object=large?module-path=$spy" 1234 "$packet"
  done >"$TMP/requests"
  spied "$TMP/requests"
  expect_equal "$(jq -r .error "$TMP/answers" | grep -c 'wrong PIN')" 60 "number of refusals"
  expect_equal "$(grep -c 'C_Login$' "$TMP/spy")" 1 "number of logins"
}

# spied REQUESTS: answers them, with OpenSC's spy between us and SoftHSM, which writes to $TMP/spy
spied() {
  rm -f "$TMP/spy"
  OCICRYPT_CONFIG=$TMP/spy.conf PKCS11SPY=$softhsm_module PKCS11SPY_OUTPUT=$TMP/spy "$provider" --serve <"$1" >"$TMP/answers"
}

# One start, one login.
many_layers_need_one_login() {
  local i
  for ((i = 0; i < 60; i++)); do
    key_request oaep-sha1 "token=octest;object=mykey?module-path=$spy" 1234 "$vectors/pkcs11/p11-pub-sha1.json"
  done >"$TMP/requests"
  spied "$TMP/requests"
  expect_equal "$(grep -c privatekeyresults "$TMP/answers")" 60 "number of layers"
  expect_equal "$(grep -c 'C_Login$' "$TMP/spy")" 1 "number of logins"
}

# Mutations of real packets, by one process: each is answered, and none with a key that was not in the packet.
hostile_packets_do_no_harm() {
  python3 "$tests_dir/keyprovider/hostile_pkcs11.py" "$vectors/pkcs11" "$TMP/key.yaml" 500 >"$TMP/requests"
  timeout 1200 "$provider" --serve <"$TMP/requests" >"$TMP/answers"
  expect_equal "$(wc -l <"$TMP/answers")" 500 "number of answers"
  jq -es --rawfile options "$vectors/pkcs11/opts.json" \
    'all(.error or (.keyunwrapresults.optsdata | implode) == $options)' "$TMP/answers" >/dev/null || fail "a packet opened to something else"
  (($(grep -c '^{"error":' "$TMP/answers") > 250)) || fail "most of the packets were not hostile"
}

spy=$(find /usr/lib -name pkcs11-spy.so -print -quit)
printf 'pkcs11:\n  allowed-module-paths: [ %s ]\n' "$spy" >"$TMP/spy.conf"
command -v strace >/dev/null || fail "strace is missing: scripts/setup installs it"
new_tokens "$TMP"
add_token octest 1234
add_key octest 1234 "$vectors/keys/rsa.pem" mykey a1b2c3
add_key octest 1234 "$vectors/keys/rsa3072.pem" large 30
add_key octest 1234 "$vectors/keys/rsa2.pem" twin 01
add_key octest 1234 "$vectors/keys/rsa3072.pem" twin 02
add_key octest 1234 "$vectors/keys/p256.pem" curve 25
set_flag 0x10c ff # CKA_DERIVE
add_key octest 1234 "$vectors/keys/rsa.pem" signer 99
set_flag 0x105 00 # CKA_DECRYPT
key_file "$TMP/key.yaml" "pkcs11:token=octest;object=mykey;id=%A1%B2%C3?pin-value=1234&module-name=softhsm2"
printf '1234\n' >"$TMP/pin"
packets_of_others_are_opened
both_directions_work
files_need_no_token
wrong_recipients_are_told
modules_are_allowed_by_configuration
wrong_keys_are_told
keys_of_tokens_open_other_packets
pins_come_with_the_request
wrong_pins_are_tried_once
many_layers_need_one_login
hostile_packets_do_no_harm
expect_bad_requests_refused "$provider"
expect_told_about "$provider"
