#!/usr/bin/env python3
"""Turns the image that a tag of an OCI layout names into Docker's schema 2, as registries store it; prints the new digest.

usage: make_docker.py LAYOUT TAG [--unnamed-children]      (with the option, entries of a list have no mediaType)
"""
import hashlib
import json
import os
import sys

DOCKER = "application/vnd.docker."
TYPES = {
    "application/vnd.oci.image.index.v1+json": DOCKER + "distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json": DOCKER + "distribution.manifest.v2+json",
    "application/vnd.oci.image.config.v1+json": DOCKER + "container.image.v1+json",
    "application/vnd.oci.image.layer.v1.tar": DOCKER + "image.rootfs.diff.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip": DOCKER + "image.rootfs.diff.tar.gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd": DOCKER + "image.rootfs.diff.tar.zstd",
}
layout, tag = sys.argv[1:3]
unnamed_children = "--unnamed-children" in sys.argv[3:]


def path_of(digest):
    return os.path.join(layout, "blobs", *digest.split(":"))


def convert(descriptor):
    descriptor["mediaType"] = TYPES.get(descriptor["mediaType"], descriptor["mediaType"])


def convert_document(descriptor):
    with open(path_of(descriptor["digest"]), encoding="utf-8") as file:
        document = json.load(file)
    convert(document)
    for child in document.get("manifests", []):
        convert_document(child)
        if unnamed_children:
            del child["mediaType"]
    for blob in document.get("layers", []) + [document[name] for name in ("config",) if name in document]:
        convert(blob)
    data = json.dumps(document, indent=3).encode()
    convert(descriptor)
    descriptor["digest"], descriptor["size"] = "sha256:" + hashlib.sha256(data).hexdigest(), len(data)
    with open(path_of(descriptor["digest"]), "wb") as file:
        file.write(data)


def main():
    with open(os.path.join(layout, "index.json"), encoding="utf-8") as file:
        index = json.load(file)
    for root in index["manifests"]:
        if root["annotations"]["org.opencontainers.image.ref.name"] == tag:
            convert_document(root)
            print(root["digest"])
    with open(os.path.join(layout, "index.json"), "w", encoding="utf-8") as file:
        json.dump(index, file)


main()
