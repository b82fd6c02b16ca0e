# shellcheck shell=bash
# Assertions of the shell tests. Needs cleanup.sh.

fail() {
  printf 'FAIL: %s\n' "$*" >&2
  exit 1
}

# expect_exit CODE COMMAND ARG...: sets $stdout and $stderr to the first MiB of what it wrote; $TMP/stdout and $TMP/stderr have
# all of it. The shell would take a minute for a layer.
expect_exit() {
  local expected=$1 code=0
  shift
  "$@" >"$TMP/stdout" 2>"$TMP/stderr" || code=$?
  stdout=$(head -c "$((1 << 20))" "$TMP/stdout" | tr -d '\0')
  stderr=$(head -c "$((1 << 20))" "$TMP/stderr" | tr -d '\0')
  ((code == expected)) || fail "exit $code, not $expected: $*"$'\n'"stdout: $stdout"$'\n'"stderr: $stderr"
}

# expect_equal ACTUAL EXPECTED WHAT
expect_equal() {
  [[ $1 == "$2" ]] || fail "$3 is '$1', not '$2'"
}

# expect_contains TEXT PART
expect_contains() {
  [[ $1 == *"$2"* ]] || fail "'$2' is not in: $1"
}

# expect_matches TEXT REGEX
expect_matches() {
  [[ $1 =~ $2 ]] || fail "'$2' does not match: $1"
}

nothing_uses() {
  [[ -z $(processes_using "$1") ]]
}

# expect_unused DIR: no process uses DIR any more.
expect_unused() {
  local pid
  wait_for 60 nothing_uses "$1" && return
  for pid in $(processes_using "$1"); do
    printf '%s: %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline")" >&2
  done
  fail "processes left that use $1"
}

# expect_empty DIR
expect_empty() {
  [[ -z $(ls -A "$1") ]] || fail "left in $1: $(ls -A "$1")"
}
