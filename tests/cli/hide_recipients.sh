#!/bin/bash
# With --hide-recipients nothing in the written image says whose keys open it.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# headers LAYOUT: the protected header of every JWE
headers() {
  jq -r '.layers[].annotations["org.opencontainers.image.enc.keys.jwe"] | split(",")[]' "$(manifest_of "$1" t)" |
    while read -r packet; do
      base64 -d <<<"$packet" | jq -r '.protected | gsub("-"; "+") | gsub("_"; "/") | @base64d'
    done
}

no_packet_has_a_key_id() {
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/rsa.pub.pem" -r "jwe:$TMP/ec.pub.pem" \
    --hide-recipients
  expect_equal "$(headers "$TMP/out" | grep -c alg)" 4 "the number of packets"
  expect_equal "$(headers "$TMP/out" | jq -c 'select(has("kid"))')" "" "the headers that name their recipient"
}

each_key_opens_it_and_no_other_does() {
  local name
  for name in rsa ec; do
    rm -rf "$TMP/back"
    expect_exit 0 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/$name.pem"
    expect_equal "$(root_of "$TMP/back" t)" "$(root_of "$TMP/in" t)" "the digest of what came back"
  done
  rm -rf "$TMP/back"
  expect_exit 6 imgcrypt decrypt "oci:$TMP/out:t" "oci:$TMP/back:t" -k "$TMP/wrong.pem"
  expect_absent "$TMP/back"
  rm -rf "$TMP/out"
}

# A PKCS7 message always names its certificates.
certificates_are_refused() {
  expect_refused 3 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "pkcs7:$TMP/alice.cert.pem" --hide-recipients
}

later_recipients_are_hidden_as_well() {
  expect_exit 0 imgcrypt encrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -r "jwe:$TMP/rsa.pub.pem" --hide-recipients
  expect_exit 0 imgcrypt recipients add "oci:$TMP/out:t" -r "jwe:$TMP/ec.pub.pem" -k "$TMP/rsa.pem" --hide-recipients
  expect_equal "$(headers "$TMP/out" | grep -c alg)" 4 "the number of packets"
  expect_equal "$(headers "$TMP/out" | jq -c 'select(has("kid"))')" "" "the headers that name their recipient"
  each_key_opens_it_and_no_other_does
}

make_keys "$TMP/rsa" rsa
make_keys "$TMP/ec" P-384
make_keys "$TMP/wrong" rsa
make_certificate "$TMP/alice" alice
make_image "$TMP/in" t --no-busybox --layers 2 >/dev/null
no_packet_has_a_key_id
each_key_opens_it_and_no_other_does
certificates_are_refused
later_recipients_are_hidden_as_well
