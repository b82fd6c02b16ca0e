#!/bin/bash
# Key providers that misbehave, each in its own way. Processes that they leave running have MARK, a directory, in their
# command line.
#
# usage: hostile.sh MARK HOW [ARGUMENT...]
set -euo pipefail

mark=$1

# linger [COMMAND...]: for longer than any test waits
linger() {
  # shellcheck disable=SC2016 # the inner shell expands it
  "$@" bash -c 'exec -a "$0" sleep 300' "$mark"
}

# answer: the answer of a good provider
answer() {
  python3 "$(dirname "$0")/toy.py" "$mark"
}

flood() {
  cat /dev/zero
}

export OURS=$PPID
case $2 in
  hangs) linger ;;
  stops_reading) exec <&-; linger ;;
  answers_and_hangs) answer; linger ;;
  closes_stdout) answer; exec >&-; linger ;;
  closes_all) exec <&- >&- 2>&-; linger ;;
  stops) kill -STOP $$; linger ;;
  ignores_signals) trap '' HUP INT TERM PIPE; linger; linger ;;
  hangs_with_session) linger setsid & sleep 0.1; linger ;;
  joins_us) exec python3 -c 'import os, time; os.setpgid(0, os.getpgid(os.getppid())); time.sleep(300)' "$mark" ;;
  leaves_child_with_us) python3 -c 'import os, time; os.setpgid(0, os.getpgid(int(os.environ["OURS"]))); time.sleep(300)' "$mark" &
    sleep 0.3; answer ;;
  dies) kill -"$3" $$ ;;
  dies_late) cat >/dev/null; sleep 0.2; kill -KILL $$ ;;
  ends) exit "$3" ;;
  says_nothing) cat >/dev/null ;;
  complains) echo "the safe is locked" >&2; exit 3 ;;
  complains_at_length) head -c 1000000 /dev/zero | tr '\0' x >&2; exit 3 ;;
  complains_in_colour) printf 'one\n\033[31mtwo\r\007\303\251 three\033]0;title\007\n' >&2; exit 3 ;;
  answers_and_complains) answer; echo "the safe is locked" >&2; exit 3 ;;
  floods_stdout) flood ;;
  floods_stderr) flood >&2 & flood >&2 ;;
  leaves_flood) flood >&2 & answer ;;
  leaves_child) linger & answer ;;
  leaves_child_and_fails) linger & exit 3 ;;
  leaves_session) linger setsid & sleep 0.1; answer ;;
  leaves_daemon) (linger setsid --fork setsid --fork) & sleep 0.1; answer ;;
  nests) head -c "$3" /dev/zero | tr '\0' '[' ;;
  replies) cat "$3" ;;
  *) echo "unknown: $2" >&2; exit 2 ;;
esac
