#!/usr/bin/env python3
"""Becomes COMMAND in a state that a careless parent might leave it in. What is not spoiled has its default, and of the
open files it gets 0 to 3 only.

usage: start_spoiled.py [OPTION...] COMMAND [ARGUMENT...]
"""
import argparse
import os
import resource
import signal

NOBODY = 1234567


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--close", default="", metavar="DIGITS", help="close these descriptors")
    parser.add_argument("--nonblocking", default="", metavar="DIGITS", help="make these descriptors non-blocking")
    parser.add_argument("--ignore", action="append", default=[], metavar="SIGNAL", help="ignore HUP, INT, ...")
    parser.add_argument("--block", action="store_true", help="block all signals")
    parser.add_argument("--no-threads", action="store_true", help="allow no thread beside the first")
    parser.add_argument("--no-processes", action="store_true", help="allow neither a thread nor a child")
    parser.add_argument("--files", type=int, metavar="N", help="allow N open files")
    parser.add_argument("--file-size", type=int, metavar="BYTES", help="allow files of so many bytes")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def limit(what, value):
    resource.setrlimit(what, (value, value))


def forbid_threads():
    # A thread's stack is as large as the limit of the first one's, and so much fits into no address space.
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 47, resource.getrlimit(resource.RLIMIT_STACK)[1]))


def without_processes(command):
    # The limit binds everybody but root, and counts what runs as the same user. Nobody may still read root's files.
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all,+dac_override",
            "--ambient-caps=-all,+dac_override"]
    return (user if os.geteuid() == 0 else []) + ["prlimit", "--nproc=1:1", *command]


def main():
    options = parse()
    os.closerange(4, 1024)  # what the test runner left open
    for number in [signal.SIGPIPE, signal.SIGXFSZ, signal.SIGHUP, signal.SIGINT, signal.SIGTERM]:
        signal.signal(number, signal.SIG_DFL)
    for name in options.ignore:
        signal.signal(signal.Signals["SIG" + name], signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() if options.block else [])
    if options.no_threads:
        forbid_threads()
    if options.file_size is not None:
        limit(resource.RLIMIT_FSIZE, options.file_size)
    for digit in options.nonblocking:
        os.set_blocking(int(digit), False)
    for digit in options.close:
        os.close(int(digit))
    command = without_processes(options.command) if options.no_processes else options.command
    if options.files is not None:
        limit(resource.RLIMIT_NOFILE, options.files)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
