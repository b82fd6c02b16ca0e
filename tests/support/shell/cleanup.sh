# shellcheck shell=bash
# A temporary directory $TMP, and clean-up that runs on success, on failure and on signals. Source it first.
set -euo pipefail
shopt -s inherit_errexit

cleanups=()

# at_exit COMMAND ARG...: last in, first out; each runs whether or not the others worked.
at_exit() {
  cleanups+=("$(printf '%q ' "$@")")
}

run_cleanups() {
  local status=$? i
  trap - EXIT
  trap '' HUP INT TERM
  set +e
  for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
    eval "${cleanups[i]}"
  done
  exit "$status"
}
trap run_cleanups EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

remove_tree() {
  rm -rf --one-file-system -- "$1"
}

TMP=$(mktemp -d "${TMPDIR:-/tmp}/imgcrypt.XXXXXX")
at_exit remove_tree "$TMP"

# wait_for SECONDS COMMAND ARG...: polls until the command succeeds; false if the time runs out.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.01
  done
}

process_is_gone() {
  local state
  state=$(ps -o stat= -p "$1") || return 0
  [[ $state == Z* ]]
}

# stop_process PID: sends SIGTERM, then SIGKILL.
stop_process() {
  kill -TERM "$1" 2>/dev/null || return 0
  wait_for 60 process_is_gone "$1" || kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# own_processes: this shell, the subshell that asks, and all processes between and above them
own_processes() {
  local pid=$BASHPID name value
  while ((pid > 1)); do
    echo "$pid"
    while read -r name value; do
      [[ $name != PPid: ]] || pid=$value
    done <"/proc/$pid/status"
  done
}

# processes_using DIR: IDs of the processes, other than our own, that refer to DIR in their command line, environment,
# working directory or open files. It leaves DIR itself first, so that it does not find its own pipeline.
processes_using() (
  own=$(own_processes)
  cd /
  {
    grep -lasF -e "$1" /proc/[0-9]*/cmdline /proc/[0-9]*/environ || true
    find /proc/[0-9]*/{cwd,exe,root,fd} -maxdepth 1 \( -lname "$1" -o -lname "$1/*" \) 2>/dev/null || true
  } | cut -d/ -f3 | sort -un | { grep -vxF -e "$own" || true; } | while read -r pid; do
    process_is_gone "$pid" || echo "$pid"
  done
)
