#!/bin/bash
# Every C++ file is formatted by clang-format-19; scripts/format does that.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mapfile -d '' -t files < <(python3 tests/lint/project_files.py .cpp .hpp)
if [[ ${#files[@]} -eq 0 ]]; then
  echo "check_format: error: no C++ file found" >&2
  exit 1
fi
clang-format-19 --dry-run -Werror "${files[@]}"
echo "check_format: ${#files[@]} files read"
