#!/usr/bin/env python3
"""read_samples.py IMGCRYPT VECTORS SCRATCH: decrypts the peers' images with every key that the vectors list for them."""
import hashlib
import json
import os
import shutil
import subprocess
import sys

imgcrypt, vectors, scratch = sys.argv[1:]


def blob(layout, digest):
    with open(os.path.join(layout, "blobs", *digest.split(":")), "rb") as file:
        data = file.read()
    if hashlib.new(digest.split(":")[0], data).hexdigest() != digest.split(":")[1]:
        sys.exit(f"FAIL: {digest} in {layout} has other content")
    return data


def layers_of(layout, digest):
    """Type and digest of every image layer beneath a manifest or an index, in order."""
    document = json.loads(blob(layout, digest))
    if "manifests" in document:
        return [layer for child in document["manifests"] for layer in layers_of(layout, child["digest"])]
    return [(layer["mediaType"], layer["digest"]) for layer in document["layers"]]


def expected_layers(image):
    return [(layer["restored_media_type"], layer["plaintext"]) if layer["encrypted"] else (layer["media_type"], layer["stored"])
            for manifest in image["manifests"] for layer in manifest["layers"]]


def decrypt(image, key, destination):
    argument = os.path.join(vectors, key["key"])
    environment = dict(os.environ)
    if key["passphrase"] is not None:
        argument += ":env=PASSPHRASE_OF_SAMPLE"
        environment["PASSPHRASE_OF_SAMPLE"] = key["passphrase"]
    source = os.path.join(vectors, image["path"]) + ":" + image["tag"]
    return subprocess.run([imgcrypt, "decrypt", f"oci:{source}", f"oci:{destination}:t", "-k", argument], env=environment,
                          capture_output=True, text=True, timeout=20, check=False)


def problem_with(image, key, opens):
    destination = os.path.join(scratch, "out")
    shutil.rmtree(destination, ignore_errors=True)
    done = decrypt(image, key, destination)
    if done.returncode != (0 if opens else 6):
        return f"exit {done.returncode}: {done.stderr}"
    if not opens:
        return "a destination was left behind" if os.path.exists(destination) else None
    layers = layers_of(destination, done.stdout.strip().split("@")[1])
    if layers != expected_layers(image):
        return f"the layers are {layers}, not {expected_layers(image)}"
    return None


def main():
    with open(os.path.join(vectors, "layouts.json"), encoding="utf-8") as file:
        images = json.load(file)
    tried, failures = 0, []
    for image in images:
        for opens, key in [(True, k) for k in image["opens"]] + [(False, k) for k in image["opens_not"]]:
            name = f"{image['name']} with {key['key']}"
            needs = image["needs"] + key["needs"]
            if needs:
                print(f"not tried: {name}: needs {', '.join(needs)}")
                continue
            tried += 1
            problem = problem_with(image, key, opens)
            if problem:
                failures.append(f"FAIL: {name}: {problem}")
    print(f"{tried} tried")
    if failures or not tried:
        sys.exit("\n".join(failures) or "FAIL: no sample")


main()
