#!/bin/bash
# The provider for confidential containers, used as other tools use it, and packets that confidential containers made.
# shellcheck disable=SC2034 # arrays are passed by name
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

coco=$KEY_PROVIDERS/keyprovider-coco
vectors=$tests_dir/vectors/keyprovider
name=attestation-agent
id=kbs:///default/image-key/1
enabled=(Enabled)

foreign_packets_open() {
  local file plaintext parameters
  while read -r file plaintext; do
    for parameters in sample=true "keypath=$vectors/coco-sample.kek" "resources=$vectors/offline-fs.json"; do
      expect_foreign_opens "$vectors/$file" "$plaintext" "$parameters"
    done
    expect_foreign_opens "$vectors/$file" "$plaintext" Enabled --sample
    expect_foreign_opens "$vectors/$file" "$plaintext" Enabled --key "kbs:///default/test-key/1=$vectors/coco-sample.kek"
    expect_foreign_opens "$vectors/$file" "$plaintext" Enabled --resources "$vectors/offline-fs.json"
    expect_unwrap_fails "published sample key" "$vectors/$file" "$name" enabled "$coco"
  done < <(jq -r '.packets[] | "\(.file) \(.plaintext)"' "$vectors/coco.json")
}

# expect_foreign_opens PACKET-FILE DIGEST PARAMETER OPTION...
expect_foreign_opens() {
  expect_exit 0 ask "$coco" "${@:4}" < <(unwrap_request "$name" "$1" "$3")
  expect_equal "$(bytes_of keyunwrapresults optsdata | jq -r .digest)" "$2" "the digest in $1"
}

# expect_packet_of_the_field PACKET-FILE KEYID
expect_packet_of_the_field() {
  expect_matches "$(cat "$1")" \
    "^\{\"kid\":\"$2\",\"wrapped_data\":\"[A-Za-z0-9+/]+=*\",\"iv\":\"[A-Za-z0-9+/]{16}\",\"wrap_type\":\"A256GCM\"\}\$"
}

key_files_wrap() {
  local wrapping=("keypath=$TMP/kek::keyid=$id::algorithm=A256GCM") keys
  expect_wraps "$TMP/packet" "$name" wrapping "$coco"
  expect_packet_of_the_field "$TMP/packet" "$id"
  for keys in "keypath=$TMP/kek" "keypath=$TMP/kek::keyid=$id"; do
    expect_unwraps "$TMP/packet" "$name" keys "$coco"
  done
  expect_unwraps "$TMP/packet" "$name" enabled "$coco" --key "$id=$TMP/kek"
  (cd "$TMP" && wrapping=("keypath=kek::keyid=$id") && expect_wraps "$TMP/relative" "$name" wrapping "$coco")
}

resources_wrap() {
  local source wrapping keys
  mkdir -p "$TMP/repository/default/image-key"
  cp "$TMP/kek" "$TMP/repository/default/image-key/1"
  jq -n --arg key "$(base64 -w0 "$TMP/kek")" '{"default/image-key/1": $key, "default/other/1": "AAAA"}' >"$TMP/resources.json"
  for source in "$TMP/repository" "$TMP/resources.json"; do
    wrapping=("keyid=$id::resources=$source")
    keys=("resources=$source")
    expect_wraps "$TMP/by-resource" "$name" wrapping "$coco"
    expect_packet_of_the_field "$TMP/by-resource" "$id"
    expect_unwraps "$TMP/by-resource" "$name" keys "$coco"
    wrapping=("keyid=$id")
    expect_wraps "$TMP/by-resource" "$name" wrapping "$coco" --resources "$source"
    expect_unwraps "$TMP/by-resource" "$name" enabled "$coco" --resources "$source"
    expect_unwraps "$TMP/by-resource" "$name" enabled "$coco" --key "$id=$TMP/kek"
  done
}

the_sample_key_is_warned_of() {
  local sample=("sample=true")
  expect_wraps "$TMP/sample" "$name" sample "$coco"
  expect_contains "$stderr" "keyprovider-coco: warning: sample=true protects nothing"
  expect_packet_of_the_field "$TMP/sample" kbs:///default/test-key/1
  expect_unwraps "$TMP/sample" "$name" enabled "$coco" --sample
}

# expect_refused REASON PARAMETER OPTION...
expect_refused() {
  local refused=("$2")
  expect_wrap_fails "$1" "$name" refused "$coco" "${@:3}"
}

what_would_lose_the_key_is_refused() {
  expect_refused "the layer would be lost" "keyid=$id"
  expect_refused "the layer would be lost" "keyid=$id::resources=$vectors/offline-fs.json"
  expect_refused "the layer would be lost" "keyid=kbs:///default/test-key/1" --sample
  expect_refused "keyid= is missing" "keypath=$TMP/kek"
  expect_refused "the confidential-data-hub reads no other" "keypath=$TMP/kek::keyid=/default/image-kek/1"
  expect_refused "the confidential-data-hub reads no other" "keypath=$TMP/kek::keyid=address/default/image-kek/1"
  expect_refused "no key is named" Enabled
}

wrong_parameters_are_told() {
  head -c 31 /dev/urandom >"$TMP/short"
  base64 "$TMP/kek" >"$TMP/text"
  expect_refused "holds 31 bytes" "keypath=$TMP/short::keyid=$id"
  expect_refused "raw bytes" "keypath=$TMP/text::keyid=$id"
  expect_refused "$TMP/absent: No such file" "keypath=$TMP/absent::keyid=$id"
  expect_refused "does not authenticate" "keypath=$TMP/kek::keyid=$id::algorithm=A256CTR"
  expect_refused "A128GCM" "keypath=$TMP/kek::keyid=$id::algorithm=A128GCM"
  expect_refused "\"keyfile\" is not known" "keyfile=$TMP/kek::keyid=$id"
  expect_refused "given twice" "keypath=$TMP/kek::keypath=$TMP/kek::keyid=$id"
  expect_refused "is not NAME=VALUE" "$TMP/kek"
  expect_refused "sample=true uses no other" "sample=true::keyid=$id"
  expect_failure "is not KEYID=FILE" "$coco" --key "$TMP/kek" < <(wrap_request "$name" "sample=true")
  echo nonsense >"$TMP/broken.json"
  expect_refused "broken.json: JSON" "keyid=$id::resources=$TMP/broken.json"
  expect_refused "default/other/1 holds 3 bytes" "keyid=kbs:///default/other/1::resources=$TMP/resources.json"
}

wrong_keys_are_told() {
  local keys=("keypath=$TMP/other")
  expect_unwrap_fails "layer authentication failed" "$TMP/packet" "$name" keys "$coco"
  keys=("keypath=$TMP/kek::keyid=kbs:///default/image-key/2")
  expect_unwrap_fails "wrapped with $id" "$TMP/packet" "$name" keys "$coco"
  expect_unwrap_fails "wrapped with $id" "$TMP/packet" "$name" enabled "$coco" --resources "$vectors/offline-fs.json"
  keys=("keypath=$TMP/other" "keypath=$TMP/kek")
  expect_unwraps "$TMP/packet" "$name" keys "$coco"
}

packets_of_others_are_told() {
  sed 's/^{/{"version":"0.1.0","provider":"aliyun",/' "$TMP/packet" >"$TMP/kms"
  expect_unwrap_fails "aliyun" "$TMP/kms" "$name" enabled "$coco" --key "$id=$TMP/kek"
  sed 's/A256GCM/A256CTR/' "$TMP/packet" >"$TMP/ctr"
  expect_unwrap_fails "A256CTR" "$TMP/ctr" "$name" enabled "$coco" --key "$id=$TMP/kek"
  sed 's/^{/{"version":"0.1.0","provider":"kbs","provider_settings":{},"annotations":{},/' "$TMP/packet" >"$TMP/second"
  expect_unwraps "$TMP/second" "$name" enabled "$coco" --key "$id=$TMP/kek"
}

damaged_packets_do_not_open() {
  local size answers
  size=$(stat -c %s "$TMP/packet")
  python3 - "$TMP/packet" >"$TMP/requests" <<'END'
import base64, json, sys
packet = open(sys.argv[1], "rb").read()
for i in range(len(packet)):
    for bad in (packet[:i] + bytes([packet[i] ^ 1]) + packet[i + 1:], packet[:i]):
        print(json.dumps({"op": "keyunwrap", "keyunwrapparams": {"dc": None, "annotation": base64.b64encode(bad).decode()}}))
END
  answers=$("$coco" --key "$id=$TMP/kek" --serve <"$TMP/requests")
  expect_equal "$(grep -c '^{"error":' <<<"$answers")" $((2 * size)) "number of failures"
  expect_equal "$(wc -l <<<"$answers")" $((2 * size)) "number of answers"
}

head -c 32 /dev/urandom >"$TMP/kek"
head -c 32 /dev/urandom >"$TMP/other"
foreign_packets_open
key_files_wrap
resources_wrap
the_sample_key_is_warned_of
what_would_lose_the_key_is_refused
wrong_parameters_are_told
wrong_keys_are_told
packets_of_others_are_told
damaged_packets_do_not_open
expect_bad_requests_refused "$coco"
expect_kept_open "$TMP/packet" "$name" enabled "$coco" --key "$id=$TMP/kek"
expect_told_about "$coco"
