#!/bin/bash
# An image that is encrypted for two certificates runs on a node with one of their private keys, both imported and pulled
# from a registry. The node needs no certificate.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

message="encrypted for certificates, unpacked by the decoder"

# expect_runs IMAGE: it runs, and is removed without a trace
expect_runs() {
  expect_equal "$(run_image "$1")" "$(printed_by "$message" 6)" "what the container of $1 printed"
  remove_images "$1"
  expect_nothing_left
}

require_root
require_commands containerd ctr runc docker-registry skopeo zstd jq openssl
mkdir "$TMP/spool"
for name in alice node; do
  make_certificate "$TMP/$name" "$name"
done
make_keys "$TMP/stranger" rsa
make_image "$TMP/plain" t --layers 6 --compression gzip,zstd,tar --platforms linux/amd64,linux/arm64 --attestation \
  --layer-size 300000 --message "$message" >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "pkcs7:$TMP/alice.cert.pem" -r "pkcs7:$TMP/node.cert.pem" >/dev/null
use_keys "$TMP/stranger" "$TMP/node"
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"
start_registry "$TMP/registry"

import_image "$TMP/encrypted" t test.local/pkcs7 >/dev/null
expect_runs test.local/pkcs7:t

skopeo copy --quiet --all --preserve-digests --dest-tls-verify=false "oci:$TMP/encrypted:t" "docker://$REGISTRY/pkcs7:t"
pull_image "$REGISTRY/pkcs7:t" >/dev/null
expect_runs "$REGISTRY/pkcs7:t"

use_keys "$TMP/stranger"
expect_exit 1 import_image "$TMP/encrypted" t test.local/refused
expect_contains "$stderr" "no key opens it: wrapped for pkcs7 RSA certificate issued by CN="
expect_equal "$(ctr_here snapshots ls | tail -n +2)" "" "the list of snapshots"
expect_nothing_left
