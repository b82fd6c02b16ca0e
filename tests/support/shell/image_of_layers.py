#!/usr/bin/env python3
"""Writes an image whose layers are these files into an OCI image layout:
image_of_layers.py LAYOUT TAG [TYPE:FILE[:CONTENT]]...

TYPE is tar, gzip or zstd: what the layer's media type says about the file, whatever the file contains. CONTENT is the
file of which the layer's diff_id is the digest; without it the diff_id is wrong.
"""
import sys

from make_image import OCI, SUFFIX, Layout, digest_of, put_manifest


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    layout = Layout(sys.argv[1], None)
    layers, diff_ids = [], []
    for argument in sys.argv[3:]:
        kind, path, *content = argument.split(":")
        layers.append(layout.put(OCI + "layer.v1.tar" + SUFFIX[kind], read(path)))
        diff_ids.append(digest_of(read(content[0]) if content else b"another content"))
    config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    layout.set_tag(sys.argv[2], put_manifest(layout, config, layers, None))


if __name__ == "__main__":
    main()
