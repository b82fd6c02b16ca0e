#!/bin/bash
# Images for the keys of age and of SSH, together with those of jwe; age itself reads the packets.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=recipients_of.sh
source "$cli_dir/recipients_of.sh"

: "${CTD_DECODER:=$cli_dir/../../build/release/streamproc/ctd-decoder}"

# packets_in LAYOUT: how many of age its first layer has
packets_in() {
  jq -r '.layers[0].annotations["org.opencontainers.image.enc.keys.provider.age"]' "$(blob "$1" "$(root_of "$1" t)")" |
    tr ',' '\n' | wc -l
}

# packet_of LAYOUT: that of its first layer
packet_of() {
  jq -r '.layers[0].annotations["org.opencontainers.image.enc.keys.provider.age"]' "$(blob "$1" "$(root_of "$1" t)")" | base64 -d
}

one_image_is_for_keys_of_all_kinds() {
  local rsa
  rsa=$(cat "$TMP/rsa.pub")
  rm -rf "$TMP/in"
  printf '\xef\xbb\xbf# the team\n' | cat - "$TMP/own.pub" "$TMP/ed25519.pub" >"$TMP/team"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "age:$TMP/team" -r "age:$rsa" \
    -r "age:$(age-keygen -y "$TMP/theirs")" -r "jwe:$TMP/alice.pub.pem"
  expect_opened "age:$TMP/own" "age:$TMP/ed25519" "age:$TMP/rsa" "age:$TMP/theirs" "$TMP/alice.pem"
  expect_not_opened "age:$TMP/stranger"
  expect_contains "$stderr" "tried $(cat "$TMP/stranger.pub")"
  ssh-keygen -q -t rsa -b 4096 -N '' -f "$TMP/large"
  expect_not_opened "age:$TMP/large"
  expect_matches "$stderr" "tried ssh-rsa [A-Za-z0-9+/]{6}"$'\n'
  expect_exit 0 age -d -i "$TMP/theirs" <(packet_of "$TMP/in")
  expect_matches "$stdout" '^\{"symkey":'
}

lists_name_what_packets_name() {
  expect_exit 0 imgcrypt inspect "oci:$TMP/in:t"
  expect_contains "$stdout" "age X25519 key"
  expect_matches "$stdout" 'age ssh-ed25519 key [A-Za-z0-9+/]{6}'
  expect_matches "$stdout" 'age ssh-rsa key [A-Za-z0-9+/]{6}'
  expect_exit 0 imgcrypt -o json recipients list "oci:$TMP/in:t"
  expect_equal "$(jq -r '[.recipients[] | select(.scheme == "age") | .keyKind] | join(",")' <<<"$stdout")" \
    "X25519,Ed25519,RSA 2048,X25519" "the kinds of keys"
}

recipients_are_added_and_removed() {
  encrypt "jwe:$TMP/alice.pub.pem"
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/in:t" -k "$TMP/alice.pem" -r "age:$TMP/own.pub"
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/in:t" -k "age:$TMP/own" -r "age:$TMP/rsa.pub"
  expect_opened "age:$TMP/own" "age:$TMP/rsa" "$TMP/alice.pem"
  expect_exit 0 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/in:t" -r "age:$(cat "$TMP/rsa.pub")"
  expect_not_opened "age:$TMP/rsa"
  expect_opened "age:$TMP/own"
  expect_refused 3 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/out:t" -r "age:$TMP/own.pub"
  expect_contains "$stderr" "only SSH keys are named in it"
  expect_contains "$stderr" "--index N"
  expect_exit 0 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/in:t" -r provider:age
  expect_not_opened "age:$TMP/own"
  expect_opened "$TMP/alice.pem"
}

# An SSH key is named in its packets, so that it need not have two. Who the others are nobody can tell.
recipients_that_are_there_are_not_added_again() {
  local count
  encrypt "age:$TMP/rsa.pub" "jwe:$TMP/alice.pub.pem"
  for count in 1 2; do
    expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/in:t" -k "$TMP/alice.pem" -r "age:$TMP/rsa.pub"
    expect_matches "$stderr" "note: already a recipient: age ssh-rsa key [A-Za-z0-9+/]{6}; it gets a new packet"
    expect_equal "$(grep -c "already a recipient" <<<"$stderr")" 1 "notes of it"
    expect_equal "$(packets_in "$TMP/in")" 1 "packets of the SSH key"
  done
  expect_opened "age:$TMP/rsa"
  for count in 2 3; do
    expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/in:t" -k "$TMP/alice.pem" -r "age:$TMP/own.pub"
    [[ $stderr != *"already a recipient"* ]] || fail "nobody can know that: $stderr"
    expect_equal "$(packets_in "$TMP/in")" "$count" "packets"
  done
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/in:t" -k "$TMP/alice.pem" -r "jwe:$TMP/alice.pub.pem"
  expect_contains "$stderr" "already a recipient: jwe RSA-OAEP"
}

# The header is authenticated with a key that removing does not have.
recipients_of_one_file_go_together() {
  encrypt "age:$TMP/own.pub" "age:$TMP/ed25519.pub" "jwe:$TMP/alice.pub.pem"
  expect_refused 8 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/out:t" -r "age:$TMP/ed25519.pub"
  expect_contains "$stderr" "one age file is for several recipients"
  expect_exit 0 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/out:t" -r provider:age
}

# Packets of age do not name its own keys, but always those of SSH.
hidden_recipients_are_not_named() {
  rm -rf "$TMP/in" "$TMP/out"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" --hide-recipients -r "age:$TMP/own.pub"
  expect_opened "age:$TMP/own"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" --hide-recipients -r "age:$TMP/rsa.pub"
  expect_contains "$stderr" "always name the SSH keys"
}

# Before anything is written, in a dry run too.
wrong_recipients_are_told() {
  local recipient
  while IFS='|' read -r recipient reason hint; do
    expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" --dry-run -r "$recipient"
    expect_contains "$stderr" "recipient ${recipient:0:100}"
    ((${#stderr} < 600)) || fail "a text of ${#stderr} characters: $stderr"
    expect_contains "$stderr" "$reason"
    expect_contains "$stderr" "$hint"
  done <<END
age:$TMP/absent|No such file|
age:~/absent|No such file|write \$HOME instead
age:age1qqqq|cut or has a typing error|copy the key again, all of it
jwe:age1qqqq|recipient jwe:age1qqqq|did you mean age:age1qqqq?
age:$TMP/own|a secret key was given|it is a private key; did you mean age:$TMP/own.pub?
age:$TMP/rsa|a key in PEM was given|it is a private key; did you mean age:$TMP/rsa.pub?
age:$TMP/ecdsa.pub|which age does not take|give an ssh-ed25519 or ssh-rsa key
$(cat "$TMP/own.pub")|not a recipient of a known scheme|did you mean age:$(cat "$TMP/own.pub")?
$TMP/own.pub|not a recipient of a known scheme|did you mean age:$TMP/own.pub?
$(cat "$TMP/rsa.pub")|not a recipient of a known scheme|hint: write age: before it
jwe:$TMP/rsa.pub|an OpenSSH public key|did you mean age:$TMP/rsa.pub?
END
}

wrong_keys_are_told() {
  encrypt "age:$TMP/own.pub"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/own"
  expect_contains "$stderr" "did you mean -k age:$TMP/own?"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/rsa"
  expect_contains "$stderr" "did you mean -k age:$TMP/rsa?"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "age:$TMP/locked"
  expect_contains "$stderr" "ssh-keygen -p -N '' -f COPY"
  expect_refused 6 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t"
  expect_contains "$stderr" "age:FILE"
  expect_refused 6 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/alice.pem"
  expect_contains "$stderr" "no key of key provider age was given (age:FILE)"
  expect_contains "$stderr" "hint: give the key of one of these recipients: a file, or "
  # At once, like other keys, although another one opens it
  while IFS='|' read -r key reason hint; do
    expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "age:$TMP/own" -k "$key"
    expect_contains "$stderr" "error: key $reason"
    expect_contains "$stderr" "$hint"
    [[ $stderr != *s3cret* ]] || fail "the passphrase is shown: $stderr"
  done <<END
age:$TMP/typo|age:$TMP/typo: No such file|
age:~/own|age:~/own: No such file|write \$HOME instead
age:|age: it names no file|write -k age:FILE
provider:age|age: it names no file|write -k age:FILE
provider:sodium:$TMP/typo|provider:sodium:$TMP/typo: No such file|
provider:attestation-agent:keypath=$TMP/typo|provider:attestation-agent:keypath=$TMP/typo: No such file|
age:$TMP/own:pass=s3cret|age:$TMP/own: such keys have no passphrase|-k age:$TMP/own
age:$TMP/typo:s3cret|age:$TMP/typo: No such file|
END
}

keys_are_shown() {
  expect_exit 0 imgcrypt key show "$TMP/theirs"
  expect_matches "$stdout" "private key"$'\n'".*key +X25519"$'\n'" +public key +$(age-keygen -y "$TMP/theirs")"
  expect_contains "$stdout" "opens age layers: -k age:$TMP/theirs"
  expect_exit 0 imgcrypt -o json key show "$TMP/team"
  expect_equal "$(jq -r '[.keys[] | .kind, .type, .recipient] | join(" ")' <<<"$stdout")" \
    "public X25519 age:$TMP/team public Ed25519 age:$TMP/team" "what is in the file of the team"
  expect_exit 0 imgcrypt key show "$TMP/rsa"
  expect_matches "$stdout" "key +RSA"
  expect_exit 0 imgcrypt key show "age:$TMP/own"
  expect_contains "$stdout" "opens age layers: -k age:$TMP/own"
  expect_exit 0 imgcrypt key show "jwe:$TMP/alice.pub.pem"
  expect_contains "$stdout" "encrypts: -r jwe:$TMP/alice.pub.pem"
  expect_exit 0 imgcrypt key public "provider:age:$TMP/own"
  expect_equal "$stdout" "$(cat "$TMP/own.pub")" "the public key of provider:age:"
  expect_exit 0 imgcrypt key public "$TMP/own"
  expect_equal "$stdout" "$(cat "$TMP/own.pub")" "the public key"
  expect_exit 3 imgcrypt provider test "age:$TMP/absent" -k "age:$TMP/own"
  expect_exit 0 imgcrypt provider test "age:$TMP/own.pub" -k "age:$TMP/own"
  expect_exit 3 imgcrypt provider test "age:$TMP/own.pub"
  expect_contains "$stderr" "hint: add --key age:FILE, with its private key"
  expect_exit 0 imgcrypt provider list
  expect_matches "$stdout" 'age: .*/keyprovider-age .*once'
}

# expect_decoded KEY: by the decoder, without any configuration, beside keys of other kinds that do not fit
expect_decoded() {
  rm -rf "$TMP/keys"
  mkdir -p "$TMP/keys/node"
  cp "$TMP/stranger" "$TMP/keys/a"
  cp "$TMP/locked" "$TMP/keys/b"
  expect_exit 1 decode
  cp "$1" "$TMP/keys/node/key"
  expect_exit 0 decode
  cmp "$TMP/stdout" "$(blob "$TMP/plain" "$(layers_of "$TMP/plain" t | head -n 1 | cut -d' ' -f2)")"
}

decode() {
  OCICRYPT_KEYPROVIDER_CONFIG=$TMP/absent timeout 60 "$CTD_DECODER" --decryption-keys-path "$TMP/keys" \
    --spool-dir "$TMP/spool" --content-root "$TMP/in" <"$(blob "$TMP/in" "$(layers_of "$TMP/in" t | head -n 1 | cut -d' ' -f2)")" 3<&-
}

the_decoder_opens_it() {
  mkdir -p "$TMP/spool"
  encrypt "age:$TMP/own.pub" "age:$TMP/ed25519.pub" "age:$TMP/rsa.pub" "age:$(age-keygen -y "$TMP/theirs")"
  expect_decoded "$TMP/theirs"
  expect_decoded "$TMP/ed25519"
  expect_decoded "$TMP/rsa"
}

for command in age age-keygen ssh-keygen; do
  command -v "$command" >/dev/null || fail "$command is missing: scripts/setup installs it"
done
plain=$(make_image "$TMP/plain" t --layers 2 --no-busybox)
make_keys "$TMP/alice" rsa
for name in own stranger; do
  expect_exit 0 imgcrypt key generate age "$TMP/$name"
  expect_equal "$stdout" "age:$TMP/$name.pub" "the recipient"
done
age-keygen -o "$TMP/theirs" 2>/dev/null
ssh-keygen -q -t ed25519 -N '' -f "$TMP/ed25519"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$TMP/rsa"
ssh-keygen -q -t ecdsa -N '' -f "$TMP/ecdsa"
ssh-keygen -q -t ed25519 -N 1234 -f "$TMP/locked"
one_image_is_for_keys_of_all_kinds
lists_name_what_packets_name
recipients_are_added_and_removed
recipients_that_are_there_are_not_added_again
recipients_of_one_file_go_together
hidden_recipients_are_not_named
wrong_recipients_are_told
wrong_keys_are_told
keys_are_shown
the_decoder_opens_it
expect_no_temporary_files "$TMP"
