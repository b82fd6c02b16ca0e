#!/bin/bash
# What key providers are sent, and which replies are accepted.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"

vectors=$cli_dir/../vectors/keyprovider

# encrypt RECIPIENT...: encrypts $TMP/plain to $TMP/encrypted
encrypt() {
  rm -rf "$TMP/encrypted"
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" "${@/#/-r}"
}

# decrypt KEY...
decrypt() {
  rm -rf "$TMP/out"
  imgcrypt decrypt "oci:$TMP/encrypted:t" "oci:$TMP/out:t" "${@/#/-k}"
}

# expect_opens KEY...
expect_opens() {
  expect_exit 0 decrypt "$@"
  expect_equal "$(root_of "$TMP/out" t)" "$digest" "the digest of what was decrypted"
}

# expect_refused CODE REASON KEY...
expect_refused() {
  expect_exit "$1" decrypt "${@:3}"
  expect_matches "$stderr" "$2"
  expect_absent "$TMP/out"
}

# without_content FILE: a request without what is to be wrapped or unwrapped, which is new each time
without_content() {
  sed -E 's/("(optsdata|annotation)":")[A-Za-z0-9+/]+=*"/\1"/' "$1"
}

# expect_parameters OPERATION JSON: the last request had these
expect_parameters() {
  local member=.keyunwrapparams.dc.Parameters
  [[ $1 == keyunwrap ]] || member=.keywrapparams.ec.Parameters
  expect_equal "$(jq -c "$member | map_values(map(@base64d))" "$TMP/$1.in.json")" "$2" "the parameters of $1"
}

requests_are_those_of_ocicrypt() {
  local operation
  configure_toy
  expect_exit 0 encrypt "provider:demo:some:param=1"
  expect_opens provider:demo
  for operation in keywrap keyunwrap; do
    expect_equal "$(without_content "$TMP/$operation.in.json")" "$(without_content "$vectors/$operation.in.json")" "the request"
    expect_equal "$(tail -c1 "$TMP/$operation.in.json")" "}" "the last byte of the request"
  done
  jq -r .keyunwrapparams.annotation "$TMP/keyunwrap.in.json" >"$TMP/asked"
  grep -qF "$(cat "$TMP/asked")" "$(blob "$TMP/encrypted" "$(root_of "$TMP/encrypted" t)")" || fail "the provider was asked about another packet"
}

parameters_are_those_of_the_user() {
  configure_toy
  encrypt provider:demo:a:b=c:: provider:demo provider:demo: $'provider:demo:caf\303\251 "\n' >/dev/null 2>&1
  expect_parameters keywrap '{"demo":["a:b=c::","Enabled","","café \"\n"]}'
  expect_opens provider:demo:x provider:demo
  expect_parameters keyunwrap '{"demo":["x","Enabled"]}'
  expect_opens
  expect_equal "$(jq -c .keyunwrapparams.dc "$TMP/keyunwrap.in.json")" '{"Parameters":{}}' "what is sent without a parameter"
}

# A provider receives neither another provider's parameters nor a key, whether a key is given by name or by descriptor.
others_are_kept_secret() {
  local request
  configure_script "$TMP/watched" "ls /proc/\$\$/fd >$TMP/descriptors
    exec python3 $providers_dir/toy.py $TMP"
  jq '."key-providers".other = ."key-providers".demo' "$OCICRYPT_KEYPROVIDER_CONFIG" >"$TMP/both.json"
  mv "$TMP/both.json" "$OCICRYPT_KEYPROVIDER_CONFIG"
  encrypt "jwe:$TMP/right.pub.pem" provider:demo >/dev/null 2>&1
  expect_parameters keywrap '{"demo":["Enabled"]}'
  openssl pkey -in "$TMP/wrong.pem" -aes256 -passout pass:locked -out "$TMP/locked.pem"
  printf locked >"$TMP/passphrase"
  expect_opens "$TMP/locked.pem:fd=7" "$TMP/wrong.pem" provider:demo:mine provider:other:secret 7<"$TMP/passphrase"
  expect_parameters keyunwrap '{"demo":["mine"]}'
  request=$(cat "$TMP/keyunwrap.in.json")
  [[ $request != *privkeys* && $request != *"$(printf secret | base64)"* ]] || fail "too much was sent: $request"
  expect_equal "$(paste -sd' ' "$TMP/descriptors")" "0 1 2 255" "the descriptors of the provider" # 255 is the script itself
}

# expect_shape_works COMMAND
# The variable that held a key's passphrase is removed before a provider inherits the environment.
passphrases_are_not_inherited() {
  configure_script "$TMP/watched" "env >$TMP/environment
    exec python3 $providers_dir/toy.py $TMP"
  openssl pkey -in "$TMP/wrong.pem" -aes256 -passout pass:geheim -out "$TMP/locked.pem"
  encrypt provider:demo >/dev/null 2>&1
  PASSPHRASE=geheim OTHER=inherited expect_opens "$TMP/locked.pem:env=PASSPHRASE" provider:demo
  grep -qx OTHER=inherited "$TMP/environment" || fail "the environment is not inherited"
  ! grep -q -e PASSPHRASE -e geheim "$TMP/environment" || fail "the provider can read the passphrase"
  # Whether the command takes keys or not.
  IMGCRYPT_KEY=$TMP/locked.pem:pass=geheim encrypt provider:demo >/dev/null 2>&1
  ! grep -q -e IMGCRYPT_KEY -e geheim "$TMP/environment" || fail "the provider can read IMGCRYPT_KEY"
}

expect_shape_works() {
  configure demo bash "$providers_dir/reshaped.sh" "$TMP" "$1"
  expect_exit 0 encrypt provider:demo
  expect_opens provider:demo
}

# pad_to SIZE: the command that pads a reply with spaces
pad_to() {
  echo "python3 -c 'import sys; sys.stdout.write(sys.stdin.read().ljust($1))'"
}

replies_come_in_many_shapes() {
  local shape
  for shape in cat "sed 's/=/\\\\u003d/g'" "jq ." "sed 's/\$/\\r\\n\\n/'" "$(pad_to 1048576)" \
    "jq -c '. + {\"later\": [1.5e3, null]} | map_values(. as \$v | try (\$v + {\"version\": 2}) catch \$v)'"; do
    expect_shape_works "$shape"
  done
  configure demo python3 "$providers_dir/toy.py" "$TMP" array
  expect_exit 0 encrypt provider:demo
  expect_opens provider:demo
}

# expect_shape_refused CODE-ON-WRAP CODE-ON-UNWRAP REASON COMMAND
expect_shape_refused() {
  configure demo bash "$providers_dir/reshaped.sh" "$TMP" "$4"
  expect_refused "$2" "key provider demo.*$3" provider:demo
  expect_exit "$1" imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/refused:t" -r provider:demo
  expect_matches "$stderr" "key provider demo"
  expect_absent "$TMP/refused"
}

replies_that_are_refused() {
  local shape
  configure_toy
  encrypt provider:demo >/dev/null 2>&1
  for shape in "sed 's/\$/x/'" "sed 's/\$/\\x00/'" "tee $TMP/once | cat - $TMP/once" "sed '1s/^/\\xef\\xbb\\xbf/'" "jq -c '[.]'" \
    "jq -r 'keys[0]'" "sed 's/results\": {/&\"annotation\":\"\",\"optsdata\":\"\",/'" "cut -c -20" \
    "jq -c 'map_values(map_values([256]))'" "jq -c 'map_values(map_values(\"*\"))'" "jq -c 'map_values(\"\")'"; do
    expect_shape_refused 9 9 "its reply" "$shape"
  done
  expect_shape_refused 9 9 "longer than 1048576" "$(pad_to 1048577)"
  expect_shape_refused 9 9 "the safe is locked" "cat >/dev/null; echo '{\"error\":\"the safe is locked\"}'"
  for shape in "cat >/dev/null; echo '{}'" "jq -c 'map_values(null)'" "jq -c 'map_values({})'" "jq -c 'map_values(map_values(null))'"; do
    expect_shape_refused 9 6 "returned no key" "$shape"
  done
}

# Several schemes on one layer: any of the keys opens it, and if none does, each gives its reason.
any_key_opens_it() {
  configure_toy
  encrypt "jwe:$TMP/right.pub.pem" "pkcs7:$TMP/certificate.pem" provider:demo >/dev/null 2>&1
  expect_opens provider:demo
  configure_hostile complains
  expect_opens "$TMP/right.pem" provider:demo
  expect_opens provider:demo "$TMP/certified.pem"
  expect_opens "$TMP/certified.pem" "$TMP/certificate.pem"
  expect_refused 9 "wrong.pem.*the safe is locked" "$TMP/wrong.pem" provider:demo
  configure demo echo '{}'
  expect_refused 6 "wrong.pem.*key provider demo returned no key" "$TMP/wrong.pem" provider:demo
  expect_refused 6 "wrapped for jwe .*pkcs7 .*key provider demo" "$TMP/wrong.pem"
  expect_opens "$TMP/right.pem"
}

make_keys "$TMP/right" P-256
make_keys "$TMP/wrong" rsa
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout "$TMP/certified.pem" -out "$TMP/certificate.pem" 2>/dev/null
digest=$(make_image "$TMP/plain" t --no-busybox --layers 2 --layer-size 5000)

requests_are_those_of_ocicrypt
parameters_are_those_of_the_user
others_are_kept_secret
passphrases_are_not_inherited
replies_come_in_many_shapes
replies_that_are_refused
any_key_opens_it
