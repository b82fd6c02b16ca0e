"""What the registry holds: blobs, manifests, tags and unfinished uploads of all repositories. Blobs and uploads are files
of one folder. All methods may be called by several threads."""
import hashlib
import json
import os
import re
import threading
import uuid

DIGEST = re.compile(r"(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\Z")


def digest_of(chunks, algorithm="sha256"):
    state = hashlib.new(algorithm)
    for chunk in chunks:
        state.update(chunk)
    return f"{algorithm}:{state.hexdigest()}"


class Repository:
    def __init__(self):
        self.blobs = set()
        self.manifests = {}  # digest: (media type, bytes)
        self.tags = {}  # tag: digest


class Upload:
    def __init__(self, repository, path):
        self.repository = repository
        self.path = path
        self.size = 0
        self.patches = 0
        open(path, "wb").close()

    def append(self, chunk):
        with open(self.path, "ab") as file:
            file.write(chunk)
        self.size += len(chunk)


class Store:
    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.RLock()
        self.repositories = {}
        self.uploads = {}

    def blob_path(self, digest):
        return os.path.join(self.folder, digest.replace(":", "-"))

    def repository(self, name):
        with self.lock:
            return self.repositories.setdefault(name, Repository())

    def has_blob(self, repository, digest):
        with self.lock:
            return repository in self.repositories and digest in self.repositories[repository].blobs

    def has_manifest(self, repository, digest):
        with self.lock:
            return repository in self.repositories and digest in self.repositories[repository].manifests

    def mount(self, source, target, digest):
        with self.lock:
            if not self.has_blob(source, digest):
                return False
            self.repository(target).blobs.add(digest)
            return True

    def start_upload(self, repository):
        with self.lock:
            name = str(uuid.uuid4())
            self.uploads[name] = Upload(repository, os.path.join(self.folder, name))
            return name

    def drop_upload(self, name):
        with self.lock:
            os.unlink(self.uploads.pop(name).path)

    def finish_upload(self, name, digest):
        """The blob is there afterwards; False, and nothing of it is left, when the content has another digest."""
        upload = self.uploads[name]
        with open(upload.path, "rb") as file:
            found = digest_of(iter(lambda: file.read(1 << 20), b""), digest.split(":")[0])
        with self.lock:
            if found != digest:
                self.drop_upload(name)
                return False
            os.replace(upload.path, self.blob_path(digest))
            del self.uploads[name]
            self.repository(upload.repository).blobs.add(digest)
            return True

    def put_blob(self, repository, content):
        digest = digest_of([content])
        with open(self.blob_path(digest), "wb") as file:
            file.write(content)
        with self.lock:
            self.repository(repository).blobs.add(digest)
        return digest

    def put_manifest(self, repository, name, media_type, text):
        """Under its digest and, unless `name` is a digest, under this tag. Returns the digest."""
        is_digest = DIGEST.match(name)
        digest = digest_of([text], name.split(":")[0] if is_digest else "sha256")
        with self.lock:
            target = self.repository(repository)
            target.manifests[digest] = (media_type, text)
            if not is_digest:
                target.tags[name] = digest
        return digest

    def find_manifest(self, repository, name):
        """(digest, media type, bytes), or None"""
        with self.lock:
            if repository not in self.repositories:
                return None
            found = self.repositories[repository]
            digest = name if DIGEST.match(name) else found.tags.get(name)
            return (digest, *found.manifests[digest]) if digest in found.manifests else None

    def missing_of(self, repository, document):
        """Digests of what a manifest or an index needs and the repository lacks."""
        # An index may list blobs, as those of BuildKit's caches do: distribution takes them.
        listed = [d["digest"] for d in document.get("manifests") or []]
        needed = [d for d in listed if not self.has_manifest(repository, d) and not self.has_blob(repository, d)]
        for descriptor in [document.get("config")] + (document.get("layers") or []):
            if descriptor and not descriptor.get("urls") and not self.has_blob(repository, descriptor["digest"]):
                needed.append(descriptor["digest"])
        return needed

    def referrers(self, repository, digest):
        """Descriptors of the manifests whose `subject` has this digest."""
        found = []
        with self.lock:
            for own, (media_type, text) in self.repository(repository).manifests.items():
                document = json.loads(text)
                if (document.get("subject") or {}).get("digest") != digest:
                    continue
                descriptor = {"mediaType": media_type, "digest": own, "size": len(text)}
                kind = document.get("artifactType") or (document.get("config") or {}).get("mediaType")
                descriptor.update({"artifactType": kind} if kind else {})
                if document.get("annotations"):
                    descriptor["annotations"] = document["annotations"]
                found.append(descriptor)
        return found

    def load_layout(self, repository, tag, layout, name):
        """Takes over the image `name` of an OCI layout, and with it all of the layout's blobs."""

        def read(digest):
            with open(os.path.join(layout, "blobs", *digest.split(":")), "rb") as file:
                return file.read()

        def put_document(descriptor, as_name):
            text = read(descriptor["digest"])
            document = json.loads(text)
            for child in document.get("manifests", []):
                put_document(child, child["digest"])
            for blob in [document.get("config")] + document.get("layers", []):
                if blob:
                    self.put_blob(repository, read(blob["digest"]))
            self.put_manifest(repository, as_name, descriptor["mediaType"], text)

        with open(os.path.join(layout, "index.json"), "rb") as file:
            entries = json.load(file)["manifests"]
        [root] = [e for e in entries if e.get("annotations", {}).get("org.opencontainers.image.ref.name") == name]
        put_document(root, tag)
