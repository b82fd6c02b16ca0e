#!/usr/bin/env python3
"""Changes the layers of an image and every digest and size above them.

usage: edit_layers.py LAYOUT TAG JQ-FILTER [--list]     (the filter edits each layer's descriptor, with --list the list of them)
"""
import hashlib
import json
import os
import subprocess
import sys


def blob_path(layout, digest):
    return os.path.join(layout, "blobs", *digest.split(":"))


def jq(program, value):
    done = subprocess.run(["jq", "-c", program], input=json.dumps(value), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def edit(layout, descriptor, program):
    """Edits what a descriptor refers to, and the descriptor, so that it describes the result."""
    with open(blob_path(layout, descriptor["digest"]), encoding="utf-8") as file:
        document = json.load(file)
    if "manifests" in document:
        for child in document["manifests"]:
            if "vnd.docker.reference.type" not in child.get("annotations", {}):
                edit(layout, child, program)
    else:
        document["layers"] = jq(program, document["layers"])
    data = json.dumps(document).encode()
    descriptor["digest"] = "sha256:" + hashlib.sha256(data).hexdigest()
    descriptor["size"] = len(data)
    with open(blob_path(layout, descriptor["digest"]), "wb") as file:
        file.write(data)


def main():
    layout, tag, program = sys.argv[1:4]
    path = os.path.join(layout, "index.json")
    with open(path, encoding="utf-8") as file:
        index = json.load(file)
    root = next(m for m in index["manifests"] if m["annotations"]["org.opencontainers.image.ref.name"] == tag)
    edit(layout, root, program if "--list" in sys.argv else f"map({program})")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(index, file)


main()
