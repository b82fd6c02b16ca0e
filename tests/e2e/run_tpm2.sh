#!/bin/bash
# An image for a TPM's keys runs under containerd, whose decoder has nothing but a key directory and the TPM.
# shellcheck source=../support/shell/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/e2e.sh"
# shellcheck source=../support/shell/swtpm.sh
source "$(dirname "${BASH_SOURCE[0]}")/../support/shell/swtpm.sh"

message="encrypted for a key in a TPM, unpacked by the decoder"

require_root
require_commands containerd ctr runc jq swtpm tpm2_getcap
mkdir "$TMP/spool" "$TMP/keys"
start_tpm tpm
use_tpm tpm
for name in node other; do
  imgcrypt key generate tpm2 "$TMP/$name" >/dev/null
done
make_image "$TMP/plain" t --layers 3 --compression gzip,zstd,tar --message "$message" >/dev/null
imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/encrypted:t" -r "jwe:$TMP/node.pub" >/dev/null
decoder_environment=("TPM2TOOLS_TCTI=$TPM2TOOLS_TCTI")
start_containerd "$TMP/containerd" "$CTD_DECODER" "$TMP/keys" --spool-dir "$TMP/spool"

cp "$TMP/other" "$TMP/keys"
expect_exit 1 import_image "$TMP/encrypted" t test.local/refused
expect_contains "$stderr" "$TMP/keys/other (P-256 key"
remove_images test.local/refused:t

cp "$TMP/node" "$TMP/keys"
import_image "$TMP/encrypted" t test.local/tpm2 >/dev/null
expect_equal "$(run_image test.local/tpm2:t)" "$(printed_by "$message" 3)" "what the container printed"
remove_images test.local/tpm2:t
expect_nothing_left
expect_nothing_loaded
