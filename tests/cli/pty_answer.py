#!/usr/bin/env python3
"""pty_answer.py ANSWER COMMAND ARG...: runs the command on a terminal, answers once the echo is off, shows what it wrote."""
import os
import pty
import select
import sys
import termios

LOCAL_FLAGS = 3


def echo_is_off(terminal):
    return not termios.tcgetattr(terminal)[LOCAL_FLAGS] & termios.ECHO


def read_some(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # The other end is closed.
        return b""


def converse(terminal, answer):
    shown, answered = b"", False
    while True:
        if not answered and echo_is_off(terminal):
            os.write(terminal, answer)
            answered = True
        if select.select([terminal], [], [], 0.02)[0]:
            data = read_some(terminal)
            if not data:
                return shown
            shown += data


def main():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    shown = converse(terminal, sys.argv[1].encode() + b"\n")
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
