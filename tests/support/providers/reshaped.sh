#!/bin/bash
# The toy provider, whose reply goes through a shell command before it is given.
#
# usage: reshaped.sh LOGDIR COMMAND
set -euo pipefail
python3 "$(dirname "$0")/toy.py" "$1" | bash -o pipefail -c "$2"
