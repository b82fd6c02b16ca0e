#!/bin/bash
# Keys whose key provider is missing, as it was not installed or as this build left it out: the error says which, and how
# to get it; everything else works. Needs none of the programs.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

alone=$TMP/alone/bin/imgcrypt
vectors=$cli_dir/../vectors

# expect_missing PROGRAM ARGUMENT...: of imgcrypt without the programs that belong beside it
expect_missing() {
  local program=keyprovider-$1
  expect_exit 9 "$alone" "${@:2}"
  if is_built "$1"; then
    expect_contains "$stderr" "$program is not installed at $TMP/alone/libexec/imgcrypt/$program"
    expect_contains "$stderr" "keep bin and libexec together"
  else
    expect_contains "$stderr" "this build of imgcrypt has no $program"
    expect_contains "$stderr" "built with -DIMGCRYPT_${1^^}=ON"
  fi
  expect_absent "$TMP/none"
}

is_built() {
  jq -e --arg kind "$1" '.keyProviders | index($kind)' "$TMP/version.json" >/dev/null
}

# expect_listed_as_missing PROGRAM NAME
expect_listed_as_missing() {
  if is_built "$1"; then
    expect_contains "$stdout" "$2: keyprovider-$1 is not installed at $TMP/alone/libexec/imgcrypt/keyprovider-$1"
  else
    expect_contains "$stdout" "$2: this build of imgcrypt has no keyprovider-$1"
  fi
}

its_program_is_named() {
  local encrypt=(encrypt "oci:$TMP/plain:t" "oci:$TMP/none:t" -r) decrypt=(decrypt "oci:$TMP/in:t" "oci:$TMP/none:t" -k)
  expect_missing age "${encrypt[@]}" age:age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj
  expect_missing age "${decrypt[@]}" "age:$TMP/key.age"
  expect_missing age key show "$TMP/key.age"
  expect_missing age key generate age "$TMP/none"
  expect_missing coco "${encrypt[@]}" "provider:attestation-agent:keypath=$TMP/key.age"
  expect_missing pgp "${encrypt[@]}" "pgp:$vectors/keys/pgp1.pub"
  expect_missing pgp "${decrypt[@]}" "pgp:$TMP/key.pgp"
  expect_missing pgp key show "$TMP/key.pgp"
  expect_missing pkcs11 "${encrypt[@]}" "pkcs11:$vectors/keys/rsa2.pub.pem"
  expect_missing pkcs11 "${decrypt[@]}" "pkcs11:$TMP/key.yaml"
  expect_missing pkcs11 "${decrypt[@]}" "pkcs11:token=octest;object=key"
  expect_missing pkcs11 key show "$TMP/key.yaml"
  expect_missing sodium "${encrypt[@]}" provider:sodium:key.pub
  expect_missing sodium key generate sodium "$TMP/none"
  expect_missing sodium provider test sodium
  expect_missing tpm2 "${decrypt[@]}" tpm2:0x81010003
  expect_missing tpm2 key show "$TMP/key.tpm2"
  expect_missing tpm2 key generate tpm2 "$TMP/none"
}

services_are_not_asked() {
  local configuration=$TMP/services.json
  echo '{"key-providers":{"demo":{"grpc":"localhost:1"},"guest":{"ttrpc":"unix:///cdh.sock"}}}' >"$configuration"
  OCICRYPT_KEYPROVIDER_CONFIG=$configuration expect_missing grpc encrypt "oci:$TMP/plain:t" "oci:$TMP/none:t" -r provider:demo
  expect_contains "$stderr" "key provider demo speaks gRPC, but "
  OCICRYPT_KEYPROVIDER_CONFIG=$configuration expect_exit 9 "$alone" encrypt "oci:$TMP/plain:t" "oci:$TMP/none:t" -r provider:guest
  expect_contains "$stderr" "key provider guest speaks ttrpc, which is not supported"
}

it_is_listed() {
  expect_exit 0 "$alone" provider list
  expect_listed_as_missing age age
  expect_listed_as_missing coco attestation-agent
  expect_listed_as_missing grpc grpc
  expect_listed_as_missing pgp pgp
  expect_listed_as_missing pkcs11 pkcs11
  expect_listed_as_missing sodium sodium
  expect_listed_as_missing tpm2 tpm2
  expect_exit 0 "$alone" -o json provider list
  python3 "$cli_dir/check_schema.py" "$cli_dir/../../docs/output.schema.json" providerList <<<"$stdout"
  expect_equal "$(jq -c '[.providers[].usable] | unique' <<<"$stdout")" "[false]" "whether any can be used"
}

# As with a library that is missing.
what_cannot_start_is_listed() {
  mkdir -p "$TMP/alone/libexec/imgcrypt"
  printf '#!/bin/sh\necho the library is missing >&2\nexit 127\n' >"$TMP/alone/libexec/imgcrypt/keyprovider-sodium"
  chmod +x "$TMP/alone/libexec/imgcrypt/keyprovider-sodium"
  expect_exit 0 "$alone" provider list
  expect_matches "$stdout" "sodium: .*the library is missing"
  rm -r "$TMP/alone/libexec"
}

others_work() {
  expect_exit 0 "$alone" inspect "oci:$TMP/in:t"
  expect_exit 0 "$alone" decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" -k "$TMP/key.pem"
}

mkdir -p "$TMP/alone/bin"
cp "$IMGCRYPT" "$alone"
"$alone" -o json version >"$TMP/version.json"
make_image "$TMP/plain" t --no-busybox --layers 1 --layer-size 5000 >/dev/null
make_keys "$TMP/key" P-256
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$TMP/key.pub.pem" >/dev/null 2>&1
sed -n 's/^identity: //p' "$vectors/age/x25519" >"$TMP/key.age"
install -m 600 "$vectors/keys/pgp1.sec" "$TMP/key.pgp"
install -m 600 "$vectors/tpm2/openssl.pem" "$TMP/key.tpm2"
printf 'pkcs11:\n  uri: pkcs11:token=octest;object=key\n' >"$TMP/key.yaml"
chmod 600 "$TMP"/key.*
its_program_is_named
services_are_not_asked
it_is_listed
what_cannot_start_is_listed
others_work
