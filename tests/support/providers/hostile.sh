#!/bin/bash
# Key providers that go wrong, each in a way of its own. What is left of them is found by the directory MARK, which
# stands in their command line.
#
# usage: hostile.sh MARK HOW [ARGUMENT...]
set -euo pipefail

mark=$1

# linger [COMMAND...]: for longer than any test waits. Its command line has the mark.
linger() {
  "$@" bash -c 'sleep 300; true' "$mark"
}

# flood BYTE: without end
flood() {
  tr '\0' "$1" </dev/zero
}

# nested DEPTH: a document with arrays in arrays
nested() {
  local opened closed
  printf -v opened '%*s' "$1" ''
  closed=${opened// /]}
  printf '{"keyunwrapresults":%s%s}' "${opened// /[}" "$closed"
}

case $2 in
  hangs) linger ;;
  hangs_unreading) exec <&-; linger ;;
  answers_and_hangs) echo '{}'; linger ;;
  closes_stdout) echo '{}'; exec >&-; linger ;;
  closes_all) exec <&- >&- 2>&-; linger ;;
  closes_all_but_stderr) exec <&- >&-; linger ;;
  stops) kill -STOP $$ ;;
  ignores_signals) trap '' HUP INT TERM PIPE; linger ;;
  dies) kill -"$3" $$ ;;
  dies_late) cat >/dev/null; sleep 0.2; kill -KILL $$ ;;
  ends) exit "$3" ;;
  says_nothing) cat >/dev/null ;;
  complains) echo "the safe is locked" >&2; exit 3 ;;
  complains_at_length) head -c 1000000 /dev/zero | tr '\0' x >&2; exit 3 ;;
  complains_in_colour) printf 'one\n\033[31mtwo\r\007\303\251 three\033]0;title\007\n' >&2; exit 3 ;;
  complains_and_answers) echo '{}'; echo "the safe is locked" >&2; exit 3 ;;
  floods_stdout) flood x ;;
  floods_stderr) flood x >&2 ;;
  floods_stderr_behind) linger & flood x >&2 & echo '{}' ;;
  leaves_child) linger & echo '{}' ;;
  leaves_child_failing) linger & exit 3 ;;
  leaves_session) linger setsid & sleep 0.1; echo '{}' ;;
  leaves_session_hanging) linger setsid & sleep 0.1; linger ;;
  leaves_daemon) (linger setsid setsid --fork &) ; sleep 0.1; echo '{}' ;;
  nests) nested "$3" ;;
  replies) cat "$3" ;;
  *) echo "unknown: $2" >&2; exit 2 ;;
esac
