#!/usr/bin/env python3
"""costly_layouts.py LAYOUT KIND: makes a layout with an image, tagged t, whose few MiB of documents could cost much."""
import hashlib
import json
import os
import sys

layout, kind = sys.argv[1:]
OCI = "application/vnd.oci.image."
TAR = OCI + "layer.v1.tar"


def put(data, media_type=None):
    name = hashlib.sha256(data).hexdigest()
    path = os.path.join(layout, "blobs", "sha256", name)
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.write(data)
    descriptor = {"digest": "sha256:" + name, "size": len(data)}
    return dict(descriptor, mediaType=media_type) if media_type else descriptor


def document(value):
    return json.dumps(value, separators=(",", ":")).encode()


def config(diff_ids, **more):
    return put(document({"os": "linux", "rootfs": {"diff_ids": diff_ids}, **more}), OCI + "config.v1+json")


def manifest(layers, of=None, **more):
    of = of or config(["sha256:" + "0" * 64] * len(layers))
    return put(document({"schemaVersion": 2, "config": of, "layers": layers, **more}), OCI + "manifest.v1+json")


def index(manifests):
    return put(document({"schemaVersion": 2, "manifests": manifests}), OCI + "index.v1+json")


def encrypted(number):
    prefix = "org.opencontainers.image.enc."
    options = "eyJjaXBoZXIiOiJBRVNfMjU2X0NUUl9ITUFDX1NIQTI1NiIsImhtYWMiOiJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQT0iLCJjaXBoZXJvcHRpb25zIjp7fX0="
    return dict(put(b"x"), mediaType=TAR + "+encrypted",
                annotations={prefix + "pubopts": options, prefix + "x": str(number)})


def shared_config():
    """Read for each manifest anew, it costs minutes."""
    of = config(["sha256:" + "0" * 64] * 52_000)
    return index([manifest([put(b"layer", TAR)], of, annotations={"n": str(i)}) for i in range(1_000)])


KINDS = {
    "platform": lambda: index([dict(manifest([put(b"x", TAR)] * 1_000), platform={"os": "o" * 1_500_000, "architecture": "a"})]),
    "type": lambda: manifest([put(b"x", "t" * 1_500_000)] + [put(b"x", TAR)] * 999),
    "config-platform": lambda: manifest([put(b"x", TAR)] * 1_000,
                                        config(["sha256:" + "0" * 64] * 1_000, architecture="a" * 1_500_000)),
    "shared-config": shared_config,
    "small-layers": lambda: index([manifest([put(b"x")] * 1_000, annotations={"n": str(i)}) for i in range(600)]),
    "repeated": lambda: index([manifest([put(b"x", TAR)] * 1_000, annotations={"n": "x" * 3_500_000})] * 1_000),
    "most-layers": lambda: index([manifest([put(b"x")] * 1_000, annotations={"n": str(i)}) for i in range(40)]),
    "damaged-layers": lambda: index([manifest([put(b"x", TAR)] * 1_000, annotations={"n": str(i)}) for i in range(40)]),
    "descriptions": lambda: index([manifest([encrypted(i * 1_000 + j) for j in range(1_000)]) for i in range(12)]),
    "annotations": lambda: manifest([dict(put(b"x", TAR), annotations={str(i): "" for i in range(400)})] * 900),
    "members": lambda: manifest([dict(put(b"x", TAR), **{str(i): 0 for i in range(400)})] * 900),
    "labels": lambda: manifest([put(b"x", TAR)], config(["sha256:" + "0" * 64], config={"Labels": {str(i): "" for i in range(9_999)},
                                                                                          "x": [[]] * 1_200_000})),
}

os.makedirs(os.path.join(layout, "blobs", "sha256"))
root = dict(KINDS[kind](), annotations={"org.opencontainers.image.ref.name": "t"})
with open(os.path.join(layout, "oci-layout"), "w", encoding="utf-8") as file:
    file.write('{"imageLayoutVersion":"1.0.0"}')
with open(os.path.join(layout, "index.json"), "wb") as file:
    file.write(document({"schemaVersion": 2, "manifests": [root]}))
