#!/usr/bin/env python3
"""Writes an image whose layers are these files into an OCI image layout: image_of_layers.py LAYOUT TAG [TYPE:FILE]...

TYPE is tar, gzip or zstd: what the layer's media type says about the file, whatever the file contains.
"""
import sys

from make_image import OCI, SUFFIX, Layout, digest_of, put_manifest


def main():
    layout = Layout(sys.argv[1], None)
    layers = []
    for argument in sys.argv[3:]:
        kind, path = argument.split(":", 1)
        with open(path, "rb") as file:
            layers.append(layout.put(OCI + "layer.v1.tar" + SUFFIX[kind], file.read()))
    config = {"architecture": "amd64", "os": "linux",
              "rootfs": {"type": "layers", "diff_ids": [digest_of(layer["digest"].encode()) for layer in layers]}}
    layout.set_tag(sys.argv[2], put_manifest(layout, config, layers, None))


if __name__ == "__main__":
    main()
