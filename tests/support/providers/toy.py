#!/usr/bin/env python3
"""A key provider that keeps no secrets: it "wraps" by base64 and xor 0x5a. It writes each request to LOGDIR, as
keywrap.in.json or keyunwrap.in.json. The vectors of tests/vectors/keyprovider and the images whose layers are wrapped
for `demo` were made with it.

usage: toy.py LOGDIR [array]
"""
import base64
import json
import os
import sys


def scramble(data):
    return bytes(byte ^ 0x5A for byte in data)


def wrap(request):
    options = base64.b64decode(request["keywrapparams"]["optsdata"])
    return json.dumps({"kp": "demo", "data": base64.b64encode(scramble(options)).decode()}).encode()


def unwrap(request):
    packet = json.loads(base64.b64decode(request["keyunwrapparams"]["annotation"]))
    return scramble(base64.b64decode(packet["data"]))


def main():
    document = sys.stdin.buffer.read()
    request = json.loads(document)
    with open(os.path.join(sys.argv[1], request["op"] + ".in.json"), "wb") as file:
        file.write(document)
    encode = list if sys.argv[2:] == ["array"] else lambda data: base64.b64encode(data).decode()
    if request["op"] == "keywrap":
        reply = {"keywrapresults": {"annotation": encode(wrap(request))}}
    else:
        reply = {"keyunwrapresults": {"optsdata": encode(unwrap(request))}}
    json.dump(reply, sys.stdout)


if __name__ == "__main__":
    main()
