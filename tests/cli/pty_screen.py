#!/usr/bin/env python3
"""pty_screen.py COLUMNS ROWS WANTED THEN COMMAND ARG...: runs the command on a terminal of that size until its screen shows
the text WANTED (if empty, at once); then creates the file THEN, or sends SIGINT if THEN is INT; and waits for its end.

Prints one JSON object: the exit `status`, the screen's lines `during` and `after`, and all that was written, `raw`.
Understands the few control sequences that imgcrypt writes, and fails on others and on lines that do not fit.
"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

SECONDS = 60
PIECE = re.compile(r"\x1b\[(\d*)([AKJm])|([\r\n])|([^\x1b\r\n]+)")


class Screen:
    def __init__(self, columns):
        self.columns, self.lines, self.row, self.column = columns, [""], 0, 0

    def take(self, text):
        place = 0
        for piece in PIECE.finditer(text):
            if piece.start() != place:
                break
            place = piece.end()
            self.take_piece(*piece.groups())
        if place != len(text):
            sys.exit(f"unknown control sequence: {text[place:place + 20]!r}")

    def take_piece(self, number, control, move, text):
        if control == "A":
            self.row = max(0, self.row - int(number or 1))
        elif control == "K":
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif control == "J":
            self.lines[self.row:] = [self.lines[self.row][:self.column]]
        elif move == "\r":
            self.column = 0
        elif move == "\n":
            self.row += 1
            self.lines += [""] * (self.row + 1 - len(self.lines))
        elif text:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + text + line[self.column + len(text):]
            self.column += len(text)

    def shown(self):
        return [line.rstrip() for line in self.lines if line.strip()]


def read_some(terminal):
    try:
        return os.read(terminal, 65536).decode()
    except OSError:  # The other end is closed.
        return ""


def screen_of(raw, columns):
    """Whole control sequences only: what was read may end in the middle of one."""
    screen = Screen(columns)
    screen.take(re.sub(r"\x1b(\[\d*)?$", "", raw))
    return screen.shown()


def watch(terminal, pid, columns, wanted, then):
    raw, during, deadline = "", None, time.monotonic() + SECONDS
    while True:
        if during is None and any(wanted in line for line in screen_of(raw, columns) or [""]):
            during = screen_of(raw, columns)
            if then == "INT":
                os.kill(pid, signal.SIGINT)
            else:
                open(then, "w").close()
        if not select.select([terminal], [], [], 0.05)[0]:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                sys.exit(f"{wanted!r} was not seen, or it did not end: {raw!r}")
            continue
        data = read_some(terminal)
        if not data:
            return raw, during
        raw += data


def main():
    columns, rows, wanted, then = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.environ["TERM"] = "xterm"
        os.execvp(sys.argv[5], sys.argv[5:])
    raw, during = watch(terminal, pid, columns, wanted, then)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps({"status": status, "during": during, "after": screen_of(raw, columns), "raw": raw}))


main()
