#!/bin/bash
# The provider age, used as other tools use it: in both directions with age itself, with its own keys and those of SSH.
# shellcheck disable=SC2034 # arrays are passed by name
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

provider=$KEY_PROVIDERS/keyprovider-age
enabled=(Enabled)

make_ssh_key() {
  ssh-keygen -q -N '' -C "$1@example.org" -f "$TMP/$1" "${@:2}"
}

keys_are_those_of_age() {
  expect_exit 0 "$provider" generate "$TMP/ours"
  expect_equal "$stdout" "$(cat "$TMP/ours.pub")" "what was printed"
  expect_equal "$(age-keygen -y "$TMP/ours")" "$(cat "$TMP/ours.pub")" "the public half of our key"
  expect_equal "$(stat -c %a "$TMP/ours")" 600 "mode of the secret key"
  expect_failure "already exists" "$provider" generate "$TMP/ours" </dev/null
  age-keygen -o "$TMP/theirs" 2>/dev/null
  age-keygen -y "$TMP/theirs" >"$TMP/theirs.pub"
  expect_equal "$("$provider" public "$TMP/theirs")" "$(cat "$TMP/theirs.pub")" "the public half of age's key"
  expect_equal "$("$provider" public "$TMP/ed25519") ed25519@example.org" "$(cat "$TMP/ed25519.pub")" "that of an SSH key"
  expect_equal "$("$provider" public "$TMP/rsa.pub") rsa@example.org" "$(cat "$TMP/rsa.pub")" "the public key again"
}

# Each key opens what we and what age encrypted for it.
both_directions_work() {
  local name keys recipients
  for name in ours theirs ed25519 rsa; do
    recipients=("$TMP/$name.pub") keys=("$TMP/$name")
    expect_wraps "$TMP/packet" age recipients "$provider"
    expect_equal "$(age -d -i "$TMP/$name" "$TMP/packet")" "$options" "what age opened with $name"
    expect_unwraps "$TMP/packet" age keys "$provider"
    printf %s "$options" | age -R "$TMP/$name.pub" >"$TMP/by-age"
    expect_unwraps "$TMP/by-age" age keys "$provider"
    expect_unwraps "$TMP/by-age" age enabled "$provider" --key "$TMP/$name"
  done
}

# Files of several recipients, texts of keys, and more than once.
every_recipient_opens_it() {
  local name keys recipients
  printf '# the team\n\n' | cat - "$TMP/ours.pub" "$TMP/rsa.pub" >"$TMP/team"
  recipients=("$TMP/team" "$(cat "$TMP/theirs.pub")" "$(cat "$TMP/ed25519.pub")" "$TMP/ours.pub")
  expect_wraps "$TMP/packet" age recipients "$provider"
  expect_equal "$(grep -a -c '^-> ' "$TMP/packet")" 4 "number of recipients"
  for name in ours theirs ed25519 rsa; do
    expect_equal "$(age -d -i "$TMP/$name" "$TMP/packet")" "$options" "what age opened with $name"
    keys=("$TMP/stranger" "$TMP/$name")
    expect_unwraps "$TMP/packet" age keys "$provider"
  done
  keys=("$TMP/stranger")
  expect_unwrap_fails "encrypted for X25519, ssh-rsa " "$TMP/packet" age keys "$provider"
  expect_contains "$stderr" "tried $(age-keygen -y "$TMP/stranger")"
  expect_unwrap_fails "no key was given" "$TMP/packet" age enabled "$provider"
}

a_node_keeps_keys_in_a_directory() {
  mkdir "$TMP/keys"
  cp "$TMP/locked" "$TMP/keys/locked.key"
  expect_unwrap_fails "locked.key: an OpenSSH private key with a passphrase" "$TMP/packet" age enabled "$provider" --keys "$TMP/keys"
  cp "$TMP/ed25519" "$TMP/keys/ed25519.key"
  expect_unwraps "$TMP/packet" age enabled "$provider" --keys "$TMP/keys"
}

wrong_input_is_told() {
  local keys recipients
  recipients=("$TMP/ours")
  expect_wrap_fails "line 2: a secret key was given where a public one is needed" age recipients "$provider"
  recipients=("$TMP/ed25519")
  expect_wrap_fails "a key in PEM was given" age recipients "$provider"
  recipients=("$TMP/ecdsa.pub")
  expect_wrap_fails "the type ecdsa-sha2-nistp256, which age does not take" age recipients "$provider"
  recipients=("$TMP/absent")
  expect_wrap_fails "absent: No such file" age recipients "$provider"
  expect_wrap_fails "no recipient is named" age enabled "$provider"
  keys=("$TMP/ours.pub")
  expect_unwrap_fails "a public key was given where a secret one is needed" "$TMP/packet" age keys "$provider"
  keys=("$TMP/locked")
  expect_unwrap_fails "ssh-keygen -p -N '' -f COPY" "$TMP/packet" age keys "$provider"
  recipients=("$(tail -n 1 "$TMP/ours")")
  expect_wrap_fails "the text of a key was given" age recipients "$provider"
  [[ $stderr != *"${recipients[0]}"* ]] || fail "the secret was shown"
}

# What the message about it says makes it usable.
passphrases_can_be_taken_off() {
  local keys=("$TMP/copy")
  cp "$TMP/locked" "$TMP/copy"
  ssh-keygen -q -p -P 1234 -N '' -f "$TMP/copy" >/dev/null
  printf %s "$options" | age -R "$TMP/locked.pub" >"$TMP/by-age"
  expect_unwraps "$TMP/by-age" age keys "$provider"
}

files_with_a_passphrase_are_refused() {
  local keys=("$TMP/ours")
  python3 - "$tests_dir/vectors/age/scrypt" "$TMP/scrypt" <<'END_OF_PYTHON'
import sys
open(sys.argv[2], "wb").write(open(sys.argv[1], "rb").read().partition(b"\n\n")[2])
END_OF_PYTHON
  expect_unwrap_fails "encrypted with a passphrase (scrypt)" "$TMP/scrypt" age keys "$provider"
  age -a -R "$TMP/ours.pub" -o "$TMP/armoured" "$TMP/packet"
  expect_unwrap_fails "not an age file" "$TMP/armoured" age keys "$provider"
}

# A packet with any byte changed does not open, nor does one that was cut off.
damaged_packets_do_not_open() {
  local recipients=("$TMP/ed25519.pub" "$TMP/ours.pub") answers size
  expect_wraps "$TMP/whole" age recipients "$provider"
  size=$(stat -c %s "$TMP/whole")
  python3 - "$TMP/whole" >"$TMP/requests" <<'END_OF_PYTHON'
import base64, json, sys
packet = open(sys.argv[1], "rb").read()
def ask(bytes):
    print(json.dumps({"op": "keyunwrap", "keyunwrapparams": {"dc": None, "annotation": base64.b64encode(bytes).decode()}}))
for i in range(len(packet)):
    ask(packet[:i] + bytes([packet[i] ^ 1]) + packet[i + 1:])
    ask(packet[:i])
END_OF_PYTHON
  answers=$("$provider" --key "$TMP/ours" --serve <"$TMP/requests")
  expect_equal "$(grep -c '^{"error":' <<<"$answers")" $((2 * size)) "number of failures"
  expect_equal "$(wc -l <<<"$answers")" $((2 * size)) "number of answers"
  expect_contains "$answers" "layer authentication failed"
}

for command in age age-keygen ssh-keygen; do
  command -v "$command" >/dev/null || fail "$command is missing: scripts/setup installs it"
done
make_ssh_key ed25519 -t ed25519
make_ssh_key rsa -t rsa -b 2048
make_ssh_key ecdsa -t ecdsa
ssh-keygen -q -t ed25519 -N 1234 -f "$TMP/locked"
age-keygen -o "$TMP/stranger" 2>/dev/null
keys_are_those_of_age
both_directions_work
every_recipient_opens_it
a_node_keeps_keys_in_a_directory
wrong_input_is_told
passphrases_can_be_taken_off
files_with_a_passphrase_are_refused
damaged_packets_do_not_open
expect_bad_requests_refused "$provider"
expect_kept_open "$TMP/packet" age enabled "$provider" --key "$TMP/ours"
expect_told_about "$provider"
