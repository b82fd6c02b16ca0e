#!/bin/bash
# Every shell script passes shellcheck.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

shebang='^#!.*[/ ](bash|sh)( |$)'

is_shell_script() {
  [[ $1 == *.sh ]] && return
  local first_line
  IFS= read -r first_line <"$1" 2>/dev/null || return
  [[ $first_line =~ $shebang ]]
}

scripts=()
while IFS= read -r -d '' file; do
  if is_shell_script "$file"; then
    scripts+=("$file")
  fi
done < <(python3 tests/lint/project_files.py)

if [[ ${#scripts[@]} -eq 0 ]]; then
  echo "check_shell: error: no script found" >&2
  exit 1
fi
shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
echo "check_shell: ${#scripts[@]} scripts read"
