#!/bin/bash
# An image for OpenPGP keys runs under containerd, whose decoder has nothing but a key directory.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"

message="encrypted for OpenPGP keys, unpacked by the decoder"
keys=$(cd "$(dirname "${BASH_SOURCE[0]}")/../vectors/keys" && pwd)
runtime=$(mktemp -d /dev/shm/imgcrypt.XXXXXX)
at_exit remove_tree "$runtime"

require_root
require_commands containerd ctr runc gpg gpg-agent jq
mkdir "$TMP/spool" "$TMP/keys"
make_image "$TMP/plain" t --layers 3 --compression gzip,zstd,tar --message "$message" >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "pgp:$keys/pgp1.pub" -r "pgp:$keys/pgpecc.pub" >/dev/null
decoder_environment=("XDG_RUNTIME_DIR=$runtime")
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"

cp "$keys/pgp2.sec" "$TMP/keys"
expect_exit 1 import_image "$TMP/encrypted" t test.local/refused
expect_contains "$stderr" "51824C551BCE59A4"
remove_images test.local/refused:t

cp "$keys/pgpecc.sec" "$TMP/keys"
import_image "$TMP/encrypted" t test.local/pgp >/dev/null
expect_equal "$(run_image test.local/pgp:t)" "$(printed_by "$message" 3)" "what the container printed"
remove_images test.local/pgp:t
expect_nothing_left
expect_unused "$runtime"
expect_empty "$runtime"
