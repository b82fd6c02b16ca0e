#!/usr/bin/env python3
"""Makes a layout with one image that no builder makes on purpose, under the tag t.

usage: make_odd_image.py LAYOUT CASE
"""
import base64
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

OCI = "application/vnd.oci.image."
MANIFEST, INDEX, CONFIG = OCI + "manifest.v1+json", OCI + "index.v1+json", OCI + "config.v1+json"
LAYER = OCI + "layer.v1.tar+gzip"
FOREIGN = OCI + "layer.nondistributable.v1.tar+gzip"
OTHER_LAYERS = "oci.image.layer.nydus.blob.v1", "erofs.layer.v1", "oci.image.layer.v1.tar+lz4"
ENCRYPTION = "org.opencontainers.image.enc."


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def tar(name):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        content = name.encode() * 64
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


class Layout:
    def __init__(self, path):
        self.path = path
        self.entries = []
        os.makedirs(path + "/blobs/sha256", exist_ok=True)
        with open(path + "/oci-layout", "w", encoding="utf-8") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')

    def blob_path(self, descriptor):
        return self.path + "/blobs/" + descriptor["digest"].replace(":", "/")

    def blob(self, data, media_type=LAYER, **more):
        descriptor = {"mediaType": media_type, "digest": digest_of(data), "size": len(data), **more}
        with open(self.blob_path(descriptor), "wb") as file:
            file.write(data)
        return descriptor

    def document(self, content, media_type, **more):
        return self.blob(json.dumps({"schemaVersion": 2, "mediaType": media_type, **content}).encode(), media_type, **more)

    def layer(self, name, media_type=LAYER, **more):
        return self.blob(gzip.compress(tar(name), mtime=0), media_type, **more)

    def image(self, layers, diff_ids, platform=None, **more):
        """An image whose config has these diff_ids, or those of these contents."""
        found = [one if one.startswith("sha256:") else digest_of(tar(one)) for one in diff_ids]
        config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": found}}
        content = {"config": self.blob(json.dumps(config).encode(), CONFIG), "layers": layers, **more}
        return self.document(content, MANIFEST, **({"platform": platform} if platform else {}))

    def index(self, manifests):
        return self.document({"manifests": manifests}, INDEX)

    def add(self, descriptor, tag="t", **annotations):
        named = {"org.opencontainers.image.ref.name": tag, **annotations} if tag else annotations
        self.entries.append({**descriptor, "annotations": named} if named else descriptor)

    def write(self):
        with open(self.path + "/index.json", "w", encoding="utf-8") as file:
            json.dump({"schemaVersion": 2, "manifests": self.entries}, file)


def platform(architecture, **more):
    return {"os": "linux", "architecture": architecture, **more}


def missing_platform(layout):
    present = layout.image([layout.layer("one")], ["one"], platform("amd64"))
    missing = layout.image([layout.layer("two")], ["two"], platform("s390x"))
    os.remove(layout.blob_path(missing))
    layout.add(layout.index([present, missing]))
    layout.add(layout.index([missing]), "none")


def foreign(layout):
    urls = {"urls": ["https://layers.example/1"]}
    layout.add(layout.image([layout.layer("one", FOREIGN, **urls), layout.layer("two")], ["one", "two"]))


def base(layout):
    """What the config says of SECRET is what it should say of a layer of the base."""
    one, secret, own = layout.layer("one"), layout.layer("secret"), layout.layer("own")
    layout.add(layout.image([one], ["one"]), "base")
    layout.add(layout.image([secret, own], ["one", "own"]), "forged")
    layout.add(layout.image([one, own], []), "uncounted")
    layout.add(layout.image([one], []), "uncounted-base")
    layout.add(layout.image([own], ["own"]), "unrelated")
    again = layout.blob(gzip.compress(tar("one"), compresslevel=1, mtime=1))
    layout.add(layout.image([again, own], ["one", "own"]), "compressed-anew")
    longer = layout.blob(gzip.compress(tar("one"), compresslevel=1, mtime=1) + b"secret")
    layout.add(layout.image([longer, own], ["one", "own"]), "longer")
    # Bases that say of their layers what is true of those of SECRET.
    layout.add(layout.image([secret, own], ["secret", "own"]), "honest")
    layout.add(layout.image([one], ["secret"]), "lying-base")
    layout.add(layout.image([layout.blob(tar("one"), OCI + "layer.v1.tar")], ["secret"]), "lying-tar-base")
    absent = {"digest": "sha256:" + "9" * 64, "size": 99}
    layout.add(layout.image([{"mediaType": LAYER, **absent}], ["secret"]), "missing-base")
    layout.add(layout.image([{"mediaType": FOREIGN, **absent, "urls": ["https://x"]}], ["secret"]), "foreign-base")
    layout.add(layout.image([layout.blob(tar("one"), OCI + "layer.v1.tar")], ["one"]), "tar-base")


def keyless(layout, **keys):
    options = {"cipher": "AES_256_CTR_HMAC_SHA256", "hmac": base64.b64encode(b"0" * 32).decode(), "cipheroptions": {}}
    annotations = {ENCRYPTION + "pubopts": base64.b64encode(json.dumps(options).encode()).decode()}
    annotations.update({ENCRYPTION + "keys." + name: value for name, value in keys.items()})
    layout.add(layout.image([layout.layer("one", LAYER + "+encrypted", annotations=annotations)], ["one"]))


def windows(layout):
    children = []
    for content, version in (("a", "10.0.1"), ("b", "10.0.1"), ("c", "10.0.2.7")):
        image = layout.image([layout.layer(content)], [content], {"os": "windows", "architecture": "amd64", "os.version": version})
        children.append(image)
    layout.add(layout.index(children + [layout.image([layout.layer("one")], ["one"], platform("arm64"))]))


def two_names(layout):
    for name in ("a", "b"):
        image = layout.image([layout.layer(name)], [name])
        layout.add(image, "1", **{"io.containerd.image.name": f"docker.io/library/{name}:1"})
    layout.add(layout.image([layout.layer("c")], ["c"]), "my image")


def signed(layout):
    image = layout.image([layout.layer("one")], ["one"])
    layout.add(image)
    subject = {name: image[name] for name in ("mediaType", "digest", "size")}
    layout.add(layout.image([layout.blob(b"signature", "application/octet-stream")], [], subject=subject), None)


def listed_twice(layout):
    image = layout.image([layout.layer("one")], ["one"])
    layout.add(image)
    layout.add(image, **{"com.example.note": "keep me"})


def nested(layout):
    document = layout.image([layout.layer("one")], ["one"])
    for _ in range(4):
        document = layout.index([document])
    layout.add(document)


def embedding(layout):
    layer = {**layout.layer("one"), "data": base64.b64encode(b"something else").decode()}
    layout.add(layout.image([layer], ["one"]))


CASES = {
    "missing-platform": missing_platform,
    "foreign": foreign,
    "base": base,
    "no-keys": lambda layout: keyless(layout, jwe=""),
    "broken-keys": lambda layout: keyless(layout, jwe="!"),
    "keys-of-others": lambda layout: keyless(layout, tpm2=base64.b64encode(b"packet").decode()),
    "three-layers": lambda layout: layout.add(layout.image([layout.layer(name) for name in "abc"], list("abc"))),
    "two-platforms": lambda layout: layout.add(layout.index(
        [layout.image([layout.layer(name)], [name], platform(name)) for name in ("amd64", "arm64")])),
    "urls": lambda layout: layout.add(layout.image([layout.layer("one", urls=["https://plain.example/1"])], ["one"])),
    "no-type": lambda layout: layout.add(layout.image([layout.layer("one", "")], ["one"])),
    "chart": lambda layout: layout.add(layout.image([layout.blob(b"c", "application/vnd.cncf.helm.chart.content.v1.tar+gzip")], [])),
    "layer-in-index": lambda layout: layout.add(layout.index([layout.layer("one")])),
    "other-layer-in-index": lambda layout: layout.add(layout.index(
        [layout.image([layout.layer("one")], ["one"], platform("amd64"))] +
        [layout.blob(kind.encode(), f"application/vnd.{kind}") for kind in OTHER_LAYERS])),
    "full-annotations": lambda layout: layout.add(
        layout.image([layout.layer("one")], ["one"], annotations={f"k{i}": "" for i in range(10000)})),
    "windows": windows,
    "two-names": two_names,
    "signed": signed,
    "listed-twice": listed_twice,
    "nested": nested,
    "tiny": lambda layout: layout.add(
        layout.image([layout.blob(bytes([i]), OCI + "layer.v1.tar") for i in range(60)], [digest_of(bytes([i])) for i in range(60)])),
    "erofs": lambda layout: layout.add(layout.image([layout.blob(b"erofs", "application/vnd.erofs.layer.v1")], ["erofs"])),
    "embedding": embedding,
    "cut-gzip": lambda layout: layout.add(
        layout.image([layout.blob(gzip.compress(tar("one"), mtime=0) + gzip.compress(b"", mtime=0)[:9])], ["one"])),
}


def main():
    layout = Layout(sys.argv[1])
    CASES[sys.argv[2]](layout)
    layout.write()


main()
