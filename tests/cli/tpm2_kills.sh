#!/bin/bash
# Whatever is killed while a TPM works: what it had loaded does not stay there, where without a resource manager it would take
# the room of others. TPM2_KILLS: how many are killed (50).
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=kills.sh
source "$cli_dir/kills.sh"
# shellcheck source=../support/shell/swtpm.sh
source "$cli_dir/../support/shell/swtpm.sh"

# what_is_left: in the TPM
what_is_left() {
  tpm2_getcap handles-transient
  tpm2_getcap handles-loaded-session
}

nothing_is_left() {
  [[ -z $(what_is_left) ]]
}

# The program may still be at work when imgcrypt is gone; what it leaves stays.
expect_cleared() {
  wait_for 60 nothing_is_left || fail "left in the TPM by $1: $(what_is_left)"
}

key=$TMP/rsa
start_tpm tpm
use_tpm tpm
make_image "$TMP/plain" t --layers 6 --layer-size 100 --no-busybox >/dev/null
expect_exit 0 imgcrypt key generate tpm2 --rsa "$key"
expect_exit 0 imgcrypt encrypt "oci:$TMP/plain:t" "oci:$TMP/in:t" -r "jwe:$key.pub"
kill_at_every_moment "${TPM2_KILLS:-50}" "$key" keyprovider-tpm2 expect_cleared \
  "KILL imgcrypt" "TERM imgcrypt" "TERM provider"
expect_exit 0 imgcrypt decrypt "oci:$TMP/in:t" "oci:$TMP/out:t" -k "$key"
