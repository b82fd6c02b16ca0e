#!/usr/bin/env python3
"""set_packet.py LAYOUT SCHEME FILE: makes a file's content the packet of each layer, in documents with new digests."""
import base64
import hashlib
import json
import sys

layout, scheme, packet = sys.argv[1:]
with open(f"{layout}/index.json", encoding="utf-8") as file:
    index = json.load(file)
root = index["manifests"][0]
with open(f"{layout}/blobs/{root['digest'].replace(':', '/')}", encoding="utf-8") as file:
    manifest = json.load(file)
with open(packet, "rb") as file:
    content = base64.b64encode(file.read()).decode()
for layer in manifest["layers"]:
    layer["annotations"][f"org.opencontainers.image.enc.keys.{scheme}"] = content
text = json.dumps(manifest).encode()
root["digest"], root["size"] = "sha256:" + hashlib.sha256(text).hexdigest(), len(text)
with open(f"{layout}/blobs/{root['digest'].replace(':', '/')}", "wb") as file:
    file.write(text)
with open(f"{layout}/index.json", "w", encoding="utf-8") as file:
    json.dump(index, file)
