#!/bin/bash
# Where key providers are found: the configuration, PATH and our own. What is wrong with them is reported where a provider
# is needed, and nowhere else. Also `provider list`, `provider test` and `key generate sodium`.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=../support/providers/config.sh
source "$cli_dir/../support/providers/config.sh"

# encrypt RECIPIENT...
encrypt() {
  rm -rf "$TMP/out"
  imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" "${@/#/-r}"
}


# expect_useless CODE REASON: the present configuration is an error that names it if provider: is used; everything else
# works
expect_useless() {
  expect_exit "$1" encrypt provider:demo
  expect_matches "$stderr" "$2"
  expect_absent "$TMP/out"
  expect_exit "$1" imgcrypt decrypt "oci:$TMP/for-demo:t" "oci:$TMP/out:t" -k provider:demo
  expect_matches "$stderr" "$2"
  expect_absent "$TMP/out"
  expect_exit 0 encrypt "jwe:$TMP/key.pub.pem"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/for-key:t" "oci:$TMP/out2:t" -k "$TMP/key.pem"
  rm -rf "$TMP/out" "$TMP/out2"
}

# expect_broken REASON TEXT
expect_broken() {
  printf '%s' "$2" >"$OCICRYPT_KEYPROVIDER_CONFIG"
  expect_useless 3 "providers\.json: $1"
  expect_exit 3 imgcrypt provider list
  expect_contains "$stderr" "providers.json"
}

configurations_that_are_broken() {
  expect_broken "JSON: malformed at line 3, " $'{\n"key-providers":\n{nonsense}}'
  expect_broken ".*line 1" ""
  expect_broken "line 2: .*\"cmd\" must be an object" $'{"key-providers":\n{"demo":{"cmd":"/bin/true"}}}'
  expect_broken "line 1: .*belong inside \"cmd\"" '{"key-providers":{"demo":{"path":"/bin/true","args":[]}}}'
  expect_broken "line 1: .*privkeys: the name is reserved" '{"key-providers":{"privkeys":{"cmd":{"path":"/bin/true"}}}}'
  mkdir "$TMP/folder"
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/folder expect_useless 3 "$TMP/folder"
  head -c 2000000 /dev/zero >"$TMP/large"
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/large expect_useless 3 "$TMP/large"
}

our_own_need_no_configuration() {
  local problem
  imgcrypt key generate sodium "$TMP/of-ours" >/dev/null
  for problem in "providers.json: JSON" "$TMP/absent: No such file"; do
    echo nonsense >"$TMP/providers.json"
    [[ $problem == providers* ]] || export OCICRYPT_KEYPROVIDER_CONFIG=$TMP/absent
    rm -rf "$TMP/back"
    expect_exit 0 encrypt "provider:sodium:$TMP/of-ours.pub" "jwe:$TMP/key.pub.pem"
    expect_matches "$stderr" "$problem.*; only our own key providers can be used"
    expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "provider:sodium:$TMP/of-ours"
    expect_matches "$stderr" "$problem.*; only our own key providers can be used"
    expect_exit 0 imgcrypt check "oci:$TMP/out:t" -k "$TMP/key.pem"
    [[ $stderr != *"only our own"* ]] || fail "told where no provider was needed: $stderr"
  done
  export OCICRYPT_KEYPROVIDER_CONFIG=$TMP/providers.json
}

configurations_that_are_missing() {
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/absent expect_useless 3 "OCICRYPT_KEYPROVIDER_CONFIG: $TMP/absent: No such file"
  OCICRYPT_KEYPROVIDER_CONFIG="" expect_useless 3 "demo is not configured: OCICRYPT_KEYPROVIDER_CONFIG is not set"
  configure another /bin/true
  expect_useless 3 "demo is not configured: it is not in $OCICRYPT_KEYPROVIDER_CONFIG"
  echo '{"key-providers":{}}' >"$OCICRYPT_KEYPROVIDER_CONFIG"
  expect_useless 3 "demo is not configured"
  echo '{"key-providers":{"demo":{"grpc":"localhost:1"}}}' >"$OCICRYPT_KEYPROVIDER_CONFIG"
  expect_useless 9 "demo.*(localhost:1|keyprovider-grpc is not installed)"
  echo '{"key-providers":{"demo":{}}}' >"$OCICRYPT_KEYPROVIDER_CONFIG"
  expect_useless 9 "demo.*\"cmd\""
  expect_exit 3 encrypt provider:
  expect_exit 3 encrypt provider::value
}

expect_demo_works() {
  expect_exit 0 encrypt provider:demo
  expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k provider:demo
  expect_same_layers "$TMP/back" t "$TMP/plain" t
  rm -rf "$TMP/back"
}

commands_win_over_addresses() {
  configure_toy
  jq '."key-providers".demo.grpc = "localhost:50051"' "$OCICRYPT_KEYPROVIDER_CONFIG" >"$TMP/both"
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/both expect_demo_works
}

programs_are_looked_for_in_path() {
  mkdir "$TMP/bin"
  ln -s "$providers_dir/toy.py" "$TMP/bin/toy-provider"
  configure demo toy-provider "$TMP"
  expect_exit 9 encrypt provider:demo
  PATH=$TMP/bin:$PATH expect_demo_works
}

# A relative path is relative to the user's working directory, which is also the provider's.
directory_and_environment_are_inherited() {
  mkdir "$TMP/work"
  ln -s "$providers_dir/toy.py" "$TMP/work/toy-here"
  configure demo ./toy-here .
  (cd "$TMP/work" && expect_demo_works)
  [[ -s $TMP/work/keywrap.in.json ]] || fail "the provider ran elsewhere"
  configure_script "$TMP/asking" "[[ \$SAFE == open ]] && exec python3 $providers_dir/toy.py $TMP"
  expect_exit 9 encrypt provider:demo
  SAFE=open expect_demo_works
}

what_is_configured_is_listed() {
  echo '{"key-providers":{"one":{"cmd":{"path":"cat","args":["-u","x\u001b[31m"]}},"two":{"grpc":"localhost:1"},
    "three":{"cmd":{"path":"/absent/program","serve-args":["serve"]}}}}' >"$OCICRYPT_KEYPROVIDER_CONFIG"
  expect_exit 0 imgcrypt provider list
  expect_contains "$stdout" 'one: cat -u x\x1b[31m (started for each layer)'
  expect_matches "$stdout" 'two: .*(keyprovider-grpc .*localhost:1|keyprovider-grpc is not installed)'
  expect_matches "$stdout" 'three: /absent/program.*cannot be started'
  expect_matches "$stdout" 'sodium: .*/keyprovider-sodium \(started once per image, starts in [0-9.]+ ms\)'
}

# expect_test_fails REASON NAME
expect_test_fails() {
  expect_exit 9 imgcrypt provider test "$2" --provider-timeout 5
  expect_matches "$stdout" "FAIL +[^"$'\n'"]*$1"
  expect_matches "$stderr" "error: key provider demo: [0-9]+ checks? failed"
}

providers_are_tested() {
  unset OCICRYPT_KEYPROVIDER_CONFIG
  imgcrypt key generate sodium "$TMP/tested" >/dev/null
  expect_exit 0 imgcrypt provider test "sodium:$TMP/tested.pub" -k "$TMP/tested"
  [[ $stdout != *FAIL* && $stdout == *"ok "* ]] || fail "the test of sodium: $stdout"
  export OCICRYPT_KEYPROVIDER_CONFIG=$TMP/providers.json
  configure_toy
  expect_test_fails "damaged at byte .*another key" demo
  configure_script "$TMP/open-safe" "jq -c 'if .op == \"keywrap\" then {keywrapresults: {annotation: .keywrapparams.optsdata}}
    else {keyunwrapresults: {optsdata: .keyunwrapparams.annotation}} end'"
  expect_test_fails "reveals nothing of the key: the key can be read" demo
  configure_hostile complains
  expect_test_fails "wraps a key.*the safe is locked" demo
  configure demo "$TMP/absent"
  expect_exit 9 imgcrypt provider test demo
  expect_exit 3 imgcrypt provider test unknown
}

keys_are_generated() {
  expect_exit 0 imgcrypt key generate sodium "$TMP/made"
  expect_equal "$stdout" "provider:sodium:$TMP/made.pub" "the recipient"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/for-sodium:t" -r "$stdout"
  expect_exit 0 imgcrypt check "oci:$TMP/for-sodium:t" -k "provider:sodium:$TMP/made"
  expect_equal "$(stat -c %a "$TMP/made")" 600 "the mode of the secret key"
  cp "$TMP/made" "$TMP/before"
  expect_exit 8 imgcrypt key generate sodium "$TMP/made"
  expect_contains "$stderr" "already exists"
  cmp "$TMP/made" "$TMP/before"
  expect_exit 0 imgcrypt key generate sodium --force "$TMP/made"
  ! cmp -s "$TMP/made" "$TMP/before" || fail "--force made no new key"
  (cd "$TMP" && expect_exit 0 imgcrypt key generate sodium -- --force)
  [[ -s $TMP/--force && -s $TMP/--force.pub ]] || fail "a file whose name looks like an option was not written"
  for text in sodium age jwe-ec; do
    expect_exit "$([[ $text == jwe-ec ]] && echo 3 || echo 1)" imgcrypt key generate "$text" /proc/made
    expect_contains "$stderr" "error: /proc/made: no file can be made there"
    expect_contains "$stderr" "hint: choose a directory that you can make files in"
  done
  sed 's/-secret-.*/-secret-AAAA/' "$TMP/made" >"$TMP/cut"
  chmod 600 "$TMP/cut"
  expect_exit 3 imgcrypt key show "$TMP/cut"
  expect_contains "$stderr" "a key that was cut or has a typing error"
  [[ $stderr != *"exit status"* ]] || fail "who said it helps nobody: $stderr"
  expect_exit 3 imgcrypt key generate sodium "$TMP/absent/key"
  expect_contains "$stderr" "$TMP/absent/key"
  expect_exit 3 imgcrypt key generate sodium
}

make_keys "$TMP/key" P-256
make_image "$TMP/plain" t --no-busybox --layers 1 --layer-size 5000 >/dev/null
configure_toy
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/for-demo:t" -r provider:demo >/dev/null 2>&1
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/for-key:t" -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1

configurations_that_are_broken
our_own_need_no_configuration
configurations_that_are_missing
commands_win_over_addresses
programs_are_looked_for_in_path
directory_and_environment_are_inherited
what_is_configured_is_listed
providers_are_tested
keys_are_generated
