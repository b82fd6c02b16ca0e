#!/usr/bin/env python3
"""Writes an archive as Docker before version 25 did.

classic_archive.py FILE NAME [--hostile KIND]
KIND is what becomes of the second layer's member: absolute, parent, link-out, link-loop or device; or of the third's, which is
a link to the first: file, of other content."""
import hashlib
import io
import json
import sys
import tarfile


def layer(text):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo("etc/" + text)
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text.encode()))
    return data.getvalue()


def add(archive, name, data=b"", kind=tarfile.REGTYPE, link=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    member.size = len(data) if kind == tarfile.REGTYPE else 0
    archive.addfile(member, io.BytesIO(data) if member.size else None)


def main(path, name, hostile):
    layers = [layer("one"), layer("two"), layer("one")]
    ids = [hashlib.sha256(b"%d" % i).hexdigest() for i in range(3)]
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/sh"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(data).hexdigest() for data in layers]}}).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    names = [f"{one}/layer.tar" for one in ids]
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for one in ids:
            add(archive, one, kind=tarfile.DIRTYPE)
            add(archive, one + "/VERSION", b"1.0")
            add(archive, one + "/json", b"{}")
        add(archive, names[0], layers[0])
        if hostile == "file":
            add(archive, names[2], layer("uno"))
        else:
            add(archive, names[2], kind=tarfile.SYMTYPE, link=f"../{names[0]}")
        if hostile == "absolute":
            names[1] = "/tmp/imgcrypt-escaped"
        elif hostile == "parent":
            names[1] = "../../../../../../../../tmp/imgcrypt-escaped"
            add(archive, names[1], layers[1])
        elif hostile == "link-out":
            add(archive, names[1], kind=tarfile.SYMTYPE, link="../../../../../../../../etc/passwd")
        elif hostile == "link-loop":
            add(archive, names[1], kind=tarfile.SYMTYPE, link="layer.tar")
        elif hostile == "device":
            add(archive, names[1], kind=tarfile.CHRTYPE)
        else:
            add(archive, names[1], layers[1])
        add(archive, config_name, config)
        add(archive, "manifest.json", json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": names}]).encode())
        add(archive, "repositories", json.dumps({name.split(":")[0]: {name.split(":")[1]: ids[2]}}).encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[4] if len(sys.argv) > 4 else None)
