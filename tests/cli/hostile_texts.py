#!/usr/bin/env python3
"""hostile_texts.py LAYOUT: puts texts with terminal control sequences everywhere the image tagged t may contain texts."""
import base64
import hashlib
import json
import os
import sys

layout = sys.argv[1]
evil = "\x1b]0;evil\x07\x1b[31m\r\n\u009b2J\u202e"
prefix = "org.opencontainers.image.enc."


def path(digest):
    return os.path.join(layout, "blobs", *digest.split(":"))


def encode(document):
    return base64.b64encode(json.dumps(document).encode()).decode()


def url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


with open(os.path.join(layout, "index.json"), encoding="utf-8") as file:
    index = json.load(file)
root = index["manifests"][0]
with open(path(root["digest"]), encoding="utf-8") as file:
    manifest = json.load(file)

manifest["annotations"] = {evil: evil}
layers = manifest["layers"]
header = {"alg": "RSA-OAEP" + evil, "enc": "A256GCM", "kid": evil}
packet = {"protected": url(json.dumps(header).encode()), "encrypted_key": "AAAA", "iv": "AAAA", "ciphertext": "AAAA", "tag": "AAAA"}
layers[0]["annotations"][prefix + "keys.jwe"] = encode(packet) + "," + evil
layers[0]["annotations"][prefix + "keys.provider." + evil] = "AAAA"
layers[0]["annotations"][prefix + "keys." + evil] = "AAAA"
layers[1]["annotations"] = {}
layers[2]["mediaType"] = "application/" + evil
root["platform"] = {"os": evil, "architecture": evil}

document = json.dumps(manifest).encode()
root["digest"] = "sha256:" + hashlib.sha256(document).hexdigest()
root["size"] = len(document)
with open(path(root["digest"]), "wb") as file:
    file.write(document)
with open(os.path.join(layout, "index.json"), "w", encoding="utf-8") as file:
    json.dump(index, file)
