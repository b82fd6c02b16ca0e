#!/usr/bin/env python3
"""Changes the bytes of one layer and every digest and size above it, so that a store finds nothing wrong.

usage: damage_layer.py LAYOUT TAG LAYER-NUMBER flip|truncate      (TAG names an image manifest, not an index)
"""
import hashlib
import json
import os
import sys


def blob_path(layout, digest):
    return os.path.join(layout, "blobs", *digest.split(":"))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def put(layout, descriptor, data):
    descriptor["digest"] = "sha256:" + hashlib.sha256(data).hexdigest()
    descriptor["size"] = len(data)
    with open(blob_path(layout, descriptor["digest"]), "wb") as file:
        file.write(data)


def damaged(data, how):
    if how == "truncate":
        return data[:-100]
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]


def main():
    layout, tag, number, how = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    index_path = os.path.join(layout, "index.json")
    index = json.loads(read(index_path))
    root = next(m for m in index["manifests"] if m["annotations"]["org.opencontainers.image.ref.name"] == tag)
    manifest = json.loads(read(blob_path(layout, root["digest"])))
    layer = manifest["layers"][number]
    put(layout, layer, damaged(read(blob_path(layout, layer["digest"])), how))
    put(layout, root, json.dumps(manifest).encode())
    with open(index_path, "w", encoding="utf-8") as file:
        json.dump(index, file)


if __name__ == "__main__":
    main()
