# shellcheck shell=bash
# Every end-to-end and interop test sources this file. IMGCRYPT and CTD_DECODER name the programs under test; by default
# those of the release build.
# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../support/shell

support_shell=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=cleanup.sh
source "$support_shell/cleanup.sh"
# shellcheck source=assert.sh
source "$support_shell/assert.sh"
# shellcheck source=images.sh
source "$support_shell/images.sh"
# shellcheck source=containerd.sh
source "$support_shell/containerd.sh"
# shellcheck source=registry.sh
source "$support_shell/registry.sh"

build=$(cd "$support_shell/../../.." && pwd)/build/release
: "${IMGCRYPT:=$build/cli/imgcrypt}" "${CTD_DECODER:=$build/streamproc/ctd-decoder}"
for program in "$IMGCRYPT" "$CTD_DECODER"; do
  [[ -x $program ]] || fail "$program is not built"
done

# CONTAINERD names another containerd than Debian's, with ctr and its shim beside it.
[[ -z ${CONTAINERD:-} ]] || PATH=$(cd "$(dirname "$CONTAINERD")" && pwd):$PATH

# require_commands NAME...: a missing program is a failure, never a skipped test.
require_commands() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null || fail "$name is not installed: run scripts/setup"
  done
}

require_root() {
  ((EUID == 0)) || fail "only root can mount and run containers"
}

imgcrypt() {
  timeout 120 "$IMGCRYPT" "$@"
}

# encrypt LAYOUT TAG RECIPIENT...: to the layout $TMP/encrypted, under the same tag
encrypt() {
  local recipients=() recipient
  for recipient in "${@:3}"; do
    recipients+=(-r "jwe:$recipient.pub.pem")
  done
  imgcrypt encrypt "oci:$1:$2" "oci:$TMP/encrypted:$2" "${recipients[@]}"
}

# use_keys NAME...: the decoder's key directory $TMP/keys holds these private keys and nothing else.
use_keys() {
  local name
  rm -rf "$TMP/keys"
  mkdir "$TMP/keys"
  for name in "$@"; do
    cp "$name.pem" "$TMP/keys/"
  done
}

# expect_nothing_left: no decoder is running and no ciphertext is spooled.
expect_nothing_left() {
  expect_unused "$TMP/keys"
  expect_empty "$TMP/spool"
}
