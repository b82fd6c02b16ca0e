#!/usr/bin/env python3
"""hostile_pgp.py FOLDER KEY COUNT: prints as many requests to unwrap packets that somebody changed, each in a line.

They are made of the messages FOLDER/*.pgp, the same ones each time, for the key file KEY.
"""
import base64
import json
import pathlib
import random
import sys

folder, key, count = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
messages = [file.read_bytes() for file in sorted(folder.glob("*.pgp"))]
chance = random.Random(20)


def packets_of(message):
    """The packets with definite lengths at the beginning, and the rest."""
    packets, at = [], 0
    while at + 3 < len(message) and message[at] & 0x80:
        first, second = message[at], message[at + 1]
        if first & 0x40 == 0:
            size = 1 << (first & 3)
            end = at + 1 + size + int.from_bytes(message[at + 1:at + 1 + size], "big")
        elif second < 192:
            end = at + 2 + second
        elif second < 224:
            end = at + 3 + ((second - 192) << 8) + message[at + 2] + 192
        else:
            break
        packets.append(message[at:end])
        at = end
    return packets + [message[at:]]


def flip(message):
    """A byte somewhere, most often near the beginning of a packet."""
    bytes_ = bytearray(message)
    starts = [0]
    for packet in packets_of(message):
        starts.append(starts[-1] + len(packet))
    at = min(chance.choice(starts) + chance.randrange(16), len(bytes_) - 1) if chance.random() < 0.8 else chance.randrange(len(bytes_))
    bytes_[at] ^= 1 << chance.randrange(8)
    return bytes(bytes_)


def cut(message):
    return message[:chance.randrange(len(message))]


def insert(message):
    at = chance.randrange(len(message))
    return message[:at] + chance.randbytes(chance.randrange(1, 40)) + message[at:]


def shuffle(message):
    packets = packets_of(message) + packets_of(chance.choice(messages))
    return b"".join(chance.choice(packets) for _ in range(chance.randrange(1, 6)))


def flood(message):
    """Session keys for nobody that is named, so that each would have to be tried."""
    session_key = bytearray(packets_of(message)[0])
    if len(session_key) > 12:
        session_key[4:12] = bytes(8)
    return bytes(session_key) * chance.randrange(129, 200) + message


for _ in range(count):
    change = chance.choices([flip, cut, insert, shuffle, flood], [5, 2, 3, 4, 1])[0]
    packet = base64.b64encode(change(chance.choice(messages))).decode()
    print(json.dumps({"op": "keyunwrap", "keyunwrapparams": {
        "dc": {"Parameters": {"pgp": [base64.b64encode(key.encode()).decode()]}}, "annotation": packet}}))
