#!/bin/bash
# The provider sodium, used as other tools use it, and its keys.
# shellcheck disable=SC2034 # arrays are passed by name
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

sodium=$KEY_PROVIDERS/keyprovider-sodium
enabled=(Enabled)

make_key() {
  "$sodium" generate "$TMP/$1" >/dev/null
}

# x25519_pair_of_openssl NAME: a key made by OpenSSL, in the text form that the README describes
x25519_pair_of_openssl() {
  openssl genpkey -algorithm X25519 -outform DER -out "$TMP/$1.der"
  openssl pkey -inform DER -in "$TMP/$1.der" -pubout -outform DER -out "$TMP/$1.pub.der"
  python3 - "$TMP/$1" <<'END'
import base64, hashlib, sys
def text(kind, key):
    prefix = f"sodium-x25519-{kind}-".encode()
    check = hashlib.blake2b(prefix + key, digest_size=32).digest()[:4]
    return prefix + base64.urlsafe_b64encode(key + check) + b"\n"
name = sys.argv[1]
open(name, "wb").write(text("secret", open(name + ".der", "rb").read()[-32:]))
open(name + ".pub", "wb").write(text("public", open(name + ".pub.der", "rb").read()[-32:]))
END
}

keys_are_made_with_care() {
  (umask 000 && make_key careful)
  expect_equal "$(stat -c %a "$TMP/careful")" 600 "mode of the secret key"
  (umask 027 && "$sodium" generate "$TMP/shared" >"$TMP/printed")
  expect_equal "$(stat -c %a "$TMP/shared.pub")" 640 "mode of the public key"
  cmp "$TMP/printed" "$TMP/shared.pub"
  expect_equal "$("$sodium" public "$TMP/shared")" "$(cat "$TMP/shared.pub")" "the public half"
  expect_equal "$(find "$TMP" -name 'shared*' | wc -l)" 2 "number of files"
}

keys_are_not_overwritten() {
  make_key kept
  cp "$TMP/kept" "$TMP/kept.before"
  expect_failure "already exists" "$sodium" generate "$TMP/kept" </dev/null
  rm "$TMP/kept.pub"
  expect_failure "already exists" "$sodium" generate "$TMP/kept" </dev/null
  cmp "$TMP/kept" "$TMP/kept.before"
  make_key other
  rm "$TMP/other"
  expect_failure "other.pub already exists" "$sodium" generate "$TMP/other" </dev/null
  [[ ! -e $TMP/other ]] || fail "half a key was made"
  "$sodium" generate --force "$TMP/kept" >/dev/null
  ! cmp -s "$TMP/kept" "$TMP/kept.before" || fail "--force did not make a new key"
  expect_equal "$(stat -c %a "$TMP/kept")" 600 "mode of the new key"
  expect_equal "$("$sodium" public "$TMP/kept")" "$(cat "$TMP/kept.pub")" "the public half of the new key"
  expect_failure "absent/key" "$sodium" generate "$TMP/absent/key" </dev/null
  expect_equal "$(find "$TMP" -name '*.????????????????')" "" "temporary files"
}

the_example_keys_are_a_pair() {
  local example=$tests_dir/../keys-example/sodium.key
  expect_equal "$("$sodium" public "$example")" "$(cat "$example.pub")" "the public half of the example"
}

keys_of_openssl_are_read() {
  x25519_pair_of_openssl foreign
  expect_equal "$("$sodium" public "$TMP/foreign")" "$(cat "$TMP/foreign.pub")" "the public half of OpenSSL's key"
  expect_opens_alone "$TMP/foreign" "$TMP/foreign.pub"
}

# expect_opens_alone SECRET PUBLIC
expect_opens_alone() {
  local recipients=("$2") keys=("$1")
  expect_wraps "$TMP/alone" sodium recipients "$sodium"
  expect_unwraps "$TMP/alone" sodium keys "$sodium"
}

every_recipient_opens_it() {
  local recipients keys
  recipients=("$TMP/one.pub" "$(cat "$TMP/two.pub")")
  expect_wraps "$TMP/packet" sodium recipients "$sodium"
  for name in one two; do
    keys=("$TMP/$name")
    expect_unwraps "$TMP/packet" sodium keys "$sodium"
    expect_unwraps "$TMP/packet" sodium enabled "$sodium" --key "$TMP/$name"
    expect_unwraps "$TMP/packet" sodium enabled "$sodium" --key "$TMP/three" --key "$TMP/$name"
  done
  keys=("$TMP/three" "$TMP/one")
  expect_unwraps "$TMP/packet" sodium keys "$sodium"
  echo nonsense >"$TMP/broken"
  keys=("$TMP/broken" "$TMP/absent" "$TMP/one")
  expect_unwraps "$TMP/packet" sodium keys "$sodium"
  keys=("$TMP/broken" "$TMP/three")
  expect_unwrap_fails "skipped $TMP/broken: not a secret key" "$TMP/packet" sodium keys "$sodium"
}

a_node_keeps_keys_in_a_directory() {
  mkdir "$TMP/keys"
  cp "$TMP/three" "$TMP/keys/three.key"
  echo nonsense >"$TMP/keys/broken.key"
  mkfifo "$TMP/keys/pipe.key"
  mkdir "$TMP/keys/folder.key"
  cp "$TMP/one" "$TMP/keys/one.txt"
  expect_unwrap_fails "broken.key" "$TMP/packet" sodium enabled "$sodium" --keys "$TMP/keys"
  expect_contains "$stderr" "$(cat "$TMP/three.pub")"
  mkdir "$TMP/keys/..data"
  cp "$TMP/one" "$TMP/keys/..data/one"
  ln -s ..data/one "$TMP/keys/one.key"
  expect_unwraps "$TMP/packet" sodium enabled "$sodium" --keys "$TMP/keys"
  expect_unwrap_fails "$TMP/absent" "$TMP/packet" sodium enabled "$sodium" --keys "$TMP/absent"
}

wrong_keys_are_told() {
  local keys=("$TMP/three")
  expect_unwrap_fails "$(cat "$TMP/one.pub")" "$TMP/packet" sodium keys "$sodium"
  expect_contains "$stderr" "$(cat "$TMP/two.pub")"
  expect_contains "$stderr" "tried $(cat "$TMP/three.pub")"
  expect_unwrap_fails "no key was given" "$TMP/packet" sodium enabled "$sodium"
  keys=("$TMP/one.pub")
  expect_unwrap_fails "a public key was given" "$TMP/packet" sodium keys "$sodium"
  keys=("$TMP/absent")
  expect_unwrap_fails "absent: No such file" "$TMP/packet" sodium keys "$sodium"
}

wrong_recipients_are_told() {
  local recipients=("$TMP/one")
  expect_wrap_fails "a secret key was given where a public one is needed" sodium recipients "$sodium"
  recipients=("$TMP/one.pub" "$TMP/absent.pub")
  expect_wrap_fails "absent.pub" sodium recipients "$sodium"
  recipients=("$(sed 's/.$/A/' "$TMP/one.pub")")
  [[ ${recipients[0]} == "$(cat "$TMP/one.pub")" ]] && recipients=("$(sed 's/.$/B/' "$TMP/one.pub")")
  expect_wrap_fails "typing error" sodium recipients "$sodium"
  expect_wrap_fails "no recipient is named" sodium enabled "$sodium"
  recipients=()
  expect_wrap_fails "no recipient is named" sodium recipients "$sodium"
  recipients=("$TMP")
  expect_wrap_fails "$TMP" sodium recipients "$sodium"
  head -c 10000 /dev/urandom >"$TMP/junk"
  recipients=("$TMP/junk")
  expect_wrap_fails "$TMP/junk" sodium recipients "$sodium"
}

secrets_are_never_shown() {
  local secret recipients
  secret=$(cat "$TMP/one")
  recipients=("$secret")
  expect_wrap_fails "the text of a key was given" sodium recipients "$sodium"
  [[ $stderr != *"$secret"* ]] || fail "the secret was shown"
  expect_unwrap_fails "the text of a key was given" "$TMP/packet" sodium recipients "$sodium"
  [[ $stderr != *"$secret"* ]] || fail "the secret was shown"
}

# A packet with any byte changed does not open, nor does one that was cut off.
damaged_packets_do_not_open() {
  local recipients=("$TMP/one.pub") answers size
  expect_wraps "$TMP/whole" sodium recipients "$sodium"
  size=$(stat -c %s "$TMP/whole")
  python3 - "$TMP/whole" >"$TMP/requests" <<'END'
import base64, json, sys
packet = open(sys.argv[1], "rb").read()
def ask(bytes):
    print(json.dumps({"op": "keyunwrap", "keyunwrapparams": {"dc": None, "annotation": base64.b64encode(bytes).decode()}}))
for i in range(len(packet)):
    ask(packet[:i] + bytes([packet[i] ^ 1]) + packet[i + 1:])
    ask(packet[:i])
END
  answers=$("$sodium" --key "$TMP/one" --serve <"$TMP/requests")
  expect_equal "$(grep -c '^{"error":' <<<"$answers")" $((2 * size)) "number of failures"
  expect_equal "$(wc -l <<<"$answers")" $((2 * size)) "number of answers"
  expect_contains "$answers" "layer authentication failed"
}

another_name_is_configured() {
  local recipients=("$TMP/one.pub")
  expect_wraps "$TMP/renamed" team-keys recipients "$sodium" --name team-keys
  expect_unwraps "$TMP/renamed" team-keys enabled "$sodium" --name team-keys --key "$TMP/one"
  expect_wrap_fails "no recipient is named" team-keys recipients "$sodium"
}

no_library_too_many() {
  if ldd "$sodium" | grep -E 'libcrypto|libssl'; then
    fail "keyprovider-sodium loads OpenSSL"
  fi
}

for name in one two three; do
  make_key "$name"
done
keys_are_made_with_care
keys_are_not_overwritten
the_example_keys_are_a_pair
keys_of_openssl_are_read
every_recipient_opens_it
a_node_keeps_keys_in_a_directory
wrong_keys_are_told
wrong_recipients_are_told
secrets_are_never_shown
damaged_packets_do_not_open
another_name_is_configured
no_library_too_many
expect_bad_requests_refused "$sodium"
expect_kept_open "$TMP/packet" sodium enabled "$sodium" --key "$TMP/one"
expect_told_about "$sodium"
