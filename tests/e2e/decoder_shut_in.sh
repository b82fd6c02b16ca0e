#!/bin/bash
# The decoder gives up the rights that it does not need, loads few libraries, reads no unauthenticated CMS, and ends on
# SIGTERM: while nobody reads its output, and while it verifies.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

libraries=(libc libcrypto libisal libm libseccomp libsodium libzstd)

expect_few_libraries() {
  local all others
  all=$(ldd "$CTD_DECODER" | sed -n 's/^\t\(lib[a-z+]*\).* => .*/\1/p')
  expect_contains "$all" libcrypto
  others=$(grep -vxF -e "$(printf '%s\n' "${libraries[@]}")" <<<"$all" | xargs) || true
  expect_equal "$others" "" "the list of other libraries"
}

# start_blocked: $decoder writes a layer that is larger than its output pipe. It does not run as root, so that the owner of
# its files in /proc shows whether it may be dumped.
start_blocked() {
  mkfifo "$TMP/output"
  exec 8<>"$TMP/output"
  umask 022
  # A shell's background commands ignore SIGINT, and so would the decoder.
  setpriv --reuid 65534 --regid 65534 --clear-groups env --default-signal=INT "$TMP/ctd-decoder" \
    --decryption-keys-path "$TMP/keys" --content-root "$TMP/encrypted" "$@" <"$layer" >&8 2>"$TMP/stderr" 3<&- 8<&- &
  decoder=$!
  timeout 20 head -c1 <&8 >/dev/null || fail "the decoder writes nothing: $(cat "$TMP/stderr")"
}

# status_of FIELD
status_of() {
  sed -n "s/^$1:\t//p" "/proc/$decoder/status"
}

expect_shut_in() {
  expect_equal "$(status_of NoNewPrivs)" 1 "no_new_privs"
  expect_equal "$(status_of Umask)" 0077 "the umask"
  expect_equal "$(awk '/^Max core file size/ {print $5, $6}' "/proc/$decoder/limits")" "0 0" "the limit of core files"
  expect_equal "$(status_of Seccomp_filters)" 2 "the number of seccomp filters: for opening, and for writing"
  expect_equal "$(sed -n 's/^Seccomp:\t//p' /proc/"$(pgrep -P "$decoder")"/status)" 2 "the holder's mode of seccomp"
  expect_equal "$(stat -c %u "/proc/$decoder/status")" 0 "the owner of its /proc files, root for what cannot be dumped"
}

# expect_end_on SIGNAL STATUS
expect_end_on() {
  local status=0
  kill -"$1" "$decoder"
  wait_for 60 process_is_gone "$decoder" || fail "still there after SIG$1"
  wait "$decoder" || status=$?
  expect_equal "$status" "$2" "the exit status after SIG$1"
  exec 8<&-
  rm "$TMP/output"
  expect_nothing_left
}

# expect_end_while_verifying SIGNAL STATUS: nothing is written before the layer is verified, which takes 8 passes here.
expect_end_while_verifying() {
  env --default-signal=INT "$TMP/ctd-decoder" --decryption-keys-path "$TMP/keys" --content-root "$TMP/encrypted" \
    <"$layer" >"$TMP/output" 2>"$TMP/stderr" 3<&- 8<&- &
  decoder=$!
  wait_for 60 is_in_second_pass || fail "it ended without a second pass: $(cat "$TMP/stderr")"
  expect_end_on "$@"
  expect_equal "$(cat "$TMP/stderr")" "ctd-decoder: error: cancelled" "what it says"
}

is_in_second_pass() {
  (($(sed -n 's/^rchar: //p' "/proc/$decoder/io") > $(stat -c %s "$layer") + 1000000))
}

# make_legacy_image: one layer, made by openssl, for a certificate: its packet is AES-CBC.
make_legacy_image() {
  local key nonce hmac plain
  key=$(openssl rand -hex 32)
  nonce=$(openssl rand -hex 16)
  head -c 100000 /dev/urandom >"$TMP/layer"
  plain=$(sha256sum <"$TMP/layer" | cut -d' ' -f1)
  openssl enc -aes-256-ctr -K "$key" -iv "$nonce" -in "$TMP/layer" -out "$TMP/ciphertext"
  hmac=$(openssl dgst -sha256 -mac hmac -macopt "hexkey:$key" -binary "$TMP/ciphertext" | base64 -w0)
  jq -nc --arg key "$(base64_of "$key")" --arg nonce "$(base64_of "$nonce")" --arg digest "sha256:$plain" \
    '{symkey: $key, digest: $digest, cipheroptions: {nonce: $nonce}}' >"$TMP/options"
  openssl cms -encrypt -binary -aes-256-cbc -outform DER -in "$TMP/options" -out "$TMP/packet" "$TMP/owner.cert.pem"
  python3 -B "$support_dir/image_of_layers.py" "$TMP/legacy" t "tar:$TMP/ciphertext"
  python3 - "$TMP/legacy" "$TMP/packet" "$hmac" <<'PYTHON'
import base64, hashlib, json, pathlib, sys
layout = pathlib.Path(sys.argv[1])
index = json.loads((layout / "index.json").read_text())
entry = index["manifests"][0]
manifest = json.loads((layout / "blobs" / entry["digest"].replace(":", "/")).read_text())
layer = manifest["layers"][0]
layer["mediaType"] += "+encrypted"
options = json.dumps({"cipher": "AES_256_CTR_HMAC_SHA256", "hmac": sys.argv[3], "cipheroptions": {}})
prefix = "org.opencontainers.image.enc."
layer["annotations"] = {prefix + "keys.pkcs7": base64.b64encode(pathlib.Path(sys.argv[2]).read_bytes()).decode(),
                        prefix + "pubopts": base64.b64encode(options.encode()).decode()}
text = json.dumps(manifest).encode()
digest = hashlib.sha256(text).hexdigest()
(layout / "blobs/sha256" / digest).write_bytes(text)
entry.update(digest="sha256:" + digest, size=len(text))
(layout / "index.json").write_text(json.dumps(index))
PYTHON
}

# base64_of HEX
base64_of() {
  python3 -c 'import base64, sys; print(base64.b64encode(bytes.fromhex(sys.argv[1])).decode())' "$1"
}

decode_legacy() {
  "$CTD_DECODER" --decryption-keys-path "$TMP/keys" --content-root "$TMP/legacy" <"$TMP/ciphertext" 3<&-
}

require_root
require_commands jq openssl setpriv ldd
expect_few_libraries

mkdir "$TMP/spool"
make_keys "$TMP/key" P-256
make_image "$TMP/plain" t --layers 1 --no-busybox --compression tar --layer-size $((60 << 20)) >/dev/null
encrypt "$TMP/plain" t "$TMP/key" >/dev/null
layer=$(blob "$TMP/encrypted" "$(layers_of "$TMP/encrypted" t | cut -d' ' -f2)")
use_keys "$TMP/key"
cp "$CTD_DECODER" "$TMP/ctd-decoder"
chmod 755 "$TMP"
chmod -R a+rX "$TMP/keys" "$TMP/encrypted" "$TMP/ctd-decoder"
start_blocked
expect_shut_in
expect_end_on TERM 143
start_blocked --stream
expect_end_on INT 130
start_blocked --sandbox=off
expect_equal "$(status_of Seccomp)" 0 "the mode of seccomp with --sandbox=off"
expect_end_on TERM 143
# Parts of a store may be links to another disk.
mv "$TMP/encrypted/blobs" "$TMP/other_disk"
ln -s ../other_disk "$TMP/encrypted/blobs"
start_blocked --sandbox=require
expect_shut_in
expect_end_on TERM 143
expect_matches "$("$CTD_DECODER" --version)" "sandbox: Landlock [0-9]+, seccomp"
python3 -B "$support_dir/forge_hmacs.py" "$TMP/encrypted" 9 9
expect_end_while_verifying TERM 143
expect_end_while_verifying INT 130

make_certificate "$TMP/owner" owner
make_legacy_image
use_keys "$TMP/owner"
expect_exit 1 decode_legacy
expect_matches "$stderr" "encrypted without authentication"
expect_equal "$(stat -c %s "$TMP/stdout")" 0 "the number of bytes on stdout"
imgcrypt decrypt "oci:$TMP/legacy:t" "oci:$TMP/back:t" -k "$TMP/owner.pem" --allow-legacy-cms --diff-ids never >/dev/null ||
  fail "the image with the legacy packet is not sound"
