#!/usr/bin/env python3
"""hostile_pkcs11.py FOLDER KEY COUNT: prints as many requests to unwrap packets that somebody changed, each in a line.

They are made of the packets FOLDER/p11-*.json, the same ones each time, for the key KEY.
"""
import base64
import json
import pathlib
import random
import sys

folder, key, count = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
packets = [file.read_bytes() for file in sorted(folder.glob("p11-*.json"))]
chance = random.Random(11)
ODD = [None, True, 0, 1, -1, 1.5, 1e400, "", "sha1", "sha256", "SHA1", "sha512", "AAEC", "A", "=", [], {}, [[]], "\ud800"]


def flip(packet):
    bytes_ = bytearray(packet)
    bytes_[chance.randrange(len(bytes_))] ^= 1 << chance.randrange(8)
    return bytes(bytes_)


def cut(packet):
    return packet[:chance.randrange(len(packet))]


def insert(packet):
    at = chance.randrange(len(packet))
    return packet[:at] + chance.choice([chance.randbytes(5), b"[" * 100, b'"version":1,', b"\\u0000", b"}"]) + packet[at:]


def odd_value(packet):
    document = json.loads(packet)
    place = chance.choice([document, document["recipients"][0]])
    place[chance.choice(["version", "recipients", "blob", "hash", "Hash", "more"])] = chance.choice(ODD)
    return json.dumps(document).encode()


def flip_blob(packet):
    """Ciphertexts of the right length, which reach the token."""
    document = json.loads(packet)
    recipient = document["recipients"][0]
    recipient["blob"] = base64.b64encode(flip(base64.b64decode(recipient["blob"]))).decode()
    recipient["hash"] = chance.choice(["sha1", "sha256"])
    return json.dumps(document).encode()


def flood(packet):
    document = json.loads(packet)
    document["recipients"] *= chance.randrange(65, 80)
    return json.dumps(document).encode()


for _ in range(count):
    change = chance.choices([flip, cut, insert, odd_value, flip_blob, flood], [5, 2, 3, 5, 3, 1])[0]
    content = base64.b64encode(change(chance.choice(packets))).decode()
    print(json.dumps({"op": "keyunwrap", "keyunwrapparams": {
        "dc": {"Parameters": {"pkcs11": [base64.b64encode(key.encode()).decode()]}}, "annotation": content}}))
