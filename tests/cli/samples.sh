#!/bin/bash
# The images that other programs encrypted are decrypted with every key of theirs, and with no other.
# shellcheck source=common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

python3 "$cli_dir/read_samples.py" "$IMGCRYPT" "$cli_dir/../vectors" "$TMP"
