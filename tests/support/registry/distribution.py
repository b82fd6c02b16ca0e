"""The distribution specification 1.1, as a registry without faults has it; `Settings` are what it leaves to registries."""
import dataclasses
import json
import os
import re

from messages import FileRange, Response, failure
from store import DIGEST, digest_of

NAME = r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*"
REFERENCE = r"[A-Za-z0-9_][A-Za-z0-9._:-]*"
ROUTES = [
    ("base", re.compile(r"/v2/?()()\Z")),
    ("manifest", re.compile(rf"/v2/({NAME})/manifests/({REFERENCE})\Z")),
    ("start", re.compile(rf"/v2/({NAME})/blobs/uploads/?()\Z")),
    ("upload", re.compile(rf"/v2/({NAME})/blobs/uploads/([0-9a-f-]+)\Z")),
    ("blob", re.compile(rf"/v2/({NAME})/blobs/({REFERENCE})\Z")),
    ("tags", re.compile(rf"/v2/({NAME})/tags/list()\Z")),
    ("referrers", re.compile(rf"/v2/({NAME})/referrers/({REFERENCE})\Z")),
    ("token", re.compile(r"/token()()\Z")),
]
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"


@dataclasses.dataclass
class Settings:
    auth: str = "none"  # basic, token
    token_uses: int = -1  # a token expires after so many requests; -1: never
    realm: str = "tokens"  # the listener that gives tokens
    mounts: bool = True
    ranges: bool = True
    referrers: bool = True
    patch: bool = True  # False: uploads of one request only
    patches: int = -1  # so many PATCH requests of one upload are taken; -1: any number
    digest_header: bool = True
    if_match: bool = True  # PUT of a manifest looks at it
    location: str = "absolute"  # relative, elsewhere
    most_manifest: int = 4 << 20  # bytes
    checked_locations: bool = False  # a Location is good for one request, and a status request needs a good one, too


class Distribution:
    def __init__(self, store, settings, access, origins):
        self.store, self.settings, self.access, self.origins = store, settings, access, origins

    def route(self, request):
        """Fills in what the request is about."""
        for kind, pattern in ROUTES:
            match = pattern.match(request.path)
            if match:
                request.kind, (request.repository, request.name) = kind, match.groups()
                return

    def answer(self, request):
        refusal = self._refuse(request)
        if refusal:
            return refusal
        answer = getattr(self, f"{request.method.lower()}_{request.kind}", None)
        if answer is None:
            known = request.kind and any(hasattr(self, f"{m}_{request.kind}") for m in ("get", "post", "put", "patch"))
            return failure(405 if known else 404, "UNSUPPORTED", "the operation is unsupported")
        return answer(request)

    def _refuse(self, request):
        # Who was sent elsewhere has a URL that is good by itself, as signed ones are.
        if request.port not in ("main",) or request.kind == "token":
            return None
        actions = {"GET": {"pull"}, "HEAD": {"pull"}, "DELETE": {"delete"}}.get(request.method, {"pull", "push"})
        if request.kind == "upload":
            actions = {"pull", "push"}
        needed = {request.repository: actions} if request.repository else {}
        return self.access.refuse(request, needed)

    # --- the API itself, tokens
    def get_base(self, request):
        return Response(200, {"Content-Type": "application/json"}, b"{}")

    def get_token(self, request):
        return self.access.give_token(request)

    post_token = get_token

    # --- manifests
    def get_manifest(self, request):
        found = self.store.find_manifest(request.repository, request.name)
        if not found:
            return self._no_manifest(request)
        digest, media_type, text = found
        headers = {"Content-Type": media_type, "ETag": f'"{digest}"', **self._digest(digest)}
        return Response(200, headers, text)

    head_manifest = get_manifest

    def _no_manifest(self, request):
        if request.repository not in self.store.repositories:
            return failure(404, "NAME_UNKNOWN", "repository name not known to registry", detail={"name": request.repository})
        return failure(404, "MANIFEST_UNKNOWN", "manifest unknown", detail={"reference": request.name})

    def _digest(self, digest):
        return {"Docker-Content-Digest": digest} if self.settings.digest_header else {}

    def put_manifest(self, request):
        text = request.text()
        if len(text) > self.settings.most_manifest:
            return failure(413, "SIZE_INVALID", "the manifest is too large")
        try:
            document = json.loads(text)
        except ValueError:
            return failure(400, "MANIFEST_INVALID", "the manifest is not JSON")
        if DIGEST.match(request.name) and digest_of([text], request.name.split(":")[0]) != request.name:
            return failure(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        with self.store.lock:
            missing = self.store.missing_of(request.repository, document)
            if missing:
                return failure(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", detail={"digest": missing[0]})
            if not self._matches(request):
                return failure(412, "DENIED", "the tag is another image's by now")
            media_type = request.headers.get("Content-Type", "")
            digest = self.store.put_manifest(request.repository, request.name, media_type, text)
        headers = {"Location": self._url(request, f"manifests/{digest}"), **self._digest(digest)}
        subject = (document.get("subject") or {}).get("digest")
        if subject and self.settings.referrers:
            headers["OCI-Subject"] = subject
        return Response(201, headers)

    def _matches(self, request):
        wanted = request.headers.get("If-Match")
        if not wanted or not self.settings.if_match:
            return True
        found = self.store.find_manifest(request.repository, request.name)
        return found is not None and wanted.strip() in ("*", f'"{found[0]}"')

    def delete_manifest(self, request):
        with self.store.lock:
            found = self.store.find_manifest(request.repository, request.name)
            if not found:
                return self._no_manifest(request)
            repository = self.store.repository(request.repository)
            if DIGEST.match(request.name):
                del repository.manifests[request.name]
                repository.tags = {tag: digest for tag, digest in repository.tags.items() if digest != request.name}
            else:
                del repository.tags[request.name]
        return Response(202)

    # --- blobs
    def get_blob(self, request):
        if not self.store.has_blob(request.repository, request.name):
            if request.repository not in self.store.repositories:
                return self._no_manifest(request)
            return failure(404, "BLOB_UNKNOWN", "blob unknown to registry", detail={"digest": request.name})
        path = self.store.blob_path(request.name)
        size = os.stat(path).st_size
        headers = {"Content-Type": "application/octet-stream", **self._digest(request.name)}
        wanted = _parse_range(request.headers.get("Range"), size) if self.settings.ranges else None
        if self.settings.ranges:
            headers["Accept-Ranges"] = "bytes"
        if wanted is None or request.method == "HEAD":
            return Response(200, headers, FileRange(path, 0, size))
        start, end = wanted
        if start >= size:
            return Response(416, {**headers, "Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        return Response(206, headers, FileRange(path, start, end - start))

    head_blob = get_blob

    def delete_blob(self, request):
        with self.store.lock:
            if not self.store.has_blob(request.repository, request.name):
                return failure(404, "BLOB_UNKNOWN", "blob unknown to registry")
            self.store.repository(request.repository).blobs.discard(request.name)
        return Response(202)

    # --- uploads
    def post_start(self, request):
        query = request.query
        if "mount" in query and self.settings.mounts and self._may_mount(request, query):
            return self._created(request, query["mount"])
        name = self.store.start_upload(request.repository)
        request.name = request.notes["session"] = name
        if "digest" not in query:
            return self._accepted(request)
        self._receive(request)
        return self._finish(request, query["digest"])

    def _may_mount(self, request, query):
        source = query.get("from", "")
        is_open = self.access.refuse(request, {source: {"pull"}}) is None if request.port == "main" else True
        return is_open and self.store.mount(source, request.repository, query["mount"])

    def patch_upload(self, request):
        if not self.settings.patch:
            return failure(405, "UNSUPPORTED", "the operation is unsupported")
        refusal = self._refuse_upload(request) or self._refuse_offset(request)
        if refusal:
            return refusal
        upload = self.store.uploads[request.name]
        upload.patches += 1
        if 0 <= self.settings.patches < upload.patches:
            return failure(405, "UNSUPPORTED", "the operation is unsupported")
        self._receive(request)
        return self._accepted(request)

    def put_upload(self, request):
        refusal = self._refuse_upload(request) or self._refuse_offset(request)
        if refusal:
            return refusal
        if "digest" not in request.query:
            return failure(400, "DIGEST_INVALID", "no digest")
        self._receive(request)
        return self._finish(request, request.query["digest"])

    def get_upload(self, request):
        refusal = self._refuse_upload(request)
        return refusal or Response(204, self._state(request))

    def delete_upload(self, request):
        refusal = self._refuse_upload(request)
        if refusal:
            return refusal
        self.store.drop_upload(request.name)
        return Response(204)

    def _no_upload(self):
        return failure(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")

    def _refuse_upload(self, request):
        request.notes["session"] = request.name
        upload = self.store.uploads.get(request.name)
        if upload is None or upload.repository != request.repository:
            return self._no_upload()
        if self.settings.checked_locations and request.query.get("state") != str(upload.size):
            return failure(400, "BLOB_UPLOAD_INVALID", "blob upload invalid")
        return None

    def _refuse_offset(self, request):
        """Section "Pushing a blob in chunks": a chunk out of order is answered by 416."""
        sent = re.match(r"(?:bytes[ =])?(\d+)-(\d+)", request.headers.get("Content-Range", ""))
        upload = self.store.uploads[request.name]
        if sent and int(sent[1]) != upload.size:
            return Response(416, self._state(request))
        return None

    def _receive(self, request):
        upload = self.store.uploads[request.name]
        for chunk in request.body.chunks():
            upload.append(chunk)

    def _state(self, request):
        upload = self.store.uploads[request.name]
        location = self._url(request, f"blobs/uploads/{request.name}?state={upload.size}", self.settings.location)
        return {"Location": location, "Range": f"0-{max(upload.size - 1, 0)}", "Docker-Upload-UUID": request.name}

    def _accepted(self, request):
        return Response(202, self._state(request))

    def _finish(self, request, digest):
        if not DIGEST.match(digest) or not self.store.finish_upload(request.name, digest):
            return failure(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        return self._created(request, digest)

    def _created(self, request, digest):
        return Response(201, {"Location": self._url(request, f"blobs/{digest}"), **self._digest(digest)})

    def _url(self, request, rest, kind="absolute"):
        origin = {"absolute": request.origin, "relative": "", "elsewhere": self.origins["elsewhere"]}[kind]
        return f"{origin}/v2/{request.repository}/{rest}"

    # --- lists
    def get_tags(self, request):
        if request.repository not in self.store.repositories:
            return self._no_manifest(request)
        query = request.query
        tags = sorted(tag for tag in self.store.repository(request.repository).tags if tag > query.get("last", ""))
        headers = {"Content-Type": "application/json"}
        if "n" in query and len(tags) > int(query["n"]):
            tags = tags[: int(query["n"])]
            last = tags[-1] if tags else query.get("last", "")
            headers["Link"] = f'</v2/{request.repository}/tags/list?n={query["n"]}&last={last}>; rel="next"'
        return Response(200, headers, json.dumps({"name": request.repository, "tags": tags}).encode())

    def get_referrers(self, request):
        if not self.settings.referrers:
            return failure(404, "UNSUPPORTED", "the operation is unsupported")
        found = self.store.referrers(request.repository, request.name)
        headers = {"Content-Type": INDEX_TYPE}
        wanted = request.query.get("artifactType")
        if wanted:
            found = [descriptor for descriptor in found if descriptor.get("artifactType") == wanted]
            headers["OCI-Filters-Applied"] = "artifactType"
        index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": found}
        return Response(200, headers, json.dumps(index).encode())


def _parse_range(text, size):
    """The first byte and the end of a Range header; None if there is none that we know."""
    match = re.match(r"bytes=(\d*)-(\d*)\Z", text or "")
    if not match or not (match[1] or match[2]):
        return None
    if not match[1]:
        return max(size - int(match[2]), 0), size
    return int(match[1]), min(int(match[2]) + 1, size) if match[2] else size
