#!/usr/bin/env python3
"""One random layer of 1 GiB: encrypt and decrypt by imgcrypt and by skopeo in turns, in a scratch directory.

big_layer.py [--size BYTES] [--rounds N] [--directory DIR] [--imgcrypt FILE] [--decoder FILE]
Prints medians; compare them within one run only. SKOPEO names another skopeo."""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"


def put(layout, content):
    digest = hashlib.sha256(content).hexdigest()
    (layout / "blobs/sha256" / digest).write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def put_random(layout, size):
    digest, path = hashlib.sha256(), layout / "blobs/sha256/random"
    with path.open("wb") as file:
        for start in range(0, size, 1 << 20):
            chunk = os.urandom(min(1 << 20, size - start))
            digest.update(chunk)
            file.write(chunk)
    path.rename(path.with_name(digest.hexdigest()))
    return {"digest": f"sha256:{digest.hexdigest()}", "size": size}


def make_image(layout, size):
    (layout / "blobs/sha256").mkdir(parents=True)
    layer = {"mediaType": LAYER_TYPE, **put_random(layout, size)}
    config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **put(layout, json.dumps(config).encode())},
        "layers": [layer],
    }
    entry = {"mediaType": manifest["mediaType"], **put(layout, json.dumps(manifest).encode())}
    entry["annotations"] = {"org.opencontainers.image.ref.name": "t"}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def measure(command, stdin=None):
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"big_layer: error: failed: {' '.join(command)}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def only_layer(layout):
    def blob(digest):
        return layout / "blobs" / digest.replace(":", "/")

    manifest = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
    return blob(json.loads(blob(manifest).read_text())["layers"][0]["digest"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1 << 30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--directory", help="where the scratch directory is made, e.g. /dev/shm")
    parser.add_argument("--imgcrypt", default=str(ROOT / "build/release/cli/imgcrypt"))
    parser.add_argument("--decoder", default=str(ROOT / "build/release/streamproc/ctd-decoder"))
    arguments = parser.parse_args()
    skopeo = [os.environ.get("SKOPEO", "skopeo"), "--insecure-policy", "copy", "-q",
              "--dest-oci-accept-uncompressed-layers"]
    with tempfile.TemporaryDirectory(prefix="imgcrypt-bench.", dir=arguments.directory) as scratch:
        top = pathlib.Path(scratch)
        os.chdir(top)
        make_key()
        make_image(top / "in", arguments.size)
        results = {}
        for _ in range(arguments.rounds):
            for made in ("ours", "theirs", "ours-back", "theirs-back"):
                shutil.rmtree(top / made, ignore_errors=True)
            rows = {
                "imgcrypt encrypt": [arguments.imgcrypt, "encrypt", "oci:in:t", "oci:ours:t", "-r", "jwe:pub.pem"],
                "skopeo encrypt": [*skopeo, "--encryption-key", "jwe:pub.pem", "oci:in:t", "oci:theirs:t"],
                "imgcrypt decrypt": [arguments.imgcrypt, "decrypt", "oci:ours:t", "oci:ours-back:t", "-k", "key.pem"],
                "skopeo decrypt": [*skopeo, "--decryption-key", "key.pem", "oci:theirs:t", "oci:theirs-back:t"],
            }
            for name, command in rows.items():
                results.setdefault(name, []).append(measure(command))
            with only_layer(top / "ours").open("rb") as layer:
                command = [arguments.decoder, "--decryption-keys-path", "keys", "--content-root", "ours"]
                results.setdefault("ctd-decoder", []).append(measure(command, layer))
    print(f"{'':18} {'seconds':>8} {'CPU s':>8} {'peak MiB':>9}")
    for name, samples in results.items():
        seconds, cpu, peak = (statistics.median(column) for column in zip(*samples))
        print(f"{name:18} {seconds:8.2f} {cpu:8.2f} {peak:9.1f}")


def make_key():
    os.mkdir("keys")
    subprocess.run(["openssl", "genrsa", "-out", "key.pem", "2048"], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["openssl", "rsa", "-in", "key.pem", "-pubout", "-out", "pub.pem"], check=True,
                   stderr=subprocess.DEVNULL)
    shutil.copy("key.pem", "keys/key.pem")


if __name__ == "__main__":
    main()
