"""Requests and responses, as values between the server and what answers."""
import dataclasses
import json
import urllib.parse


class Reset(Exception):
    """The connection breaks here, without another byte."""


@dataclasses.dataclass
class Request:
    port: str  # which of the registry's listeners was asked: main, honest, elsewhere, plain or tokens
    origin: str  # http://HOST:PORT of this listener
    method: str
    target: str
    headers: object  # email.message.Message: names in any case
    body: object  # has chunks()
    number: int = 0  # of this listener, from 1
    # Found by the API:
    kind: str = ""  # base, manifest, blob, start, upload, tags, referrers, token or ""
    repository: str = ""
    name: str = ""  # tag or digest, or the ID of an upload
    notes: dict = dataclasses.field(default_factory=dict)  # for the log
    is_logged: bool = False

    @property
    def path(self):
        return urllib.parse.urlsplit(self.target).path

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.target).query))

    def authorization(self):
        """The scheme in small letters and what follows it; two empty strings when there is none."""
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        return scheme.lower(), rest

    def text(self):
        return b"".join(self.body.chunks())


@dataclasses.dataclass
class FileRange:
    path: str
    start: int
    size: int

    def chunks(self):
        with open(self.path, "rb") as file:
            file.seek(self.start)
            left = self.size
            while left > 0:
                chunk = file.read(min(left, 1 << 18))
                left -= len(chunk)
                yield chunk


@dataclasses.dataclass
class Response:
    status: int
    headers: dict = dataclasses.field(default_factory=dict)
    body: object = b""  # bytes or a FileRange
    # Called as send(write, head, chunks) instead of the usual way: for peers that drip, flood or break off.
    send: object = None

    def size(self):
        return len(self.body) if isinstance(self.body, bytes) else self.body.size

    def chunks(self):
        return [self.body] if isinstance(self.body, bytes) else self.body.chunks()


def failure(status, code, message, headers=None, detail=None):
    """An error as the distribution specification has it ("Error Codes")."""
    text = json.dumps({"errors": [{"code": code, "message": message, "detail": detail}]}).encode()
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, text)
