#!/usr/bin/env python3
"""read_samples.py IMGCRYPT CTD-DECODER VECTORS SCRATCH: reads images of other programs with all their keys.

Each image is decrypted as a whole by imgcrypt, and each of its layers by the decoder; with keys that do not open it, both must
say so. Images that need more than is supported are printed.
"""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "shell"))
import make_payload  # noqa: E402

imgcrypt, decoder, vectors, scratch = map(os.path.abspath, sys.argv[1:])
KNOWN = {"DER", "JWK", "RSA-OAEP-256", "ECDH-ES+A128KW", "later PEM block", "text before PEM", "provider"}
if os.path.exists(os.path.join(os.path.dirname(imgcrypt), "..", "libexec", "imgcrypt", "keyprovider-pgp")):
    KNOWN.add("PGP")


def is_provider(key):
    return key["key"].startswith("provider:")


def blob_path(image, digest):
    return os.path.join(image, "blobs", *digest.split(":"))


def blob(image, digest):
    with open(blob_path(image, digest), "rb") as file:
        data = file.read()
    if hashlib.new(digest.split(":")[0], data).hexdigest() != digest.split(":")[1]:
        sys.exit(f"FAIL: {digest} in {image} has other content")
    return data


def layers_of(image, digest):
    """The descriptor of every image layer of a manifest or an index, in order."""
    document = json.loads(blob(image, digest))
    if "manifests" in document:
        return [layer for child in document["manifests"] for layer in layers_of(image, child["digest"])]
    return document["layers"]


def rows_of(image):
    return [layer for manifest in image["manifests"] for layer in manifest["layers"]]


def restored(row):
    return (row["restored_media_type"], row["plaintext"]) if row["encrypted"] else (row["media_type"], row["stored"])


def environment_of(key):
    """With the passphrase, and with the configuration of only the key's provider."""
    environment = {name: value for name, value in os.environ.items() if name != "OCICRYPT_KEYPROVIDER_CONFIG"}
    if key["passphrase"] is not None:
        environment["PASSPHRASE_OF_SAMPLE"] = key["passphrase"]
    if "program" in key:
        name = key["key"].split(":")[1]
        command = {"path": "python3", "args": [os.path.join(vectors, key["program"]), scratch]}
        environment["OCICRYPT_KEYPROVIDER_CONFIG"] = os.path.join(scratch, "providers.json")
        with open(environment["OCICRYPT_KEYPROVIDER_CONFIG"], "w", encoding="utf-8") as file:
            json.dump({"key-providers": {name: {"cmd": command}}}, file)
    return environment


def ways_to_give(key):
    """The key on the command line of imgcrypt, in every possible form."""
    argument = key["key"] if key["passphrase"] is None else key["key"] + ":env=PASSPHRASE_OF_SAMPLE"
    ways = [["-k", argument]]
    if "program" in key:
        ways.append([])  # a provider that is configured is asked unbidden
    if "certificate" in key:
        ways.append(["-k", argument, "-k", key["certificate"]])
        ways.append(["-k", argument, "--dec-recipient", "pkcs7:" + key["certificate"]])
    return ways


def problem_of_imgcrypt(image, key, arguments, opens):
    destination = os.path.join(scratch, "out")
    shutil.rmtree(destination, ignore_errors=True)
    source = os.path.join(vectors, image["path"]) + ":" + image["tag"]
    done = subprocess.run([imgcrypt, "decrypt", f"oci:{source}", f"oci:{destination}:t", *arguments], cwd=vectors,
                          env=environment_of(key), capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != (0 if opens else 6):
        return f"exit {done.returncode}: {done.stderr}"
    if not opens:
        return "a destination was left behind" if os.path.exists(destination) else None
    root = done.stdout.strip().split("@")[1]
    layers = [(layer["mediaType"], layer["digest"]) for layer in layers_of(destination, root)]
    expected = [restored(row) for row in rows_of(image)]
    if layers != expected:
        return f"the layers are {layers}, not {expected}"
    if image["source_manifest"] not in (None, root):
        return f"the manifest is {root}, not the one that was encrypted, {image['source_manifest']}"
    return None


def problem_of_check(image, key, arguments, opens):
    """With --full every layer is read, and must be the one that the image's config means."""
    source = os.path.join(vectors, image["path"]) + ":" + image["tag"]
    done = subprocess.run([imgcrypt, "check", f"oci:{source}", "--full", "-o", "json", *arguments], cwd=vectors,
                          env=environment_of(key), capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != (0 if opens else 6):
        return f"exit {done.returncode}: {done.stderr}"
    states = [layer["state"] for layer in json.loads(done.stdout)["layers"]]
    encrypted = "opens" if opens else "locked"
    expected = [encrypted if row["encrypted"] else "plain" for row in rows_of(image)]
    return None if states == expected else f"the layers are {states}, not {expected}"


def put_on_fd_3(data):
    """As a pipe, whose buffer holds any payload of these."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    if reader != 3:
        os.dup2(reader, 3)
        os.close(reader)


def run_decoder(image, layer, keys, parameters, environment):
    payload = {"DecryptConfig": {"Parameters": parameters}, "Descriptor": layer}
    put_on_fd_3(make_payload.field(1, make_payload.TYPE_URL) + make_payload.field(2, json.dumps(payload).encode()))
    # To a file: after a failure a pipe would stay open until someone waits for the decoder.
    with (open(blob_path(os.path.join(vectors, image["path"]), layer["digest"]), "rb") as ciphertext,
          open(os.path.join(scratch, "layer"), "w+b") as plaintext):
        done = subprocess.run([decoder, "--decryption-keys-path", keys, "--spool-dir", scratch], cwd=vectors, env=environment,
                              stdin=ciphertext, stdout=plaintext, stderr=subprocess.PIPE, pass_fds=[3], timeout=20, check=False)
        plaintext.seek(0)
        done.stdout = plaintext.read()
    os.close(3)
    return done


def fill_key_directory(key):
    directory = os.path.join(scratch, "keys")
    shutil.rmtree(directory, ignore_errors=True)
    os.mkdir(directory)
    if not is_provider(key):
        file = shutil.copy(os.path.join(vectors, key["key"]), directory)
        if key["passphrase"] is not None:
            with open(file + ".pass", "w", encoding="utf-8") as passphrase:
                passphrase.write(key["passphrase"])
    return directory


def parameters_of(key):
    """The key as a payload carries it."""
    if is_provider(key):
        name, value = (key["key"].split(":", 2)[1:] + ["Enabled"])[:2]
        return {name: [base64.b64encode(value.encode()).decode()]}
    with open(os.path.join(vectors, key["key"]), "rb") as file:
        content = base64.b64encode(file.read()).decode()
    passphrase = key["passphrase"] and base64.b64encode(key["passphrase"].encode()).decode()
    return {"privkeys": [content], "privkeys-passwords": [passphrase]}


def problem_of_decoder(image, key, opens):
    environment = environment_of(key)
    directory, nowhere = fill_key_directory(key), os.path.join(scratch, "nowhere")
    # The node's own keys, and those of the payload, from which only private keys of other kinds are taken.
    ways = [] if "PGP" in image["needs"] else [(nowhere, parameters_of(key))]
    if not is_provider(key) or "program" in key:
        ways.append((directory, None))
    descriptors = layers_of(os.path.join(vectors, image["path"]), image["root"])
    for layer, row in zip(descriptors, rows_of(image), strict=True):
        for keys, parameters in ways if row["encrypted"] else []:
            done = run_decoder(image, layer, keys, parameters, environment)
            message = done.stderr.decode().strip()
            if done.returncode != (0 if opens else 1):
                return f"layer {row['stored']}: exit {done.returncode}: {message}"
            if not opens and (done.stdout or "no key opens it" not in message):
                return f"layer {row['stored']}: {len(done.stdout)} bytes, and the message {message}"
            if opens and "sha256:" + hashlib.sha256(done.stdout).hexdigest() != row["plaintext"]:
                return f"layer {row['stored']} is not {row['plaintext']}"
    return None


def problems_with(image, key, opens):
    for arguments in ways_to_give(key):
        yield f"imgcrypt decrypt {' '.join(arguments)}", problem_of_imgcrypt(image, key, arguments, opens)
        yield f"imgcrypt check {' '.join(arguments)}", problem_of_check(image, key, arguments, opens)
    yield "ctd-decoder", problem_of_decoder(image, key, opens)


def main():
    with open(os.path.join(vectors, "layouts.json"), encoding="utf-8") as file:
        images = json.load(file)
    tried, failures = 0, []
    for image in images:
        for opens, key in [(True, k) for k in image["opens"]] + [(False, k) for k in image["opens_not"]]:
            name = f"{image['name']} with {key['key']}"
            needs = set(image["needs"] + key["needs"]) - KNOWN
            if needs:
                print(f"not tried: {name}: needs {', '.join(sorted(needs))}")
                continue
            tried += 1
            failures += [f"FAIL: {name}: {way}: {problem}" for way, problem in problems_with(image, key, opens) if problem]
    print(f"{tried} tried")
    if failures or not tried:
        sys.exit("\n".join(failures) or "FAIL: no sample")


main()
