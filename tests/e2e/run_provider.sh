#!/bin/bash
# An image that is encrypted for a sodium key runs on a node where a key provider has that key: containerd's configuration
# names the provider's configuration for the decoder, and the provider's arguments name the key. The image is imported, and
# pulled from a registry; there is no key directory.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

message="encrypted for a key provider, unpacked by the decoder"
provider=$(cd "$(dirname "$CTD_DECODER")/.." && pwd)/libexec/imgcrypt/keyprovider-sodium

# give_provider ARGUMENT...
give_provider() {
  jq -n --arg path "$provider" '{"key-providers": {sodium: {cmd: {path: $path, args: $ARGS.positional}}}}' --args -- "$@" \
    >"$TMP/providers.json"
}

# No decoder or provider is running, and no ciphertext is spooled.
expect_all_ended() {
  expect_unused "$TMP/node"
  expect_unused "$TMP/no-keys"
  expect_empty "$TMP/spool"
}

# expect_runs IMAGE: it runs, and is removed without a trace
expect_runs() {
  expect_equal "$(run_image "$1")" "$(printed_by "$message" 6)" "what the container of $1 printed"
  remove_images "$1"
  expect_all_ended
}

# expect_refused REASON
expect_refused() {
  expect_exit 1 import_image "$TMP/encrypted" t test.local/refused
  expect_contains "$stderr" "$1"
  expect_equal "$(ctr_here snapshots ls | tail -n +2)" "" "the list of snapshots"
  expect_all_ended
  remove_images test.local/refused:t
}

require_root
require_commands containerd ctr runc docker-registry skopeo zstd jq
mkdir "$TMP/spool" "$TMP/node"
imgcrypt key generate sodium "$TMP/node/key" >/dev/null
imgcrypt key generate sodium "$TMP/node/stranger" >/dev/null
make_image "$TMP/plain" t --layers 6 --compression gzip,zstd,tar --platforms linux/amd64,linux/arm64 --attestation \
  --layer-size 300000 --message "$message" >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "provider:sodium:$TMP/node/key.pub" >/dev/null
decoder_environment=("OCICRYPT_KEYPROVIDER_CONFIG=$TMP/providers.json")
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/no-keys" --spool-dir "$TMP/spool"
start_registry "$TMP/registry"

give_provider --key "$TMP/node/key"
import_image "$TMP/encrypted" t test.local/provider >/dev/null
expect_runs test.local/provider:t

skopeo copy --quiet --all --preserve-digests --dest-tls-verify=false "oci:$TMP/encrypted:t" "docker://$REGISTRY/provider:t"
pull_image "$REGISTRY/provider:t" >/dev/null
expect_runs "$REGISTRY/provider:t"

give_provider --key "$TMP/node/stranger"
expect_refused "key provider sodium"
rm "$TMP/providers.json"
expect_refused "no key of key provider sodium was given"
