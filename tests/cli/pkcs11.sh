#!/bin/bash
# Images for keys of PKCS#11 tokens, by SoftHSM, and for their public keys in files.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=decoded.sh
source "$cli_dir/decoded.sh"
# shellcheck source=recipients_of.sh
source "$cli_dir/recipients_of.sh"
# shellcheck source=../support/shell/softhsm.sh
source "$cli_dir/../support/shell/softhsm.sh"

: "${CTD_DECODER:=$cli_dir/../../build/release/streamproc/ctd-decoder}"
vectors=$cli_dir/../vectors
uri='pkcs11:token=octest;object=mykey?module-name=softhsm2'
export OCICRYPT_OAEP_HASHALG=sha1

one_image_is_for_keys_of_all_kinds() {
  encrypt "pkcs11:$TMP/key.yaml" "pkcs11:$TMP/rsa2.pub.pem" "jwe:$TMP/alice.pub.pem"
  expect_opened "$TMP/key.yaml" "pkcs11:$TMP/key.yaml" "$TMP/rsa2.pem" "$TMP/alice.pem"
  expect_not_opened "$TMP/large.yaml"
  expect_contains "$stderr" "keys tried: pkcs11:$TMP/large.yaml (3072-bit RSA key"
  expect_equal "$(annotation keys.pkcs11 | tr -cd , | wc -c)" 0 "number of further packets"
  encrypt "$uri"
  expect_opened "$TMP/key.yaml" "$TMP/rsa.pem"
}

# annotation NAME: of the first layer
annotation() {
  jq -r ".layers[0].annotations[\"org.opencontainers.image.enc.$1\"]" "$(blob "$TMP/in" "$(root_of "$TMP/in" t)")"
}

# PINs in every form, with a URI and with a file that has none.
pins_are_asked_for() {
  encrypt "$uri"
  PIN_OF_TEST=1234 expect_opened "$uri:env=PIN_OF_TEST"
  expect_opened "$uri:file=$TMP/pin" "$uri&pin-source=file:$TMP/pin" "$uri&pin-value=%31234" "$TMP/no-pin.yaml:file=$TMP/pin" \
    "$TMP/no-pin.yaml:pass=1234"
  expect_opened "$uri:fd=7" 7<"$TMP/pin"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$uri"
  expect_contains "$stderr" "the token octest needs a PIN"
  expect_contains "$stderr" "hint: write -k KEY:prompt"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$uri:file=$TMP/wrong-pin"
  expect_contains "$stderr" "wrong PIN for the token octest; a few tries are left until the token locks; it is not tried again"
}

# Without :prompt as well, and once: the token counts wrong ones.
a_terminal_is_asked() {
  local key
  encrypt "$uri"
  for key in "$uri" "$TMP/no-pin.yaml" "pkcs11:$TMP/no-pin.yaml:prompt"; do
    rm -rf "$TMP/back"
    expect_exit 0 timeout 60 python3 "$cli_dir/pty_answer.py" 1234 "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" -k "$key"
    expect_contains "$stdout" "PIN of pkcs11:"
  done
  # One token, one question.
  expect_exit 0 timeout 60 python3 "$cli_dir/pty_answer.py" 1234 "$IMGCRYPT" check "oci:$TMP/in:t" -k "$uri" \
    -k "pkcs11:token=octest;object=large?module-name=softhsm2"
  expect_exit 3 timeout 60 python3 "$cli_dir/pty_answer.py" $'4321\n1234' "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$uri"
  expect_contains "$stdout" "wrong PIN for the token octest"
  expect_exit 0 timeout 60 python3 "$cli_dir/pty_answer.py" 1234 "$IMGCRYPT" check "oci:$TMP/in:t" -k "$TMP/key.yaml"
  [[ $stdout != *"PIN of"* ]] || fail "the PIN of the key file was asked for: $stdout"
}

# As with key files.
exposed_pins_are_warned_of() {
  encrypt "$uri"
  cp "$TMP/pin" "$TMP/open-pin"
  cp "$TMP/key.yaml" "$TMP/open.yaml"
  chmod 755 "$TMP"
  chmod 644 "$TMP/open-pin" "$TMP/open.yaml"
  expect_opened "$uri&pin-source=file:$TMP/open-pin"
  expect_contains "$stderr" "warning: PIN file $TMP/open-pin: "
  expect_opened "$TMP/open.yaml"
  expect_contains "$stderr" "warning: key $TMP/open.yaml: "
}

# Neither in what programs are started with, nor in their environment, nor in anything that is printed.
pins_are_not_shown() {
  local key
  for key in "$uri&pin-value=s3cret" "$TMP/no-pin.yaml:env=PIN_OF_TEST" "$TMP/wrong.yaml" "pkcs11:token=octest?pin-value=s3cret"; do
    unset PIN_OF_TEST
    [[ $key != *PIN_OF_TEST ]] || export PIN_OF_TEST=s3cret
    strace -f -qq -e trace=execve -s 100000 -v -o "$TMP/trace" "$IMGCRYPT" -vv decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" \
      -k "$key" >"$TMP/log" 2>&1 && fail "a wrong PIN opened it"
    ! sed 1d "$TMP/trace" | grep s3cret || fail "a program was started with the PIN, with $key"
    ! grep s3cret "$TMP/log" || fail "the PIN was printed"
  done
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "$uri&pin-value=s3cret"
  expect_contains "$stderr" "a recipient has no PIN"
  [[ $stderr != *s3cret* ]] || fail "the PIN of a recipient was shown"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "pkcs11:$TMP/absent.yaml:s3cret"
  expect_contains "$stderr" "$TMP/absent.yaml: neither a key file nor a URI"
  [[ $stderr != *s3cret* ]] || fail "the PIN was shown"
  expect_exit 3 imgcrypt key show "$uri&pin-value=s3cret"
  [[ $stderr != *s3cret* ]] || fail "the PIN was shown"
  pins_in_wrong_places_are_not_shown
}

# After the module a PIN needs no form; elsewhere it is refused.
pins_in_wrong_places_are_not_shown() {
  local key command
  expect_opened "$uri:1234" "pkcs11:token=octest;object=mykey?module-path=$softhsm_module:1234"
  expect_contains "$stderr" "every user of this machine can see a passphrase in the command line"
  local path='token=octest;object=mykey' query='?module-name=softhsm2'
  key_file "$TMP/misplaced.yaml" "pkcs11:$path;pin-value=s3cret$query"
  key_file "$TMP/colon.yaml" "pkcs11:$path$query:s3cret"
  for key in "$uri:s3cret" "$uri:pass=s3cret" "pkcs11:$path;pin-value=s3cret$query" "$TMP/misplaced.yaml" "$TMP/colon.yaml" \
    "pkcs11://$path?pin-value=s3cret" "$uri&PIN-VALUE=s3cret" "$uri&pin=s3cret" "pkcs11:$path:s3cret" "PKCS11:$path?pin-value=s3cret" \
    "pkcs11:$TMP/absent:s3cret" "$uri&pin-value=s3cret:file=$TMP/pin" "pkcs11:$path;pin-value=s3cret:file=$TMP/pin"; do
    for command in "decrypt oci:$TMP/in:t oci:$TMP/out:t -k" "encrypt oci:$TMP/plain:t oci:$TMP/out:t -r" "key show" "key public" \
      "provider test" "recipients add oci:$TMP/in:t oci:$TMP/out:t -k $TMP/rsa.pem -r"; do
      # shellcheck disable=SC2086
      if "$IMGCRYPT" -vv -o json $command "$key" >"$TMP/log" 2>&1; then fail "$command took $key"; fi
      ! grep s3cret "$TMP/log" || fail "the PIN was printed by $command $key"
    done
  done
}

# A token that is absent, or refuses the PIN, matters only if no other key opens the image.
one_token_spoils_no_other_key() {
  encrypt "jwe:$TMP/alice.pub.pem"
  local key
  for key in "pkcs11:token=absent;object=mykey?module-name=softhsm2:file=$TMP/pin" "$uri:file=$TMP/wrong-pin"; do
    expect_exit 0 imgcrypt check --full "oci:$TMP/in:t" -k "$key" -k "$TMP/alice.pem"
    expect_contains "$stderr" "; the other keys are tried"
    expect_exit 3 imgcrypt check --full "oci:$TMP/in:t" -k "$TMP/rsa2.pem" -k "$key"
    expect_matches "$stderr" "no key opens it: .*keys tried: .*rsa2.pem .*, pkcs11:token=.*(the token absent is absent|wrong PIN)"
  done
}

# However many layers, threads and keys: the token counts one wrong PIN.
wrong_pins_are_tried_once() {
  local spy
  spy=$(find /usr/lib -name pkcs11-spy.so -print -quit)
  printf 'pkcs11:\n  allowed-module-paths: [ %s ]\n' "$spy" >"$TMP/spy.conf"
  make_image "$TMP/many" t --layers 60 --no-busybox >/dev/null
  expect_exit 0 imgcrypt encrypt "oci:$TMP/many:t" "oci:$TMP/many-encrypted:t" -r "$uri"
  expect_exit 3 spied 4321
  expect_equal "$(grep -c 'C_Login$' "$TMP/spy")" 1 "number of logins with a wrong PIN"
  rm "$TMP/spy"
  expect_exit 0 spied 1234
  expect_equal "$(grep -c 'C_Login$' "$TMP/spy")" 1 "number of logins for 60 layers"
}

# spied PIN: decrypts with two keys of one token
spied() {
  OCICRYPT_CONFIG=$TMP/spy.conf PKCS11SPY=$softhsm_module PKCS11SPY_OUTPUT=$TMP/spy \
    imgcrypt decrypt "oci:$TMP/many-encrypted:t" "oci:$TMP/many-back:t" \
    -k "pkcs11:token=octest;object=large?module-path=$spy&pin-value=$1" -k "pkcs11:token=octest;object=mykey?module-path=$spy&pin-value=$1"
}

# What nothing of the token was told of: an image for its public halves.
keys_of_tokens_open_other_layers() {
  imgcrypt key public "$TMP/curve.yaml" >"$TMP/curve.pub"
  local recipient key
  for recipient in "jwe:$vectors/keys/rsa.pub.pem" "pkcs7:$vectors/keys/cert1.pem" "jwe:$vectors/keys/rsa256.pub.jwk" "jwe:$TMP/curve.pub"; do
    encrypt "$recipient" "jwe:$TMP/alice.pub.pem"
    key=$TMP/key.yaml
    [[ $recipient != *curve* ]] || key=$TMP/curve.yaml
    expect_opened "$key" "pkcs11:$key"
    expect_not_opened "$TMP/large.yaml"
  done
}

# EC keys show their public half nowhere in the private object.
keys_without_public_halves_need_a_certificate() {
  local lone='pkcs11:token=octest;object=lone?module-name=softhsm2&pin-value=1234'
  openssl req -new -x509 -key "$vectors/keys/p256.pem" -subj /CN=lone -outform DER -out "$TMP/lone.der"
  encrypt "jwe:$TMP/curve.pub"
  token_tool octest 1234 --delete-object --type pubkey --id 51 >/dev/null
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$lone"
  expect_contains "$stderr" "neither the public key nor a certificate of the EC key object=lone;id=%51"
  expect_contains "$stderr" "pkcs11-tool --login --write-object PUBLICKEY --type pubkey --id ID"
  token_tool octest 1234 --write-object "$TMP/lone.der" --type cert --id 51 --label other >/dev/null
  expect_opened "$lone"
}

# Some keys take the PIN with each use.
careful_keys_open_layers() {
  local careful='pkcs11:token=octest;object=careful?module-name=softhsm2&pin-value=1234'
  encrypt "jwe:$TMP/rsa2.pub.pem"
  expect_opened "$careful"
  encrypt "pkcs11:$TMP/rsa2.pub.pem"
  expect_opened "$careful"
}

the_hash_is_chosen() {
  export -n OCICRYPT_OAEP_HASHALG
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "pkcs11:$TMP/rsa2.pub.pem"
  expect_contains "$stderr" "a 2048-bit RSA key holds 190 bytes"
  expect_contains "$stderr" "export OCICRYPT_OAEP_HASHALG=sha1"
  [[ $stderr != *"did you mean"* ]] || fail "another scheme was proposed: $stderr"
  encrypt "pkcs11:$TMP/large.yaml"
  export OCICRYPT_OAEP_HASHALG
  expect_exit 0 imgcrypt inspect "oci:$TMP/in:t"
  expect_contains "$stdout" "pkcs11 RSA-OAEP-256 key (RSA 3072)"
  expect_opened "$TMP/large.yaml" "$vectors/keys/rsa3072.pem"
}

recipients_are_added_and_removed() {
  encrypt "pkcs11:$TMP/key.yaml" "pkcs11:$TMP/rsa2.pub.pem"
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/in:t" -k "$TMP/rsa2.pem" -r "pkcs11:$TMP/large.yaml"
  expect_opened "$TMP/key.yaml" "$TMP/rsa2.pem" "$TMP/large.yaml"
  expect_exit 0 imgcrypt -o json recipients list "oci:$TMP/in:t"
  expect_equal "$(jq -r '[.recipients[] | .scheme, .algorithm, .keyKind] | join(" ")' <<<"$stdout")" \
    "pkcs11 RSA-OAEP RSA 2048 pkcs11 RSA-OAEP RSA 2048 pkcs11 RSA-OAEP RSA 3072" "the recipients"
  expect_exit 0 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/in:t" --index 1
  expect_not_opened "$TMP/rsa2.pem"
  expect_opened "$TMP/key.yaml" "$TMP/large.yaml"
  expect_refused 3 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/out:t" -r "pkcs11:$TMP/key.yaml"
  expect_contains "$stderr" "do not identify their recipients"
}

keys_are_shown() {
  expect_exit 0 imgcrypt key show "$TMP/key.yaml"
  expect_contains "$stdout" "RSA, 2048 bits"
  expect_contains "$stdout" "GaTh-csFfrC4Tw6RZ91zZWSuO3JIUXn6l1pWPZf94p8"
  expect_contains "$stdout" "opens jwe, pkcs7 and pkcs11 layers: -k pkcs11:$TMP/key.yaml"
  # As a line that can be pasted.
  expect_exit 0 imgcrypt key show "$uri:file=$TMP/pin"
  expect_contains "$stdout" "-k '$uri':prompt"
  expect_exit 0 imgcrypt -o json key show "$uri:file=$TMP/pin"
  python3 "$cli_dir/check_schema.py" "$cli_dir/../../docs/output.schema.json" keyShow <<<"$stdout"
  expect_exit 0 imgcrypt key public "$TMP/key.yaml"
  expect_equal "$stdout" "$(cat "$vectors/keys/rsa.pub.pem")" "the public half"
  expect_exit 0 imgcrypt provider test "pkcs11:$TMP/key.yaml"
  expect_matches "$stdout" 'ok +opens what is encrypted for the .*RSA key [^:]* in jwe, pkcs7 and pkcs11 layers: [0-9.]+ ms'
  expect_exit 0 imgcrypt provider test "pkcs11:$vectors/keys/rsa.pub.pem" --key "$TMP/key.yaml"
  expect_matches "$stdout" 'ok +wraps a key: [0-9.]+ ms'
  expect_matches "$stdout" 'ok +unwraps it again: [0-9.]+ ms'
  expect_exit 6 imgcrypt provider test "pkcs11:$vectors/keys/rsa2.pub.pem" --key "$TMP/key.yaml"
  expect_contains "$stderr" "--key must be the private half of the recipient"
  expect_exit 0 imgcrypt provider list
  expect_matches "$stdout" 'pkcs11: .*/keyprovider-pkcs11 .*once'
}

wrong_keys_are_told() {
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "jwe:$TMP/key.yaml"
  expect_contains "$stderr" "did you mean pkcs11:$TMP/key.yaml?"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "pkcs11:$TMP/rsa2.pem"
  expect_contains "$stderr" "a private key was given where a public key is needed"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "pkcs11:$TMP/absent"
  expect_contains "$stderr" "$TMP/absent: No such file"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "pkcs11:token=octest;object=absent?module-name=softhsm2"
  expect_contains "$stderr" "has no such public key; it has object="
  [[ $stderr != *"path of a file"* ]] || fail "a file was proposed for a URI: $stderr"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "pkcs11:$TMP/laughs.yaml"
  expect_contains "$stderr" "YAML with aliases"
}

images_of_others_are_opened() {
  local name
  for name in ocicrypt132-pkcs11-sha1 ctr-enc-pkcs11/layout; do
    expect_exit 0 imgcrypt check --full "oci:$vectors/layouts/$name:t" -k "$TMP/rsa-of-${name%%/*}.pem"
  done
  expect_exit 0 imgcrypt check --full "oci:$vectors/layouts/ocicrypt132-pkcs11-sha1:t" -k "$TMP/key.yaml"
  # Its key file names its token relative to the current directory.
  cp -r "$vectors/layouts/ctr-enc-pkcs11" "$TMP/vector"
  chmod -R u+w "$TMP/vector"
  (cd "$TMP/vector" && unset SOFTHSM2_CONF && rm -rf token && sh keys/setup-token.sh >/dev/null &&
    expect_exit 0 imgcrypt check --full oci:layout:t -k keys/key.yaml)
}

# By the decoder, beside keys of other kinds that do not fit.
the_decoder_opens_it() {
  mkdir -p "$TMP/spool" "$TMP/keys/node"
  encrypt "pkcs11:$TMP/key.yaml"
  cp "$TMP/rsa2.pem" "$TMP/large.yaml" "$TMP/keys"
  expect_exit 1 decode
  expect_contains "$stderr" "$TMP/keys/large.yaml (3072-bit RSA key"
  rm "$TMP/keys/large.yaml" # its PIN would log in to the token
  cp "$TMP/no-pin.yaml" "$TMP/keys/node/key"
  expect_exit 1 decode
  expect_contains "$stderr" "needs a PIN"
  cp "$TMP/pin" "$TMP/keys/node/key.pass"
  expect_decoded
  rm -r "$TMP/keys/node"
  cp "$TMP/key.yaml" "$TMP/keys"
  expect_decoded
  rm "$TMP/keys/key.yaml"
  cp "$vectors/keys/rsa.pem" "$TMP/keys"
  expect_decoded
}

command -v strace >/dev/null || fail "strace is missing: scripts/setup installs it"
plain=$(make_image "$TMP/plain" t --layers 2 --no-busybox)
make_keys "$TMP/alice" rsa
cp "$vectors"/keys/rsa{,2}.pem "$vectors"/keys/rsa2.pub.pem "$TMP"
cp "$TMP/rsa.pem" "$TMP/rsa-of-ocicrypt132-pkcs11-sha1.pem"
cp "$vectors/layouts/ctr-enc-pkcs11/keys/rsa-b.pem" "$TMP/rsa-of-ctr-enc-pkcs11.pem"
chmod 600 "$TMP"/*.pem
new_tokens "$TMP"
add_token octest 1234
add_key octest 1234 "$vectors/keys/rsa.pem" mykey a1b2c3
add_key octest 1234 "$vectors/keys/rsa3072.pem" large 30
add_key octest 1234 "$vectors/keys/p256.pem" curve 25
set_flag 0x10c ff # CKA_DERIVE
add_key octest 1234 "$vectors/keys/p256.pem" lone 51
set_flag 0x10c ff
add_key octest 1234 "$vectors/keys/rsa2.pem" careful 52
set_flag 0x202 ff # CKA_ALWAYS_AUTHENTICATE
key_file "$TMP/key.yaml" "$uri&pin-value=1234"
key_file "$TMP/large.yaml" "pkcs11:token=octest;object=large?module-name=softhsm2&pin-value=1234"
key_file "$TMP/curve.yaml" "pkcs11:token=octest;object=curve?module-name=softhsm2&pin-value=1234"
key_file "$TMP/no-pin.yaml" "$uri"
key_file "$TMP/wrong.yaml" "$uri&pin-value=s3cret"
printf 'a: &a [x]\nb: &b [*a, *a]\npkcs11:\n  uri: %s\nc: [*b, *b]\n' "$uri" >"$TMP/laughs.yaml"
echo 1234 >"$TMP/pin"
echo 4321 >"$TMP/wrong-pin"
chmod 600 "$TMP"/*pin "$TMP/laughs.yaml"
one_image_is_for_keys_of_all_kinds
pins_are_asked_for
a_terminal_is_asked
exposed_pins_are_warned_of
pins_are_not_shown
one_token_spoils_no_other_key
wrong_pins_are_tried_once
keys_of_tokens_open_other_layers
keys_without_public_halves_need_a_certificate
careful_keys_open_layers
the_hash_is_chosen
recipients_are_added_and_removed
keys_are_shown
wrong_keys_are_told
images_of_others_are_opened
the_decoder_opens_it
expect_no_temporary_files "$TMP"
