#!/usr/bin/env python3
"""pty_answer.py ANSWERS COMMAND ARG...: runs the command on a terminal and shows what it wrote. Each line of ANSWERS
answers a question, which ends with a colon and a space, once the echo is off.
"""
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


def converse(terminal, answers):
    shown, answered = b"", 0
    while True:
        if answers and shown[answered:].endswith(b": ") and echo_is_off(terminal):
            answered = len(shown)
            os.write(terminal, answers.pop(0) + b"\n")
        if select.select([terminal], [], [], 0.02)[0]:
            data = read_some(terminal)
            if not data:
                return shown
            shown += data


def main():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    shown = converse(terminal, sys.argv[1].encode().split(b"\n"))
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
