#!/usr/bin/env python3
"""Writes to stdout the payload that containerd sends to a stream processor on fd 3.

usage: make_payload.py MANIFEST LAYER-NUMBER [[PARAMETER=]PRIVATE-KEY-FILE...]   PARAMETER: privkeys, unless it is given
"""
import base64
import json
import sys

TYPE_URL = b"io.containerd.ocicrypt.v1.Payload"


def field(number, data):
    """One length-delimited protobuf field."""
    size, varint = len(data), b""
    while size > 0x7F:
        varint += bytes([size & 0x7F | 0x80])
        size >>= 7
    return bytes([number << 3 | 2]) + varint + bytes([size]) + data


def main():
    manifest, number, keys = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with open(manifest, encoding="utf-8") as file:
        layer = json.load(file)["layers"][number]
    parameters = None
    if keys:
        parameters = {}
        for key in keys:
            parameter, _, name = key.rpartition("=")
            parameter = parameter or "privkeys"
            with open(name, "rb") as file:
                parameters.setdefault(parameter, []).append(base64.b64encode(file.read()).decode())
            parameters.setdefault(parameter + "-passwords", []).append(None)
    payload = {"DecryptConfig": {"Parameters": parameters}, "Descriptor": layer}
    document = json.dumps(payload, separators=(",", ":")).encode()
    sys.stdout.buffer.write(field(1, TYPE_URL) + field(2, document))


if __name__ == "__main__":
    main()
