#!/bin/bash
# Keys that a TPM 2.0 holds open ordinary layers. The TPM is swtpm; other programs' keys are tpm2-tools' and OpenSSL's.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=decoded.sh
source "$cli_dir/decoded.sh"
# shellcheck source=recipients_of.sh
source "$cli_dir/recipients_of.sh"
# shellcheck source=../support/shell/swtpm.sh
source "$cli_dir/../support/shell/swtpm.sh"

: "${CTD_DECODER:=$cli_dir/../../build/release/streamproc/ctd-decoder}"

# tries_left: how often one may still be wrong
tries_left() {
  local counter most
  counter=$(tpm2_getcap properties-variable | sed -n 's/^TPM2_PT_LOCKOUT_COUNTER: //p')
  most=$(tpm2_getcap properties-variable | sed -n 's/^TPM2_PT_MAX_AUTH_FAIL: //p')
  echo $((most - counter))
}

# certify NAME: NAME.crt for the public key NAME.pub
certify() {
  openssl req -new -newkey rsa:2048 -nodes -subj "/CN=${1##*/}" -keyout "$TMP/ca.pem" -out "$TMP/csr" 2>/dev/null
  openssl x509 -req -in "$TMP/csr" -force_pubkey "$1.pub" -signkey "$TMP/ca.pem" -days 2 -out "$1.crt" 2>/dev/null
}

made_keys_open_layers() {
  expect_exit 0 imgcrypt key generate tpm2 "$TMP/ec"
  expect_equal "$stdout" "jwe:$TMP/ec.pub" "the recipient"
  expect_exit 0 imgcrypt key generate tpm2 --rsa "$TMP/rsa"
  expect_equal "$(stat -c %a "$TMP/ec" "$TMP/rsa" | sort -u)" 600 "the mode of private keys"
  encrypt "jwe:$TMP/ec.pub"
  expect_refused 8 imgcrypt key generate tpm2 "$TMP/ec"
  expect_opened "tpm2:$TMP/ec" "$TMP/ec"
  expect_not_opened "$TMP/rsa"
  certify "$TMP/rsa"
  encrypt "jwe:$TMP/rsa.pub"
  expect_opened "tpm2:$TMP/rsa" "$TMP/rsa"
  expect_not_opened "$TMP/ec"
  encrypt "pkcs7:$TMP/rsa.crt"
  expect_opened "$TMP/rsa"
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/certified:t" -k "$TMP/rsa.crt" -k "$TMP/rsa"
  expect_nothing_loaded
}

# Who encrypts needs to know nothing of the TPM.
images_of_skopeo_are_opened() {
  local key
  rm -rf "$TMP/skopeo"
  expect_exit 0 skopeo copy --encryption-key "jwe:$TMP/ec.pub" --encryption-key "jwe:$TMP/rsa.pub" \
    --encryption-key "pkcs7:$TMP/rsa.crt" "oci:$TMP/plain:t" "oci:$TMP/skopeo:t"
  for key in ec rsa; do
    rm -rf "$TMP/back"
    expect_exit 0 imgcrypt decrypt "oci:$TMP/skopeo:t" "oci:$TMP/back:t" -k "$TMP/$key"
    expect_same_layers "$TMP/plain" t "$TMP/back" t
  done
}

# The decrypted key is wrong, as with a key file: nothing tells that the padding was.
wrong_paddings_look_like_wrong_keys() {
  local manifest packet
  encrypt "pkcs7:$TMP/rsa.crt"
  manifest=$(blob "$TMP/in" "$(root_of "$TMP/in" t)")
  packet=$(jq -r '.layers[0].annotations["org.opencontainers.image.enc.keys.pkcs7"]' "$manifest")
  base64 -d <<<"$packet" >"$TMP/packet"
  # The encrypted key is the only string of 256 bytes.
  python3 - "$TMP/packet" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b"\x04\x82\x01\x00") + 4
data[at + 200] ^= 1
open(sys.argv[1], "wb").write(data)
END
  jq -cj --arg packet "$(base64 -w0 "$TMP/packet")" \
    '.layers[].annotations["org.opencontainers.image.enc.keys.pkcs7"] = $packet' "$manifest" >"$TMP/manifest"
  digest=$(sha256sum <"$TMP/manifest" | cut -d' ' -f1)
  cp "$TMP/manifest" "$TMP/in/blobs/sha256/$digest"
  jq -c --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$TMP/manifest")" \
    '.manifests[0] += {digest: $digest, size: $size}' "$TMP/in/index.json" >"$TMP/index"
  cp "$TMP/index" "$TMP/in/index.json"
  expect_not_opened "$TMP/rsa"
  [[ $stderr != *padding* && $stderr != *TPM* ]] || fail "the padding shows: $stderr"
}

authorization_values_are_needed_once() {
  local before
  printf 'correct horse' >"$TMP/pass"
  printf 'wrong horse' >"$TMP/wrong"
  chmod 600 "$TMP/pass" "$TMP/wrong"
  expect_exit 0 imgcrypt key generate tpm2 --rsa --passphrase "file=$TMP/pass" "$TMP/guarded"
  encrypt "jwe:$TMP/guarded.pub"
  expect_opened "tpm2:$TMP/guarded:file=$TMP/pass" "$TMP/guarded:file=$TMP/pass"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "tpm2:$TMP/guarded"
  expect_contains "$stderr" "needs its authorization value"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/guarded"
  expect_contains "$stderr" "needs its authorization value"
  [[ $stderr != *"did you mean"* ]] || fail "the key is said to need another name: $stderr"
  before=$(tries_left)
  expect_equal "$before" 3 "the tries that swtpm gives"
  cp "$TMP/guarded" "$TMP/copied"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "tpm2:$TMP/guarded:file=$TMP/wrong" \
    -k "$TMP/guarded:file=$TMP/wrong" -k "$TMP/./guarded:file=$TMP/wrong" -k "$TMP/copied:file=$TMP/wrong"
  expect_contains "$stderr" "the authorization value is wrong: 1 of 3 tries are used"
  [[ $stderr != *horse* ]] || fail "the passphrase is shown: $stderr"
  expect_equal "$(tries_left)" 2 "the tries that are left, after three layers and a key that was given by four names"
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/guarded:file=$TMP/wrong"
  expect_contains "$stderr" "the authorization value is wrong: 2 of 3 tries are used"
  expect_refused 9 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/guarded:file=$TMP/wrong"
  expect_contains "$stderr" "another wrong one would lock the TPM: 2 of 3 tries are used"
  expect_contains "$stderr" "--clear-lockout"
  expect_equal "$(tries_left)" 1 "the tries that are left: the last is not used"
  tpm2_dictionarylockout -Q --setup-parameters --max-tries=2
  expect_exit 9 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "tpm2:$TMP/guarded:file=$TMP/pass"
  expect_contains "$stderr" "the TPM is locked"
  expect_contains "$stderr" "--clear-lockout"
  tpm2_dictionarylockout -Q --setup-parameters --max-tries=3
  tpm2_dictionarylockout -Q --clear-lockout
  expect_opened "tpm2:$TMP/guarded:file=$TMP/pass"
  expect_nothing_loaded
}

# Once: a second try would count as well.
authorization_values_are_asked_for() {
  local key
  encrypt "jwe:$TMP/guarded.pub"
  for key in "$TMP/guarded" "tpm2:$TMP/guarded" "$TMP/guarded:prompt"; do
    rm -rf "$TMP/back"
    expect_exit 0 timeout 60 python3 "$cli_dir/pty_answer.py" "correct horse" "$IMGCRYPT" decrypt "oci:$TMP/in:t" \
      "oci:$TMP/back:t" -k "$key"
    expect_contains "$stdout" "Authorization value of tpm2:$TMP/guarded: "
    [[ $stdout != *horse* ]] || fail "the terminal showed it: $stdout"
  done
  expect_exit 3 timeout 60 python3 "$cli_dir/pty_answer.py" $'wrong horse\ncorrect horse' "$IMGCRYPT" decrypt \
    "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/guarded"
  expect_contains "$stdout" "the authorization value is wrong: 1 of 3 tries are used"
  expect_contains "$stdout" "it was not tried again"
  tpm2_dictionarylockout -Q --clear-lockout
  expect_exit 0 timeout 60 python3 "$cli_dir/pty_answer.py" "" "$IMGCRYPT" key show "$TMP/guarded"
  [[ $stdout != *"value of"* ]] || fail "a public half needs none: $stdout"
}

# The device of another program is waited for.
held_devices_are_waited_for() {
  : >"$TMP/device"
  TPM2TOOLS_TCTI=device:$TMP/device expect_exit 9 \
    strace -f -qq -o "$TMP/opened" -P "$TMP/device" -e trace=openat -e inject=openat:error=EBUSY "$IMGCRYPT" key public "$TMP/ec"
  expect_contains "$stderr" "another program keeps the TPM to itself (device:$TMP/device)"
  expect_contains "$stderr" "device:/dev/tpmrm0"
  (($(grep -c EBUSY "$TMP/opened") > 2)) || fail "it was tried once only: $(cat "$TMP/opened")"
}

# on_the_bus COMMAND...: with all that goes to the TPM and comes back from it in $TMP/bus
on_the_bus() {
  rm -f "$TMP/bus"
  TPM2TOOLS_TCTI=pcap:$TPM2TOOLS_TCTI TCTI_PCAP_FILE=$TMP/bus "$@"
}

# Neither an authorization value nor what was decrypted
the_bus_shows_no_secret() {
  local program request
  expect_exit 0 on_the_bus imgcrypt key generate tpm2 --rsa --passphrase "file=$TMP/pass" "$TMP/watched"
  [[ -s $TMP/bus ]] || fail "nothing was recorded"
  ! grep -aq "correct horse" "$TMP/bus" || fail "the authorization value of a new key is on the bus"
  program=$(imgcrypt provider list | sed -n 's/^tpm2: \([^ ]*\).*/\1/p')
  request=$(printf 'in confidence' | openssl pkeyutl -encrypt -pubin -inkey "$TMP/watched.pub" \
    -pkeyopt rsa_padding_mode:oaep | base64 -w0)
  request=$(jq -cn --arg key "$TMP/watched" --arg data "$request" '{op: "privatekey", privatekey: {operation: "oaep-sha1",
    key: ($key | @base64), passphrase: ("correct horse" | @base64), data: $data, label: "", size: 0}}')
  expect_exit 0 on_the_bus "$program" <<<"$request"
  expect_equal "$(jq -r '.privatekeyresults.result | @base64d' <<<"$stdout")" "in confidence" "what was decrypted"
  [[ -s $TMP/bus ]] || fail "nothing was recorded"
  ! grep -aq -e "in confidence" -e "correct horse" "$TMP/bus" || fail "a secret is on the bus"
}

# A TPM does not tell whether a key's value is empty, so that must be tried; never with the last try.
empty_values_do_not_lock_the_tpm() {
  local handle=0x81010004 attempt
  tpm2_createprimary -Q -C o -G ecc256 -c "$TMP/context" -p "pw" \
    -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt'
  tpm2_evictcontrol -Q -C o -c "$TMP/context" "$handle"
  tpm2_readpublic -Q -c "$handle" -f pem -o "$TMP/empty.pub"
  tpm2_flushcontext -Q --transient-object
  encrypt "jwe:$TMP/empty.pub"
  for attempt in 1 2; do
    expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "tpm2:$handle"
    expect_contains "$stderr" "needs its authorization value: $attempt of 3 tries are used"
  done
  expect_refused 9 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "tpm2:$handle"
  tpm2_dictionarylockout -Q --clear-lockout
  expect_opened "tpm2:$handle:env=AUTH"
  tpm2_evictcontrol -Q -C o -c "$handle"
}

# Persistent ones, as tpm2-tools makes them; a key may have a scheme of its own.
keys_of_tpm2_tools_open_layers() {
  local handle=0x81010001 kind
  for kind in rsa2048:oaep-sha256 rsa2048:oaep-sha1 rsa2048:rsaes rsa2048 ecc256:ecdh ecc256 ecc384; do
    tpm2_createprimary -Q -C o -G "$kind" -c "$TMP/context" -p "pw" \
      -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt|noda'
    tpm2_evictcontrol -Q -C o -c "$TMP/context" "$handle"
    tpm2_readpublic -Q -c "$handle" -f pem -o "$TMP/persistent.pub"
    tpm2_flushcontext -Q --transient-object
    encrypt "jwe:$TMP/persistent.pub"
    case $kind in
      rsa2048:oaep-sha1 | rsa2048 | ecc*) expect_opened "tpm2:$handle:env=AUTH" ;;
      *) expect_not_opened_by_scheme "tpm2:$handle:env=AUTH" ;;
    esac
    if [[ $kind == rsa2048:rsaes ]]; then
      certify "$TMP/persistent"
      encrypt "pkcs7:$TMP/persistent.crt"
      expect_opened "tpm2:$handle:env=AUTH"
    fi
    if [[ $kind != *oaep-sha256 ]]; then
      expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "tpm2:$handle"
      expect_contains "$stderr" "the key needs its authorization value"
    fi
    tpm2_evictcontrol -Q -C o -c "$handle"
  done
  expect_refused 3 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "tpm2:$handle"
  expect_contains "$stderr" "no key at this handle"
  expect_contains "$stderr" "tpm2_getcap handles-persistent"
}

# A key for another padding is not the user's mistake.
expect_not_opened_by_scheme() {
  expect_refused 6 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$1"
  expect_contains "$stderr" "is for another padding"
}

export AUTH=pw

keys_of_openssl_open_layers() {
  TPM2OPENSSL_TCTI=$TPM2TOOLS_TCTI openssl genpkey -provider tpm2 -provider default -propquery '?provider=tpm2' \
    -algorithm EC -pkeyopt group:P-256 -out "$TMP/theirs" 2>"$TMP/openssl.log" || fail "$(cat "$TMP/openssl.log")"
  imgcrypt key public "$TMP/theirs" >"$TMP/theirs.pub"
  encrypt "jwe:$TMP/theirs.pub"
  expect_opened "$TMP/theirs"
}

openssl_uses_our_keys() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$TMP/peer" 2>/dev/null
  openssl pkey -in "$TMP/peer" -pubout -out "$TMP/peer.pub"
  openssl pkeyutl -derive -inkey "$TMP/peer" -peerkey "$TMP/ec.pub" -out "$TMP/expected"
  TPM2OPENSSL_TCTI=$TPM2TOOLS_TCTI openssl pkeyutl -provider tpm2 -provider default -derive -inkey "$TMP/ec" \
    -peerkey "$TMP/peer.pub" -out "$TMP/shared" 2>"$TMP/openssl.log" || fail "$(cat "$TMP/openssl.log")"
  cmp "$TMP/expected" "$TMP/shared"
}

wrong_keys_are_told() {
  encrypt "jwe:$TMP/ec.pub"
  tpm2_createprimary -Q -C o -G ecc256:ecdsa -c "$TMP/context" -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign'
  tpm2_evictcontrol -Q -C o -c "$TMP/context" 0x81010002
  tpm2_flushcontext -Q --transient-object
  sed '3s/./A/5' "$TMP/ec" >"$TMP/damaged"
  tpm2_createprimary -Q -C o -c "$TMP/context"
  echo data | tpm2_create -Q -C "$TMP/context" -i - -r "$TMP/sealed.priv" -u "$TMP/sealed.pub"
  tpm2_flushcontext -Q --transient-object
  tpm2_load -Q -C "$TMP/context" -r "$TMP/sealed.priv" -u "$TMP/sealed.pub" -c "$TMP/sealed"
  tpm2_evictcontrol -Q -C o -c "$TMP/sealed" 0x81010005
  tpm2_flushcontext -Q --transient-object
  tpm2_createprimary -Q -C o -G ecc256 -c "$TMP/context" -a 'fixedtpm|fixedparent|sensitivedataorigin|decrypt'
  tpm2_evictcontrol -Q -C o -c "$TMP/context" 0x81010006
  tpm2_flushcontext -Q --transient-object
  head -c 33 /dev/zero | tr '\0' x >"$TMP/long"
  chmod 600 "$TMP/long"
  expect_exit 3 imgcrypt key generate tpm2 --passphrase "file=$TMP/long" "$TMP/none"
  expect_contains "$stderr" "it has 33 bytes, and a key in a TPM 2.0 takes 32"
  start_tpm other
  while IFS='|' read -r tcti key code reason hint; do
    TPM2TOOLS_TCTI=${tcti:-$TPM2TOOLS_TCTI} expect_refused "$code" \
      imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$key"
    expect_contains "$stderr" "$reason"
    expect_contains "$stderr" "$hint"
    [[ $stderr != *s3cret* ]] || fail "the passphrase is shown: $stderr"
  done <<END
swtpm:path=$TMP/other.sock|tpm2:$TMP/ec|3|belongs to another TPM|on the machine where it was made
device:$TMP/absent|tpm2:$TMP/ec|9|no TPM 2.0: there is no $TMP/absent|switch it on
|tpm2:0x81010002|3|does not decrypt, but signs|key generate tpm2
|tpm2:0x81010005|3|sealed data or an HMAC key|key generate tpm2
|tpm2:0x81010006|3|only a policy opens|userwithauth
|tpm2:0x40000001|3|not a persistent handle|handles-persistent
|tpm2:0x81010002:s3cret|3|not a persistent handle|:file=PASSPHRASEFILE
|tpm2:$TMP/nowhere|3|tpm2:$TMP/nowhere|
|tpm2:$TMP/ec.pub|3|not a TSS2 private key|
|tpm2:$TMP/damaged|3|$TMP/damaged|
END
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "tpm2:$TMP/ec"
  expect_contains "$stderr" "imgcrypt key public"
  expect_refused 3 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/out:t" -r "jwe:$TMP/ec"
  expect_contains "$stderr" "did you mean jwe:$TMP/ec.pub?"
}

keys_are_shown() {
  expect_exit 0 imgcrypt key show "$TMP/ec"
  expect_matches "$stdout" "private key"$'\n'".*key +EC, P-256"
  expect_contains "$stdout" "opens jwe layers: -k tpm2:$TMP/ec"
  expect_exit 0 imgcrypt key show "tpm2:$TMP/rsa"
  expect_contains "$stdout" "opens jwe, pkcs7 and pkcs11 layers: -k tpm2:$TMP/rsa"
  expect_exit 0 imgcrypt -o json key show "tpm2:$TMP/ec"
  python3 "$cli_dir/check_schema.py" "$cli_dir/../../docs/output.schema.json" keyShow <<<"$stdout"
  expect_equal "$(jq -r '.keys[] | [.kind, .container, .type, .curve] | join(" ")' <<<"$stdout")" "private tpm2 EC P-256" "the key"
  expect_exit 0 imgcrypt key public "tpm2:$TMP/ec"
  expect_equal "$stdout" "$(cat "$TMP/ec.pub")" "the public key"
  # The public half is no secret.
  expect_exit 0 imgcrypt key public "$TMP/guarded"
  expect_equal "$stdout" "$(cat "$TMP/guarded.pub")" "the public key"
  expect_exit 0 imgcrypt key show "$TMP/guarded"
  expect_exit 0 imgcrypt provider list
  expect_matches "$stdout" 'tpm2: .*/keyprovider-tpm2 .*once'
  expect_exit 0 imgcrypt provider test "tpm2:$TMP/rsa"
  expect_matches "$stdout" 'ok +opens what is encrypted for the .*RSA key [^:]* in jwe, pkcs7 and pkcs11 layers: [0-9.]+ ms'
  expect_exit 3 imgcrypt provider test "tpm2:$TMP/rsa" --key "tpm2:$TMP/ec"
  expect_contains "$stderr" "a TPM 2.0 wraps nothing that --key could unwrap"
}

# One program, and one answer for the public half, for all layers.
sixty_layers_need_one_start() {
  make_image "$TMP/sixty" t --no-busybox --layers 60 --layer-size 100 >/dev/null
  expect_exit 0 imgcrypt encrypt "oci:$TMP/sixty:t" "oci:$TMP/sixty.in:t" -r "jwe:$TMP/ec.pub"
  expect_exit 0 strace -f -qq -e trace=execve -o "$TMP/starts" \
    "$IMGCRYPT" decrypt "oci:$TMP/sixty.in:t" "oci:$TMP/sixty.out:t" -k "$TMP/ec"
  expect_equal "$(grep -c 'keyprovider-tpm2' "$TMP/starts")" 1 "starts of the program"
  expect_same_layers "$TMP/sixty" t "$TMP/sixty.out" t
}

# Without a resource manager a TPM has room for three keys; others may remove theirs meanwhile, or not.
full_tpms_are_waited_for() {
  local pid
  encrypt "jwe:$TMP/ec.pub"
  for _ in 1 2 3; do tpm2_createprimary -Q -C n -c "$TMP/context"; done
  expect_refused 9 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$TMP/ec"
  expect_contains "$stderr" "the TPM has no room for the key"
  expect_contains "$stderr" "tpm2_flushcontext --transient-object"
  rm -rf "$TMP/bus" "$TMP/back"
  on_the_bus "$IMGCRYPT" decrypt "oci:$TMP/in:t" "oci:$TMP/back:t" -k "$TMP/ec" >"$TMP/log" 2>&1 &
  pid=$!
  # Once it has the TPM, whose one connection others then get only while it waits.
  wait_for 30 test -s "$TMP/bus" || fail "the TPM is not used: $(cat "$TMP/log")"
  tpm2_flushcontext -Q --transient-object
  wait "$pid" || fail "the TPM was not waited for: $(cat "$TMP/log")"
  expect_same_layers "$TMP/plain" t "$TMP/back" t
  expect_nothing_loaded
}

# Each layer has a decoder of its own, which knows nothing of what the others tried.
a_wrong_value_does_not_lock_the_tpm() {
  cp "$TMP/wrong" "$TMP/keys/guarded.pass"
  for _ in 1 2 3 4; do expect_exit 1 decode; done
  expect_contains "$stderr" "2 of 3 tries are used"
  expect_equal "$(tries_left)" 1 "the tries that are left"
  tpm2_dictionarylockout -Q --clear-lockout
}

# By a key file with its passphrase beside it, and by a file that names a handle.
the_decoder_opens_it() {
  mkdir -p "$TMP/spool" "$TMP/keys"
  encrypt "jwe:$TMP/guarded.pub"
  cp "$TMP/guarded" "$TMP/keys/node"
  expect_exit 1 decode
  expect_contains "$stderr" "needs its authorization value"
  rm "$TMP/keys/node"
  expect_exit 0 imgcrypt config keys "$TMP/guarded:file=$TMP/pass" --keys "$TMP/keys"
  expect_contains "$stderr" "not tried, as only its TPM 2.0 can; on the node: imgcrypt provider test tpm2:$TMP/guarded"
  expect_equal "$(stat -c '%a %n' "$TMP/keys"/*)" "600 $TMP/keys/guarded"$'\n'"600 $TMP/keys/guarded.pass" "the key directory"
  expect_decoded
  a_wrong_value_does_not_lock_the_tpm
  rm "$TMP/keys/guarded" "$TMP/keys/guarded.pass"
  tpm2_createprimary -Q -C o -G ecc256 -c "$TMP/context" -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt|noda'
  tpm2_evictcontrol -Q -C o -c "$TMP/context" 0x81010003
  tpm2_readpublic -Q -c 0x81010003 -f pem -o "$TMP/named.pub"
  tpm2_flushcontext -Q --transient-object
  encrypt "jwe:$TMP/named.pub"
  printf '# the key of this node\ntpm2:0x81010003\n' >"$TMP/keys/node"
  expect_decoded
  expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/by-name:t" -k "$TMP/keys/node"
  expect_nothing_loaded
}

for command in swtpm tpm2_getcap skopeo; do
  command -v "$command" >/dev/null || fail "$command is missing: scripts/setup installs it"
done
plain=$(make_image "$TMP/plain" t --no-busybox --layers 3 --layer-size 100)
start_tpm tpm
use_tpm tpm
made_keys_open_layers
images_of_skopeo_are_opened
wrong_paddings_look_like_wrong_keys
authorization_values_are_needed_once
authorization_values_are_asked_for
held_devices_are_waited_for
the_bus_shows_no_secret
keys_of_tpm2_tools_open_layers
empty_values_do_not_lock_the_tpm
keys_of_openssl_open_layers
openssl_uses_our_keys
wrong_keys_are_told
keys_are_shown
sixty_layers_need_one_start
full_tpms_are_waited_for
the_decoder_opens_it
