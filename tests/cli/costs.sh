#!/bin/bash
# Four MiB of documents cost at most 128 MiB of memory, whatever they say, and seconds at most.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# expect_cheap LAYOUT COMMAND ARG...: sets $code
expect_cheap() {
  local kib
  read -r code kib < <(python3 - "$IMGCRYPT" "${@:2}" <<'PYTHON'
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False).returncode
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PYTHON
  )
  is_sanitized || ((kib <= 128 * 1024)) || fail "$((kib / 1024)) MiB: $1, $2"
}

# Whose memory says nothing about ours.
is_sanitized() {
  grep -q -e __asan_init -e __tsan_init "$IMGCRYPT"
}

# costs KIND CODE: of check, check --full and inspect, the first of which ends with CODE.
costs() {
  python3 "$cli_dir/costly_layouts.py" "$TMP/$1" "$1" >/dev/null
  expect_cheap "$1" inspect "oci:$TMP/$1:t" -o json
  expect_cheap "$1" check "oci:$TMP/$1:t" --full -o json
  expect_cheap "$1" check "oci:$TMP/$1:t" -k "$TMP/key.pem"
  expect_equal "$code" "$2" "the exit status of check for $1"
  rm -rf "${TMP:?}/$1"
}

make_keys "$TMP/key" P-256
costs platform 8
costs type 8
costs config-platform 8
costs shared-config 0
costs small-layers 8
costs repeated 8
costs most-layers 0
costs damaged-layers 0
costs descriptions 7
costs annotations 0
costs members 0
costs labels 0
