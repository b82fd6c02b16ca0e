#!/bin/bash
# An encrypted image is pushed to a registry as it is; containerd pulls and unpacks it, and runc runs it.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

require_root
require_commands containerd ctr runc docker-registry skopeo zstd jq openssl
message="pulled and unpacked by the decoder"
mkdir "$TMP/spool"
make_keys "$TMP/key" rsa
make_image "$TMP/plain" t --layers 5 --compression tar,zstd,gzip --platforms linux/amd64,linux/arm64 --attestation \
  --message "$message" >/dev/null
written=$(encrypt "$TMP/plain" t "$TMP/key")
use_keys "$TMP/key"
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"
start_registry "$TMP/registry"

skopeo copy --quiet --all --preserve-digests --dest-tls-verify=false "oci:$TMP/encrypted:t" "docker://$REGISTRY/secret:t"
expect_equal "oci:$TMP/encrypted:t@sha256:$(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/secret:t" |
  sha256sum | cut -d' ' -f1)" "$written" "what the registry holds"
pull_image "$REGISTRY/secret:t" >/dev/null
expect_equal "$(run_image "$REGISTRY/secret:t")" "$(printed_by "$message" 5)" "what the container printed"
remove_images "$REGISTRY/secret:t"
expect_nothing_left
