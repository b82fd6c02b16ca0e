#!/bin/bash
# The provider pkcs11, used as imgcrypt uses it: with tokens of SoftHSM, with packets of ocicrypt, and with packets that
# somebody made to do harm.
# shellcheck disable=SC2034 # arrays are passed by name
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/shell/softhsm.sh
source "$tests_dir/support/shell/softhsm.sh"

# The leak checker of a sanitizer build does not work under strace, and SoftHSM leaks.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

provider=$KEY_PROVIDERS/keyprovider-pkcs11
vectors=$tests_dir/vectors
key='token=octest;object=mykey?module-name=softhsm2'
large='token=octest;object=large?module-name=softhsm2&pin-value=1234'
enabled=(Enabled)

# pin_request PACKET KEY PIN
pin_request() {
  unwrap_request pkcs11 "$1" "$2" | jq -cj --argjson pins "$(base64_list "$3")" \
    '.keyunwrapparams.dc.Parameters["pkcs11-passphrases"] = $pins'
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

# What we make for a token, OpenSSL opens with its key, and OpenSC by the token.
both_directions_work() {
  local recipients=("$TMP/key.yaml" "$vectors/keys/rsa2.pub.pem" "$vectors/pkcs7/cert2.pem" "$key") keys hash
  OCICRYPT_OAEP_HASHALG=SHA1 expect_wraps "$TMP/packet" pkcs11 recipients "$provider"
  expect_equal "$(jq -c '[.version, (.recipients[] | .version, .hash)]' "$TMP/packet")" '[0,0,"sha1",0,"sha1"]' "the packet"
  jq -rj '.recipients[0].blob' "$TMP/packet" | base64 -d >"$TMP/blob"
  openssl pkeyutl -decrypt -inkey "$vectors/keys/rsa.pem" -pkeyopt rsa_padding_mode:oaep -in "$TMP/blob" -out "$TMP/opened"
  expect_equal "$(cat "$TMP/opened")" "$options" "what OpenSSL opened"
  token_tool octest 1234 --decrypt --label mykey --mechanism RSA-PKCS-OAEP --hash-algorithm SHA-1 --mgf MGF1-SHA1 \
    --input-file "$TMP/blob" --output-file "$TMP/opened" >/dev/null
  expect_equal "$(cat "$TMP/opened")" "$options" "what OpenSC opened"
  keys=("$TMP/key.yaml")
  expect_unwraps "$TMP/packet" pkcs11 keys "$provider"
  expect_unwraps "$TMP/packet" pkcs11 enabled "$provider" --key "$TMP/key.yaml"
  recipients=("$large" "$vectors/keys/rsa3072.pub.pem")
  expect_wraps "$TMP/packet" pkcs11 recipients "$provider"
  expect_equal "$(jq -c '[.recipients[].hash]' "$TMP/packet")" '["sha256"]' "hashes"
  keys=("$TMP/key.yaml" "$large")
  expect_unwraps "$TMP/packet" pkcs11 keys "$provider"
  keys=("$TMP/key.yaml")
  expect_unwrap_fails "encrypted for 1 RSA key; tried $TMP/key.yaml (pkcs11:token=octest;object=mykey;id=%a1%b2%c3)" \
    "$TMP/packet" pkcs11 keys "$provider"
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
$vectors/keys/rsa.pem|a private key was given where a public one is needed
$vectors/keys/p256.pub.pem|for RSA keys only; write jwe:
$vectors/keys/rsa.pub.pem|a 2048-bit RSA key holds 190 bytes
$TMP/absent|No such file
token=octest;object=absent?module-name=softhsm2|has no such public key; it has object=
token=octest;object=twin?module-name=softhsm2|several public keys of the token octest fit: object=twin;id=%01, object=twin;id=%02
token=absent;object=mykey?module-name=softhsm2|the token absent is absent; /usr/lib
token=octest;object=mykey|does not say which module to load
token=octest;object=mykey?module-name=absent|no PKCS#11 module is called absent
token=octest;object=mykey?module-path=/usr/lib/absent.so|the module /usr/lib/absent.so is not allowed; add to
token=octest;object=curve?module-name=softhsm2|is not an RSA key
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
token=octest;object=signer?module-name=softhsm2&pin-value=1234|its attribute CKA_DECRYPT is false
END
  expect_unwrap_fails "no key was given; write -k pkcs11:FILE" "$vectors/pkcs11/p11-pub-sha1.json" pkcs11 enabled "$provider"
  keys=("$TMP/absent" "$key&pin-source=$TMP/pin")
  expect_exit 0 ask "$provider" < <(unwrap_request pkcs11 "$vectors/pkcs11/p11-pub-sha1.json" "${keys[@]}")
}

pins_come_with_the_request() {
  local packet=$vectors/pkcs11/p11-pub-sha1.json
  expect_exit 0 ask "$provider" < <(pin_request "$packet" "$key" 1234)
  expect_failure "wrong PIN for the token octest; a few tries are left until the token locks; it is not tried again" \
    "$provider" < <(pin_request "$packet" "$key" other-secret)
  [[ $stderr != *other-secret* ]] || fail "the PIN was shown"
}

# A wrong PIN is tried once in the life of the program, whatever else is asked for, with whatever PIN.
wrong_pins_are_tried_once() {
  local packet=$vectors/pkcs11/p11-pub-sha1.json i
  {
    for ((i = 0; i < 20; i++)); do
      pin_request "$packet" "$key" wrong
      echo
      pin_request "$packet" "token=octest;id=%A1%B2%C3?module-name=softhsm2" "other$i"
      echo
      unwrap_request pkcs11 "$packet" "$TMP/key.yaml"
      echo
    done
  } >"$TMP/requests"
  "$provider" --serve <"$TMP/requests" >"$TMP/answers"
  expect_equal "$(jq -r .error "$TMP/answers" | grep -c 'wrong PIN')" 60 "number of refusals"
  # SoftHSM does not count: its functions are counted.
  spy_logins "$TMP/requests"
  expect_equal "$(grep -c 'C_Login$' "$TMP/spy")" 1 "number of logins"
}

# spy_logins REQUESTS: as serve, with OpenSC's spy between us and SoftHSM, which writes to $TMP/spy
spy_logins() {
  local spy
  spy=$(find /usr/lib -name pkcs11-spy.so -print -quit)
  printf 'pkcs11:\n  allowed-module-paths: [ %s ]\n' "$spy" >"$TMP/spy.conf"
  rm -f "$TMP/spy"
  sed "s|$(printf %s "$key" | base64 -w0)|$(printf %s "token=octest;object=mykey?module-path=$spy" | base64 -w0)|" "$1" |
    grep -v "$(printf %s "$TMP/key.yaml" | base64 -w0)" |
    OCICRYPT_CONFIG=$TMP/spy.conf PKCS11SPY=$softhsm_module PKCS11SPY_OUTPUT=$TMP/spy "$provider" --serve >"$TMP/answers"
  sed -i 's/^[0-9]*: //' "$TMP/spy"
}

# One start, one login.
many_layers_need_one_login() {
  local i
  for ((i = 0; i < 60; i++)); do
    pin_request "$vectors/pkcs11/p11-pub-sha1.json" "$key" 1234
    echo
  done >"$TMP/requests"
  spy_logins "$TMP/requests"
  expect_equal "$(grep -c keyunwrapresults "$TMP/answers")" 60 "number of layers"
  expect_equal "$(grep -c 'C_Login$' "$TMP/spy")" 1 "number of logins"
}

# Mutations of real packets, by one process: each is answered, and none with a key that was not in the packet.
hostile_packets_do_no_harm() {
  python3 "$tests_dir/keyprovider/hostile_pkcs11.py" "$vectors/pkcs11" "$TMP/key.yaml" 2000 >"$TMP/requests"
  timeout 1200 "$provider" --serve <"$TMP/requests" >"$TMP/answers"
  expect_equal "$(wc -l <"$TMP/answers")" 2000 "number of answers"
  jq -es --rawfile options "$vectors/pkcs11/opts.json" \
    'all(.error or (.keyunwrapresults.optsdata | implode) == $options)' "$TMP/answers" >/dev/null || fail "a packet opened to something else"
  (($(grep -c '^{"error":' "$TMP/answers") > 1000)) || fail "most of the packets were not hostile"
}

keys_are_listed() {
  expect_exit 0 "$provider" list "$TMP/key.yaml"
  expect_equal "$(jq -r '.[0] | .uri, .kind, .fingerprint, .fault' <<<"$stdout" | paste -sd'|')" \
    "pkcs11:token=octest;object=mykey;id=%A1%B2%C3|RSA 2048|GaTh-csFfrC4Tw6RZ91zZWSuO3JIUXn6l1pWPZf94p8|" "the key"
  expect_exit 0 "$provider" public "$TMP/key.yaml"
  expect_equal "$stdout" "$(cat "$vectors/keys/rsa.pub.pem")" "the public half"
}

command -v strace >/dev/null || fail "strace is missing: scripts/setup installs it"
new_tokens "$TMP"
add_token octest 1234
add_key octest 1234 "$vectors/keys/rsa.pem" mykey a1b2c3
add_key octest 1234 "$vectors/keys/rsa3072.pem" large 30
add_key octest 1234 "$vectors/keys/rsa2.pem" twin 01
add_key octest 1234 "$vectors/keys/rsa3072.pem" twin 02
add_key octest 1234 "$vectors/keys/p256.pem" curve 25
token_tool octest 1234 --keypairgen --key-type rsa:2048 --label signer --id 99 --usage-sign >/dev/null
key_file "$TMP/key.yaml" "pkcs11:token=octest;object=mykey;id=%A1%B2%C3?pin-value=1234&module-name=softhsm2"
printf '1234\n' >"$TMP/pin"
packets_of_others_are_opened
both_directions_work
files_need_no_token
wrong_recipients_are_told
modules_are_allowed_by_configuration
wrong_keys_are_told
pins_come_with_the_request
wrong_pins_are_tried_once
many_layers_need_one_login
keys_are_listed
hostile_packets_do_no_harm
expect_bad_requests_refused "$provider"
expect_told_about "$provider"
