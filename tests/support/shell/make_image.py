#!/usr/bin/env python3
"""Writes one image into an OCI image layout and prints its root digest. The same arguments give the same bytes.

Layer 1 holds busybox and its links, layer N of every platform the file /platform; each layer K holds the text
/layers/K and a random file /data/K. Layers below the top are therefore blobs that all platforms share.
The container's command prints the message, then one line per layer, so its output proves that each was unpacked.
"""
import argparse
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile

OCI = "application/vnd.oci.image."
INTOTO = "application/vnd.in-toto+json"
EPOCH = "1970-01-01T00:00:00Z"
APPLETS = ("sh", "cat", "echo", "ls", "sha256sum", "sleep", "uname")
SUFFIX = {"gzip": "+gzip", "zstd": "+zstd", "tar": ""}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layout", required=True, metavar="DIR", help="made if absent; other tags in it are kept")
    parser.add_argument("--tag", default="latest")
    parser.add_argument("--layers", type=int, default=2, metavar="N")
    parser.add_argument("--compression", default="gzip", metavar="C[,C]", help="gzip, zstd, tar; repeated over the layers")
    parser.add_argument("--platforms", default="linux/amd64", metavar="OS/ARCH[,...]")
    parser.add_argument("--index", action="store_true", help="an index even for a single manifest")
    parser.add_argument("--attestation", action="store_true", help="an in-toto manifest next to each platform's")
    parser.add_argument("--layer-size", type=int, default=1000, metavar="BYTES", help="of each layer's random file")
    parser.add_argument("--no-busybox", action="store_true", help="tiny layers, nothing to run")
    parser.add_argument("--message", default="hello from an image", help="the first line the container prints")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--indent", type=int, metavar="N", help="spaces of indentation in every document")
    arguments = parser.parse_args()
    arguments.compression = arguments.compression.split(",")
    arguments.platforms = arguments.platforms.split(",")
    for name in arguments.compression:
        if name not in SUFFIX:
            parser.error(f"unknown compression: {name}")
    if arguments.layers < 1:
        parser.error("an image needs a layer")
    return arguments


def static_busybox():
    path = shutil.which("busybox", path=os.environ.get("PATH", "") + ":/bin:/usr/bin")
    if path is None:
        sys.exit("make_image.py: busybox not found: install busybox-static")
    with open(path, "rb") as file:
        program = file.read()
    if b"/ld-linux" in program:
        sys.exit(f"make_image.py: {path} is not static: install busybox-static")
    return program


class Tar:
    """A tar archive whose bytes depend only on the names and contents."""

    def __init__(self):
        self.buffer = io.BytesIO()
        self.archive = tarfile.open(fileobj=self.buffer, mode="w", format=tarfile.USTAR_FORMAT)

    def add(self, name, kind=tarfile.REGTYPE, data=b"", mode=0o644, target=""):
        member = tarfile.TarInfo(name)
        member.type, member.mode, member.size, member.linkname = kind, mode, len(data), target
        self.archive.addfile(member, io.BytesIO(data))

    def directory(self, name, mode=0o755):
        self.add(name, tarfile.DIRTYPE, mode=mode)

    def bytes(self):
        self.archive.close()
        return self.buffer.getvalue()


def add_busybox(tar):
    for name in ("bin", "dev", "etc", "proc", "sys"):
        tar.directory(name)
    tar.directory("tmp", 0o1777)
    tar.add("bin/busybox", data=static_busybox(), mode=0o755)
    for applet in APPLETS:
        tar.add(f"bin/{applet}", tarfile.SYMTYPE, mode=0o777, target="busybox")


def layer_tar(arguments, number, platform):
    tar = Tar()
    if number == 1 and not arguments.no_busybox:
        add_busybox(tar)
    tar.directory("layers")
    tar.add(f"layers/{number:03}", data=f"layer {number}\n".encode())
    tar.directory("data")
    tar.add(f"data/{number:03}", data=random.Random(f"{arguments.seed} {number}").randbytes(arguments.layer_size))
    if number == arguments.layers:
        tar.add("platform", data=f"{platform}\n".encode())
    return tar.bytes()


def compress(data, compression):
    if compression == "gzip":
        return gzip.compress(data, compresslevel=6, mtime=0)
    if compression == "zstd":
        return subprocess.run(["zstd", "-q", "-3", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layout:
    def __init__(self, directory, indent):
        self.directory, self.indent = directory, indent
        os.makedirs(os.path.join(directory, "blobs", "sha256"), exist_ok=True)

    def document(self, value):
        separators = (",", ":") if self.indent is None else None
        return json.dumps(value, indent=self.indent, separators=separators).encode()

    def put(self, media_type, data):
        digest = digest_of(data)
        with open(os.path.join(self.directory, "blobs", *digest.split(":")), "wb") as blob:
            blob.write(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def put_document(self, media_type, value):
        return self.put(media_type, self.document(value))

    def set_tag(self, tag, descriptor):
        path = os.path.join(self.directory, "index.json")
        index = {"schemaVersion": 2, "manifests": []}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                index = json.load(file)
        name = "org.opencontainers.image.ref.name"
        others = [m for m in index["manifests"] if m.get("annotations", {}).get(name) != tag]
        index["manifests"] = others + [dict(descriptor, annotations={name: tag})]
        with open(os.path.join(self.directory, "oci-layout"), "w", encoding="utf-8") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')
        with open(path, "wb") as file:
            file.write(self.document(index))


def put_manifest(layout, config, layers, annotations):
    manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                "config": layout.put_document(OCI + "config.v1+json", config), "layers": layers}
    if annotations:
        manifest["annotations"] = annotations
    return layout.put_document(manifest["mediaType"], manifest)


def put_platform(layout, arguments, platform):
    system, architecture = platform.split("/")
    layers, diff_ids, history = [], [], []
    for number in range(1, arguments.layers + 1):
        tar = layer_tar(arguments, number, platform)
        compression = arguments.compression[(number - 1) % len(arguments.compression)]
        layer = layout.put(OCI + "layer.v1.tar" + SUFFIX[compression], compress(tar, compression))
        if number % 2:
            layer["annotations"] = {"com.example.keep": f"layer <{number}>"}
        layers.append(layer)
        diff_ids.append(digest_of(tar))
        history.append({"created": EPOCH, "created_by": f"make_image layer {number}"})
    command = ["/bin/sh", "-c", 'echo "$MESSAGE"; cat /layers/*']
    config = {"created": EPOCH, "architecture": architecture, "os": system,
              "config": {"Env": ["PATH=/bin", f"MESSAGE={arguments.message}"], "Cmd": command},
              "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history}
    manifest = put_manifest(layout, config, layers, {"org.example.manifest": platform})
    return dict(manifest, platform={"architecture": architecture, "os": system})


def put_attestation(layout, subject):
    statement = layout.document({"_type": "https://in-toto.io/Statement/v0.1", "subject": [],
                                 "predicateType": "https://slsa.dev/provenance/v0.2", "predicate": {}})
    layer = dict(layout.put(INTOTO, statement),
                 annotations={"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"})
    config = {"architecture": "unknown", "os": "unknown", "config": {},
              "rootfs": {"type": "layers", "diff_ids": [digest_of(statement)]}}
    annotations = {"vnd.docker.reference.digest": subject["digest"], "vnd.docker.reference.type": "attestation-manifest"}
    return dict(put_manifest(layout, config, [layer], None), annotations=annotations,
                platform={"architecture": "unknown", "os": "unknown"})


def main():
    arguments = parse_arguments()
    layout = Layout(arguments.layout, arguments.indent)
    manifests = [put_platform(layout, arguments, platform) for platform in arguments.platforms]
    if arguments.attestation:
        manifests += [put_attestation(layout, manifest) for manifest in manifests]
    root = {key: manifests[0][key] for key in ("mediaType", "digest", "size")}
    if len(manifests) > 1 or arguments.index:
        media_type = OCI + "index.v1+json"
        root = layout.put_document(media_type, {"schemaVersion": 2, "mediaType": media_type, "manifests": manifests})
    layout.set_tag(arguments.tag, root)
    print(root["digest"])


if __name__ == "__main__":
    main()
