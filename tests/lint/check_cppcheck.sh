#!/bin/bash
# cppcheck finds nothing in the C++ files of the product; cppcheck.txt lists what it may ignore.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folders=(cli include keyprovider src streamproc)
includes=(-I . -I include -I src)
checks=(--std=c++20 --language=c++ "--enable=warning,performance,portability,style"
        --suppressions-list=tests/lint/cppcheck.txt)
cppcheck "${checks[@]}" "${includes[@]}" -j "$(nproc)" --quiet --error-exitcode=1 "${folders[@]}"
