#!/bin/bash
# The provider pgp, used as other tools use it: in both directions with GnuPG itself, with keys of files and of a keyring,
# and with packets that somebody made to do harm.
# shellcheck disable=SC2034 # arrays are passed by name
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

provider=$KEY_PROVIDERS/keyprovider-pgp
vectors=$tests_dir/vectors
enabled=(Enabled)
# Not the user's own, whatever happens.
runtime=$(mktemp -d /dev/shm/imgcrypt.XXXXXX)
at_exit remove_tree "$runtime"
export HOME=$TMP/home GNUPGHOME=$TMP/gnupg XDG_RUNTIME_DIR=$runtime
mkdir -m 700 "$HOME" "$GNUPGHOME"

gnupg() {
  gpg --batch --quiet --no-tty --pinentry-mode loopback "$@" 2>>"$TMP/gpg.log"
}

# passphrase_request PACKET FILE PASSPHRASE
passphrase_request() {
  unwrap_request pgp "$1" "$2" | jq -cj --argjson passphrases "$(base64_list "$3")" \
    '.keyunwrapparams.dc.Parameters["pgp-passphrases"] = $passphrases'
}

# No agent of ours is left, and no directory with keys.
expect_no_traces() {
  expect_empty "$runtime"
  ! pgrep -f -- "--homedir $runtime" >/dev/null || fail "an agent is left"
}

# All that other programs write is opened but what is armored, or not authenticated.
messages_of_others_are_opened() {
  local name keys=("$TMP/pgp1.sec") expected
  expected=$(cat "$vectors/pgp/opts.json")
  for name in g-3des g-aes256 g-bz2 g-camellia g-default g-nocomp new old; do
    expect_exit 0 ask "$provider" < <(unwrap_request pgp "$vectors/pgp/$name.pgp" "$TMP/pgp1.sec")
    expect_equal "$(bytes_of keyunwrapresults optsdata)" "$expected" "what was in $name"
  done
  expect_exit 0 ask "$provider" < <(unwrap_request pgp "$vectors/pgp/g-ecc.pgp" "$TMP/pgpecc.sec")
  expect_equal "$(bytes_of keyunwrapresults optsdata)" "$expected" "what was in g-ecc"
  expect_unwrap_fails "not an OpenPGP packet" "$vectors/pgp/g-armor.pgp" pgp keys "$provider"
  expect_unwrap_fails "nothing authenticates" "$vectors/pgp/g-nomdc.pgp" pgp keys "$provider"
}

# GnuPG opens what we make, for RSA and for curves, for files and for names, and the other way round.
both_directions_work() {
  local recipients=("$TMP/pgp1.pub" "$TMP/pgpecc.asc" two@example.org) key keys
  expect_wraps "$TMP/packet" pgp recipients "$provider"
  gpg --batch --list-packets --list-only "$TMP/packet" >"$TMP/list" 2>/dev/null
  expect_equal "$(grep -c '^:pubkey enc packet: version 3' "$TMP/list")" 3 "number of recipients"
  expect_contains "$(cat "$TMP/list")" "mdc_method: 2"
  for key in pgp1 pgp2 pgpecc; do
    rm -rf "$TMP/one"
    mkdir -m 700 "$TMP/one"
    gnupg --homedir "$TMP/one" --import "$TMP/$key.sec"
    expect_equal "$(gnupg --homedir "$TMP/one" -d <"$TMP/packet")" "$options" "what GnuPG opened with $key"
    gpgconf --homedir "$TMP/one" --kill all
    keys=("$TMP/$key.sec")
    expect_unwraps "$TMP/packet" pgp keys "$provider"
  done
  printf %s "$options" | gnupg --trust-model always -e -r one@example.org -r ecc@example.org >"$TMP/by-gpg"
  keys=("$TMP/pgp2.sec" "$TMP/pgpecc-secret.asc")
  expect_unwraps "$TMP/by-gpg" pgp keys "$provider"
  expect_unwraps "$TMP/by-gpg" pgp enabled "$provider" --key "$TMP/pgp1.sec"
  keys=("$TMP/pgp2.sec")
  expect_unwrap_fails "encrypted for 51824C551BCE59A4, 8CC826B3689354B3; tried $TMP/pgp2.sec" "$TMP/by-gpg" pgp keys "$provider"
  printf %s "$options" | gnupg --trust-model always -e --throw-keyids -r one@example.org >"$TMP/hidden"
  keys=("$TMP/pgp1.sec")
  expect_unwraps "$TMP/hidden" pgp keys "$provider"
}

# Only if it is asked for: the keys in the keyring, by the user's own agent.
the_users_agent_opens() {
  local recipients=(two@example.org) keys=("$TMP/pgpecc.sec")
  expect_wraps "$TMP/packet" pgp recipients "$provider"
  expect_unwraps "$TMP/packet" pgp enabled "$provider"
  expect_unwrap_fails "tried $TMP/pgpecc.sec" "$TMP/packet" pgp keys "$provider"
  keys=("$TMP/pgpecc.sec" Enabled)
  expect_unwraps "$TMP/packet" pgp keys "$provider"
  GNUPGHOME=$TMP/absent expect_unwrap_fails "$TMP/absent is not a directory" "$TMP/packet" pgp enabled "$provider"
}

# What the user's own agent is missing, and not that a key is missing.
agents_that_cannot_help_are_told() {
  local recipients=("$TMP/pgppw.pub")
  expect_wraps "$TMP/packet" pgp recipients "$provider"
  mkdir -m 700 "$TMP/lame"
  gnupg --homedir "$TMP/lame" --import "$TMP/pgppw.sec"
  at_exit gpgconf --homedir "$TMP/lame" --kill all
  gpgconf --homedir "$TMP/lame" --kill all
  echo "pinentry-program $TMP/absent" >"$TMP/lame/gpg-agent.conf"
  GNUPGHOME=$TMP/lame expect_unwrap_fails "agent cannot ask for the passphrase: No pinentry; install a pinentry" "$TMP/packet" pgp enabled "$provider"
  gpgconf --homedir "$TMP/lame" --kill all
  rm "$TMP/lame/gpg-agent.conf"
  GNUPGHOME=$TMP/lame expect_unwrap_fails "agent cannot ask for the passphrase: " "$TMP/packet" pgp enabled \
    setsid --wait env -u GPG_TTY -u DISPLAY -u WAYLAND_DISPLAY "$provider"
  gpgconf --homedir "$TMP/lame" --kill all
  echo "agent-program $TMP/absent" >"$TMP/lame/gpg.conf"
  GNUPGHOME=$TMP/lame expect_unwrap_fails "GnuPG's agent does not answer: " "$TMP/packet" pgp enabled "$provider"
}

passphrases_come_with_the_request() {
  local recipients=("$TMP/pgppw.pub") keys=("$TMP/pgppw.sec")
  expect_wraps "$TMP/packet" pgp recipients "$provider"
  expect_exit 0 ask "$provider" < <(passphrase_request "$TMP/packet" "$TMP/pgppw.sec" sesame)
  expect_equal "$(bytes_of keyunwrapresults optsdata)" "$options" "what was unwrapped"
  expect_unwrap_fails "$TMP/pgppw.sec: the key has a passphrase: write -k $TMP/pgppw.sec:prompt" "$TMP/packet" pgp keys "$provider"
  expect_failure "$TMP/pgppw.sec: wrong passphrase" "$provider" < <(passphrase_request "$TMP/packet" "$TMP/pgppw.sec" other-secret)
  [[ $stderr != *other-secret* ]] || fail "the passphrase was shown"
}

# The passphrase is seen nowhere while GnuPG works.
passphrases_are_not_shown() {
  local traces=$TMP/trace
  strace -f -qq -e trace=execve -s 100000 -v -o "$traces" "$provider" < <(passphrase_request "$TMP/packet" "$TMP/pgppw.sec" sesame) \
    >"$TMP/stdout"
  grep -q gpg-agent "$traces" || fail "no agent was started: $(cat "$traces")"
  ! grep -q sesame "$traces" || fail "the passphrase is in arguments or environment"
}

wrong_recipients_are_told() {
  local recipients reason
  while IFS='|' read -r recipients reason; do
    expect_wrap_fails "$reason" pgp recipients "$provider"
  done <<END
$TMP/pgp1.sec|a secret key was given where a public one is needed
$TMP/absent|No such file
$vectors/keys/rsa.pub.pem|not an OpenPGP public key
$TMP/broken.pub|GnuPG finds no key that it can use
$TMP/signer.pub|no encryption key
nobody|no key of your GnuPG keyring has this name, mail address or id
example|there are
twin@example.org|these keys of your GnuPG keyring fit
expired@example.org|expired on 20
revoked@example.org|revoked
signer@example.org|no encryption key
ffffffffffffffff|no key of your GnuPG keyring
END
  expect_wrap_fails "no recipient is named" pgp enabled "$provider"
}

names_of_all_kinds_are_found() {
  local recipients fingerprint
  fingerprint=$(gnupg -k --with-colons two@example.org | awk -F: '/^fpr/ { print $10; exit }')
  for recipients in "Test Two" TWO@example.org "<two@example.org>" "Test Two <two@example.org>" "$fingerprint" "0x${fingerprint:24}" \
    "${fingerprint,,}" D3D2098D288C4D73; do
    expect_wraps "$TMP/packet" pgp recipients "$provider"
    expect_contains "$(gpg --batch --list-packets --list-only "$TMP/packet" 2>/dev/null)" "keyid D3D2098D288C4D73"
  done
}

wrong_keys_are_told() {
  local keys reason
  while IFS='|' read -r keys reason; do
    expect_unwrap_fails "$reason" "$vectors/pgp/new.pgp" pgp keys "$provider"
  done <<END
$TMP/pgp1.pub|a public key was given where a secret one is needed
$TMP/absent|No such file
$vectors/keys/rsa.pem|not an OpenPGP secret key
END
  keys=("$TMP/absent" "$TMP/pgp1.sec")
  expect_exit 0 ask "$provider" < <(unwrap_request pgp "$vectors/pgp/new.pgp" "${keys[@]}")
}

# What swells to more than private options can be ends early.
compressed_bombs_are_refused() {
  local keys=("$TMP/pgp1.sec")
  head -c 40000000 /dev/zero | gnupg --trust-model always -e -z 9 --compress-algo bzip2 -r one@example.org >"$TMP/bomb"
  (($(stat -c %s "$TMP/bomb") < 65536)) || fail "the bomb is too large to be a packet"
  expect_unwrap_fails "an OpenPGP message of more than 16 KiB" "$TMP/bomb" pgp keys "$provider"
}

# Mutations of real packets, and floods of recipients, by one process: each is answered, and none with a key that was not
# in the packet.
hostile_packets_do_no_harm() {
  python3 "$tests_dir/keyprovider/hostile_pgp.py" "$vectors/pgp" "$TMP/pgp1.sec" 500 >"$TMP/requests"
  timeout 1200 "$provider" --serve <"$TMP/requests" >"$TMP/answers"
  expect_equal "$(wc -l <"$TMP/answers")" 500 "number of answers"
  jq -es --rawfile options "$vectors/pgp/opts.json" \
    'all(.error or (.keyunwrapresults.optsdata | implode) == $options)' "$TMP/answers" >/dev/null || fail "a packet opened to something else"
  (($(grep -c '^{"error":' "$TMP/answers") > 250)) || fail "most of the packets were not hostile"
}

keys_are_listed() {
  expect_exit 0 "$provider" list "$TMP/pgpecc.sec"
  expect_equal "$(jq -r '.[0] | .fingerprint, .keyId, .kind, .userIds[0], .fault' <<<"$stdout" | paste -sd'|')" \
    "AFB5AD90689409F50A77D562F3AA066BA0C7F1C5|8CC826B3689354B3|Curve25519|Test Ecc <ecc@example.org>|" "the key"
  expect_exit 0 "$provider" public "$TMP/pgp1.sec"
  expect_equal "$(gpg --batch --show-keys --with-colons 2>/dev/null <<<"$stdout" | awk -F: '/^fpr/ { print $10; exit }')" \
    A1D89992ABC8A940DA7FD947E2314233CCCCD98F "the public half"
  expect_exit 0 "$provider" names D3D2098D288C4D73 0000000000000001
  expect_equal "$stdout" '{"D3D2098D288C4D73":"Test Two <two@example.org>"}' "whose they are"
}

# make_key USERID USAGE EXPIRY
make_key() {
  gnupg --passphrase '' --quick-generate-key "$1" "${4:-ed25519}" "$2" "$3"
}

fingerprint_of() {
  gnupg -k --with-colons "$1" | awk -F: '/^fpr/ { print $10; exit }'
}

fill_keyring() {
  gnupg --import "$TMP/pgp1.pub" "$TMP/pgpecc.pub" "$TMP/pgp2.sec"
  gnupg --armor --export ecc@example.org >"$TMP/pgpecc.asc"
  gnupg --enarmor <"$TMP/pgpecc.sec" | sed 's/ARMORED FILE/PRIVATE KEY BLOCK/; /^Comment/d' >"$TMP/pgpecc-secret.asc"
  make_key "Twin A <twin@example.org>" default never future-default
  make_key "Twin B <twin@example.org>" default never future-default
  make_key "Signer <signer@example.org>" sign never
  gnupg --export signer@example.org >"$TMP/signer.pub"
  gnupg --faked-system-time 20200101T000000 --passphrase '' --quick-generate-key "Late <expired@example.org>" future-default default 1y
  make_key "Gone <revoked@example.org>" default never future-default
  sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$(fingerprint_of revoked@example.org).rev" >"$TMP/revocation"
  gnupg --import "$TMP/revocation"
  head -c 200 "$TMP/pgp1.pub" >"$TMP/broken.pub"
}

for command in gpg gpgconf gpg-agent jq strace; do
  command -v "$command" >/dev/null || fail "$command is missing: scripts/setup installs it"
done
cp "$vectors"/keys/pgp* "$TMP"
chmod 600 "$TMP"/*.sec
fill_keyring
"$provider" public "$TMP/pgppw.sec" >"$TMP/pgppw.pub"
messages_of_others_are_opened
both_directions_work
the_users_agent_opens
agents_that_cannot_help_are_told
names_of_all_kinds_are_found
wrong_recipients_are_told
wrong_keys_are_told
passphrases_come_with_the_request
passphrases_are_not_shown
compressed_bombs_are_refused
keys_are_listed
expect_kept_open "$TMP/by-gpg" pgp enabled "$provider" --key "$TMP/pgp1.sec"
hostile_packets_do_no_harm
expect_bad_requests_refused "$provider"
expect_told_about "$provider"
gpgconf --kill all
expect_no_traces
