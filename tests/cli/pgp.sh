#!/bin/bash
# Images for OpenPGP keys, of files and of a keyring, together with those of jwe.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=decoded.sh
source "$cli_dir/decoded.sh"
# shellcheck source=recipients_of.sh
source "$cli_dir/recipients_of.sh"

: "${CTD_DECODER:=$cli_dir/../../build/release/streamproc/ctd-decoder}"
vectors=$cli_dir/../vectors
# Not the user's own, whatever happens.
runtime=$(mktemp -d /dev/shm/imgcrypt.XXXXXX)
at_exit remove_tree "$runtime"
export HOME=$TMP/home XDG_RUNTIME_DIR=$runtime
unset GNUPGHOME
mkdir -m 700 "$HOME" "$TMP/gnupg"

one_image_is_for_keys_of_all_kinds() {
  encrypt "pgp:$TMP/pgp1.pub" "pgp:$TMP/pgpecc.pub" "jwe:$TMP/alice.pub.pem"
  expect_contains "$stderr" "note: recipient pgp:$TMP/pgpecc.pub: an ECDH key, with which skopeo"
  [[ $stderr != *"pgp1.pub: an ECDH"* ]] || fail "an RSA key was noted: $stderr"
  expect_opened "$TMP/pgp1.sec" "pgp:$TMP/pgpecc.sec" "$TMP/alice.pem"
  expect_not_opened "$TMP/pgp2.sec"
  expect_contains "$stderr" "tried $TMP/pgp2.sec (030E528383936B381DA67E4DEEC8EF5C24F384F1 (Test Two <two@example.org>))"
  expect_equal "$(annotations_of keys.pgp | tr -cd , | wc -c)" 0 "number of further packets"
}

# annotations_of NAME: of the first layer
annotations_of() {
  jq -r ".layers[0].annotations[\"org.opencontainers.image.enc.$1\"]" "$(blob "$TMP/in" "$(root_of "$TMP/in" t)")"
}

# Passphrases in every form, and with several keys the one of each.
passphrases_are_asked_for() {
  encrypt "pgp:$TMP/pgppw.pub"
  echo sesame >"$TMP/word"
  chmod 600 "$TMP/word"
  PGP_WORD=sesame expect_opened "$TMP/pgppw.sec:file=$TMP/word" "pgp:$TMP/pgppw.sec:file=$TMP/word" "$TMP/pgppw.sec:pass=sesame"
  PGP_WORD=sesame expect_opened "$TMP/pgppw.sec:env=PGP_WORD"
  expect_opened "$TMP/pgppw.sec:fd=7" 7<"$TMP/word"
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" -k "$TMP/pgp1.sec" -k "$TMP/pgppw.sec:file=$TMP/word" -k "$TMP/pgp2.sec"
  expect_not_opened "$TMP/pgppw.sec"
  expect_contains "$stderr" "the key has a passphrase: write -k $TMP/pgppw.sec:prompt"
  echo other >"$TMP/other-word"
  expect_not_opened "$TMP/pgppw.sec:file=$TMP/other-word"
  expect_contains "$stderr" "$TMP/pgppw.sec: wrong passphrase"
}

# As for other keys, whether :prompt is written or not.
a_terminal_is_asked() {
  local key
  for key in "$TMP/pgppw.sec" "pgp:$TMP/pgppw.sec" "$TMP/pgppw.sec:prompt"; do
    rm -rf "$TMP/back"
    expect_exit 0 timeout 60 python3 "$cli_dir/pty_answer.py" sesame "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" -k "$key"
    expect_contains "$stdout" "Passphrase of $TMP/pgppw.sec: "
    expect_same_layers "$TMP/back" t "$TMP/plain" t
  done
  expect_exit 6 timeout 60 python3 "$cli_dir/pty_answer.py" other "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/pgppw.sec"
  expect_contains "$stdout" "wrong passphrase"
}

# Neither in what programs are started with, nor in their environment, nor in anything that is printed.
passphrases_are_not_shown() {
  rm -rf "$TMP/back"
  PGP_WORD=sesame strace -f -qq -e trace=execve -s 100000 -v -o "$TMP/trace" "$IMGCRYPT" -vv decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" \
    -k "$TMP/pgppw.sec:env=PGP_WORD" >"$TMP/log" 2>&1
  grep -q 'gpg-agent' "$TMP/trace" || fail "no agent was started"
  expect_equal "$(grep -c sesame "$TMP/trace")" 1 "number of programs that were started with the passphrase, besides imgcrypt itself"
  ! grep sesame "$TMP/log" || fail "the passphrase was printed"
}

the_keyring_is_used() {
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r pgp:two@example.org
  expect_contains "$stderr" "name its directory with --gpg-homedir"
  expect_absent "$HOME/.gnupg"
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" --gpg-homedir "$TMP/gnupg" -r pgp:two@example.org
  expect_opened "$TMP/pgp2.sec"
  rm -rf "$TMP/back"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" --gpg-homedir "$TMP/gnupg" -k pgp:
  GNUPGHOME=$TMP/gnupg expect_opened pgp:
  expect_refused 6 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t"
  expect_contains "$stderr" "pgp:[FILE]"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" --gpg-homedir "$TMP/gnupg" -r pgp:nobody
  expect_contains "$stderr" "there are "
}

recipients_are_named() {
  encrypt "pgp:$TMP/pgp2.pub" "pgp:$TMP/pgpecc.pub"
  GNUPGHOME=$TMP/gnupg expect_exit 0 imgcrypt inspect "oci:$TMP/in:t"
  expect_contains "$stdout" "pgp RSA key D3D2098D288C4D73 of Test Two <two@example.org>"
  expect_contains "$stdout" $'pgp ECDH key 8CC826B3689354B3\n'
  GNUPGHOME=$TMP/gnupg expect_exit 0 imgcrypt -o json recipients list "oci:$TMP/in:t"
  expect_equal "$(jq -r '[.recipients[] | .keyKind, .fingerprint, .owner] | join("|")' <<<"$stdout")" \
    "RSA 2048|D3D2098D288C4D73|Test Two <two@example.org>||8CC826B3689354B3|" "the recipients"
  expect_exit 0 imgcrypt inspect --layers "oci:$TMP/in:t"
  expect_contains "$stdout" "0x8cc826b3689354b3, 0xd3d2098d288c4d73"
  GNUPGHOME=$TMP/gnupg expect_exit 0 imgcrypt inspect --layers "oci:$TMP/in:t"
  expect_contains "$stdout" "0x8cc826b3689354b3, two@example.org"
}

recipients_are_added_removed_and_hidden() {
  encrypt "pgp:$TMP/pgp1.pub" "pgp:$TMP/pgp2.pub"
  expect_exit 0 imgcrypt recipients add "oci:$TMP/in:t" "oci:$TMP/in:t" -k "$TMP/pgp1.sec" -r "pgp:$TMP/pgpecc.pub"
  expect_opened "$TMP/pgp1.sec" "$TMP/pgp2.sec" "$TMP/pgpecc.sec"
  expect_exit 0 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/in:t" -r pgp:D3D2098D288C4D73
  expect_not_opened "$TMP/pgp2.sec"
  expect_opened "$TMP/pgp1.sec" "$TMP/pgpecc.sec"
  expect_refused 3 imgcrypt recipients remove "oci:$TMP/in:t" "oci:$TMP/out:t" -r pgp:one@example.org
  expect_contains "$stderr" "removed by the ids of their keys"
  rm -rf "$TMP/in"
  expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" --hide-recipients -r "pgp:$TMP/pgp1.pub"
  expect_exit 0 imgcrypt inspect "oci:$TMP/in:t"
  expect_contains "$stdout" "pgp RSA key (hidden)"
  expect_opened "$TMP/pgp1.sec"
}

keys_are_shown() {
  expect_exit 0 imgcrypt key show "$TMP/pgp1.sec"
  expect_matches "$stdout" "^private key"$'\n'".*key +RSA 2048"$'\n'" +fingerprint +A1D89992ABC8A940DA7FD947E2314233CCCCD98F"
  expect_contains "$stdout" "Test One <one@example.org>"
  expect_contains "$stdout" "opens pgp layers: -k $TMP/pgp1.sec"
  expect_exit 0 imgcrypt -o json key show "$vectors/keys/pubring-rsa.gpg"
  expect_equal "$(jq -r '[.keys[] | .kind, .keyId, .recipient] | join(" ")' <<<"$stdout")" \
    "public 51824C551BCE59A4 pgp:$vectors/keys/pubring-rsa.gpg public D3D2098D288C4D73 pgp:$vectors/keys/pubring-rsa.gpg" "the keys"
  python3 "$cli_dir/check_schema.py" "$cli_dir/../../docs/output.schema.json" keyShow <<<"$stdout"
  expect_exit 0 imgcrypt key public "$TMP/pgpecc.sec"
  expect_contains "$stdout" "-----BEGIN PGP PUBLIC KEY BLOCK-----"
  cp "$TMP/stdout" "$TMP/made.pub"
  encrypt "pgp:$TMP/made.pub"
  expect_opened "$TMP/pgpecc.sec"
  expect_exit 0 imgcrypt provider test "pgp:$TMP/pgp1.pub" -k "pgp:$TMP/pgp1.sec"
  expect_exit 0 imgcrypt provider test "pgp:$TMP/pgppw.pub" -k "$TMP/pgppw.sec:file=$TMP/word"
  expect_exit 3 imgcrypt provider test pgp
  expect_contains "$stderr" "write pgp:RECIPIENT, as after -r"
  expect_exit 0 imgcrypt provider list
  expect_matches "$stdout" 'pgp: .*/keyprovider-pgp .*once'
}

wrong_keys_are_told() {
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "jwe:$TMP/pgp1.pub"
  expect_contains "$stderr" "did you mean pgp:$TMP/pgp1.pub?"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "pgp:$TMP/pgp1.sec"
  expect_contains "$stderr" "imgcrypt key public $TMP/pgp1.sec"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "pgp:$TMP/absent"
  expect_contains "$stderr" "$TMP/absent: No such file"
}

# A message that every reader would refuse is refused without a program.
bad_packets_start_nothing() {
  local bad
  encrypt "pgp:$TMP/pgp1.pub"
  for bad in g-armor g-nomdc; do
    cp -r "$TMP/in" "$TMP/bad"
    set_packet "$TMP/bad" "$vectors/pgp/$bad.pgp"
    expect_exit 7 strace -f -qq -e trace=execve -o "$TMP/trace" "$IMGCRYPT" decrypt "oci:$TMP/bad:t" "oci:$TMP/out:t" -k "$TMP/pgp1.sec"
    ! grep -q keyprovider-pgp "$TMP/trace" || fail "the provider was started for $bad"
    rm -rf "$TMP/bad"
  done
}

# set_packet LAYOUT FILE: the packet of the first layer, in documents with new digests
set_packet() {
  python3 - "$1" "$2" <<'END_OF_PYTHON'
import base64, hashlib, json, os, sys
layout, packet = sys.argv[1:]
index = json.load(open(f"{layout}/index.json"))
root = index["manifests"][0]
manifest = json.load(open(f"{layout}/blobs/{root['digest'].replace(':', '/')}"))
for layer in manifest["layers"]:
    layer["annotations"]["org.opencontainers.image.enc.keys.pgp"] = base64.b64encode(open(packet, "rb").read()).decode()
text = json.dumps(manifest).encode()
root["digest"], root["size"] = "sha256:" + hashlib.sha256(text).hexdigest(), len(text)
open(f"{layout}/blobs/{root['digest'].replace(':', '/')}", "wb").write(text)
json.dump(index, open(f"{layout}/index.json", "w"))
END_OF_PYTHON
}

# By the decoder, without any configuration, beside keys of other kinds that do not fit.
the_decoder_opens_it() {
  mkdir -p "$TMP/spool" "$TMP/keys/node"
  encrypt "pgp:$TMP/pgppw.pub" "pgp:$TMP/pgpecc.pub"
  cp "$TMP/pgp2.sec" "$TMP/keys/a"
  expect_exit 1 decode
  expect_contains "$stderr" "8CC826B3689354B3"
  cp "$TMP/pgpecc.sec" "$TMP/keys/node/key"
  expect_decoded
  rm "$TMP/keys/node/key"
  cp "$TMP/pgppw.sec" "$TMP/keys/node/key"
  expect_exit 1 decode
  echo sesame >"$TMP/keys/node/key.pass"
  expect_decoded
}

# GnuPG takes keys from files only.
keys_of_a_payload_are_refused() {
  encrypt "pgp:$TMP/pgp1.pub"
  rm -rf "$TMP/keys/node" "$TMP/keys/a"
  payload_fd=9 expect_exit 1 decode 9< <(python3 "$cli_dir/../support/shell/make_payload.py" \
    "$(blob "$TMP/in" "$(root_of "$TMP/in" t)")" 0 "gpg-privatekeys=$TMP/pgp1.sec")
  expect_contains "$stderr" "gpg-privatekeys of the payload: not used; put such keys into files in $TMP/keys"
}

for command in gpg gpg-agent strace; do
  command -v "$command" >/dev/null || fail "$command is missing: scripts/setup installs it"
done
plain=$(make_image "$TMP/plain" t --layers 2 --no-busybox)
make_keys "$TMP/alice" rsa
cp "$vectors"/keys/pgp* "$TMP"
chmod 600 "$TMP"/*.sec
for name in pgp2 pgppw; do
  imgcrypt key public "$TMP/$name.sec" >"$TMP/$name.pub"
done
gpg --homedir "$TMP/gnupg" --batch --quiet --import "$TMP/pgp2.sec" 2>/dev/null
at_exit gpgconf --homedir "$TMP/gnupg" --kill all
one_image_is_for_keys_of_all_kinds
passphrases_are_asked_for
a_terminal_is_asked
passphrases_are_not_shown
the_keyring_is_used
recipients_are_named
recipients_are_added_removed_and_hidden
keys_are_shown
wrong_keys_are_told
bad_packets_start_nothing
the_decoder_opens_it
keys_of_a_payload_are_refused
expect_no_temporary_files "$TMP"
expect_empty "$runtime"
