#!/bin/bash
# The toy provider; a shell command changes its reply before it is sent.
#
# usage: reshaped.sh LOGDIR COMMAND
set -euo pipefail
python3 "$(dirname "$0")/toy.py" "$1" | bash -o pipefail -c "$2"
