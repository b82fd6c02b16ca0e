#!/usr/bin/env python3
"""damage_layout.py LAYOUT HOW: damages the image tagged t in one way; manifests are stored anew under their digests.

The damage is in the first manifest's document, or in its first layer's descriptor or blob.
"""
import hashlib
import json
import os
import sys

layout, how = sys.argv[1:]


def blob(digest):
    return os.path.join(layout, "blobs", *digest.split(":"))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


index = json.loads(read(os.path.join(layout, "index.json")))
root = index["manifests"][0]
manifest = json.loads(read(blob(root["digest"])))


def store(document):
    root["digest"] = "sha256:" + hashlib.sha256(document).hexdigest()
    root["size"] = len(document)
    write(blob(root["digest"]), document)
    write(os.path.join(layout, "index.json"), json.dumps(index).encode())


def store_manifest():
    store(json.dumps(manifest).encode())


def layer_member(name, value):
    manifest["layers"][0][name] = value
    store_manifest()


layer = manifest["layers"][0]
layer_blob = blob(layer["digest"])


def flip_layer():
    data = bytearray(read(layer_blob))
    data[len(data) // 2] ^= 1
    write(layer_blob, data)


def swap_layers():
    """Each layer keeps its own annotations, and so its keys, and gets the other's content."""
    one, two = manifest["layers"][:2]
    for name in ("digest", "size"):
        one[name], two[name] = two[name], one[name]
    store_manifest()


def replace_by_link():
    os.rename(layer_blob, layout + ".outside")
    os.symlink(os.path.abspath(layout + ".outside"), layer_blob)


def replace_by_fifo():
    os.unlink(layer_blob)
    os.mkfifo(layer_blob)


def link_blobs():
    os.rename(os.path.join(layout, "blobs"), layout + ".blobs")
    os.symlink(os.path.abspath(layout + ".blobs"), os.path.join(layout, "blobs"))


def duplicate_member():
    store(b'{"layers":[],' + json.dumps(manifest).encode()[1:])


def huge_manifest():
    manifest["annotations"] = {"com.example.filling": "x" * (4 << 20)}
    store_manifest()


def nest_deeply():
    store(b'{"com.example.deep":' + b"[" * 10001 + b"]" * 10001 + b"," + json.dumps(manifest).encode()[1:])


DAMAGES = {
    "layer-flipped": flip_layer,
    "layer-truncated": lambda: write(layer_blob, read(layer_blob)[:-1]),
    "layer-longer": lambda: write(layer_blob, read(layer_blob) + b"x"),
    "layer-missing": lambda: os.unlink(layer_blob),
    "layer-size": lambda: layer_member("size", layer["size"] + 1),
    "layer-size-negative": lambda: layer_member("size", -1),
    "layers-swapped": swap_layers,
    "digest-traverses": lambda: layer_member("digest", "sha256:../../x"),
    "digest-absolute": lambda: layer_member("digest", "sha256:/etc/hostname"),
    "digest-algorithm": lambda: layer_member("digest", "md5:" + "0" * 32),
    "layer-linked": replace_by_link,
    "layer-fifo": replace_by_fifo,
    "blobs-linked": link_blobs,
    "manifest-altered": lambda: write(blob(root["digest"]), read(blob(root["digest"])).replace(b"layers", b"LAYERS")),
    "manifest-missing": lambda: os.unlink(blob(root["digest"])),
    "manifest-huge": huge_manifest,
    "manifest-deep": nest_deeply,
    "manifest-junk": lambda: store(b"no JSON"),
    "member-twice": duplicate_member,
    "index-junk": lambda: write(os.path.join(layout, "index.json"), b"{"),
}
DAMAGES[how]()
