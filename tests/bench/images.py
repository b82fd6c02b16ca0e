"""Makes the images that are measured, as OCI image layouts: each layer is a tar of one file."""
import hashlib
import io
import json
import os
import random
import tarfile
import zlib

LAYER = "application/vnd.oci.image.layer.v1.tar"
TAG = "t"
TEXT_BLOCK = 1 << 20  # larger than gzip's window: repeating it does not compress better


def text(size, seed):
    """Words that gzip shrinks to two fifths, like the files of a distribution."""
    source = random.Random(seed)
    words = [bytes(source.choices(range(97, 123), k=source.randint(2, 9))) for _ in range(3000)]
    block = b" ".join(source.choices(words, k=TEXT_BLOCK // 4))[:TEXT_BLOCK]
    return (block * (size // len(block) + 1))[:size]


def tar_of(content, name):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def gzip(content):
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


def put(layout, content):
    digest = hashlib.sha256(content).hexdigest()
    (layout / "blobs/sha256" / digest).write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def make_image(layout, layers, size, kind):
    """KIND: random (tar), random-gzip or text-gzip; `size` is that of each layer's file, in bytes."""
    (layout / "blobs/sha256").mkdir(parents=True)
    descriptors, diff_ids = [], []
    for number in range(layers):
        content = text(size, number) if kind == "text-gzip" else os.urandom(size)
        tar = tar_of(content, f"data/{number}")
        diff_ids.append("sha256:" + hashlib.sha256(tar).hexdigest())
        is_packed = kind.endswith("-gzip")
        descriptors.append({"mediaType": LAYER + ("+gzip" if is_packed else ""),
                            **put(layout, gzip(tar) if is_packed else tar)})
    config = {"architecture": "amd64", "os": "linux", "config": {},
              "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **put(layout, json.dumps(config).encode())},
        "layers": descriptors,
    }
    entry = {"mediaType": manifest["mediaType"], **put(layout, json.dumps(manifest).encode()),
             "annotations": {"org.opencontainers.image.ref.name": TAG}}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')


def layers_of(layout):
    """The blob files of the layers of the layout's image."""
    def blob(digest):
        return layout / "blobs" / digest.replace(":", "/")

    root = json.loads((layout / "index.json").read_text())["manifests"][0]["digest"]
    return [blob(layer["digest"]) for layer in json.loads(blob(root).read_text())["layers"]]
