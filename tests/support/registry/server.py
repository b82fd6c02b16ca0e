"""HTTP/1.1 over threads: reads requests, has them answered, sends responses, and logs both as lines of JSON."""
import http.server
import json
import socket
import ssl
import struct
import threading

from messages import Request, Reset

PIECE = 1 << 16
HELLOS = {"end": b"", "reset": None, "rubbish": b"rubbish\r\n", "record": b"\x16\x03\x03\x00\x05hello"}


class Log:
    def __init__(self, path):
        self.lock = threading.Lock()
        self.file = open(path, "a", buffering=1)

    def add(self, **fields):
        with self.lock:
            self.file.write(json.dumps(fields) + "\n")


class Body:
    """What a request brings, read when it is asked for. `received` counts its bytes."""

    def __init__(self, handler):
        self.handler = handler
        self.length = int(handler.headers.get("Content-Length", 0))
        self.is_chunked = "chunked" in handler.headers.get("Transfer-Encoding", "").lower()
        self.is_awaited = "100-continue" in handler.headers.get("Expect", "").lower()
        self.received = 0
        self.cut_after = None  # the connection breaks after so many bytes
        self.pieces = self._chunked() if self.is_chunked else self._plain(self.length)

    def chunks(self):
        if self.is_awaited:
            self.is_awaited = False
            self.handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        for piece in self.pieces:
            rest = len(piece) if self.cut_after is None else max(self.cut_after - self.received, 0)
            self.received += min(rest, len(piece))
            yield piece[:rest]
            if rest < len(piece):
                raise Reset()

    def drain(self):
        for _ in self.chunks():
            pass

    def _read(self, size):
        piece = self.handler.rfile.read1(size)
        if not piece:
            raise ConnectionError("the client broke off")
        return piece

    def _plain(self, size):
        while size > 0:
            piece = self._read(min(size, PIECE))
            size -= len(piece)
            yield piece

    def _chunked(self):
        while True:
            size = int(self.handler.rfile.readline(100).split(b";")[0], 16)
            yield from self._plain(size)
            if size == 0:
                while self.handler.rfile.readline(PIECE).strip():
                    pass
                return
            self.handler.rfile.readline(100)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "test-registry"
    sys_version = ""

    def setup(self):
        if self.server.hello:
            self._answer_tls()
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def _answer_tls(self):
        """Without TLS: as what does not know it, and does not send text about that either."""
        if self.request.recv(1, socket.MSG_PEEK) != b"\x16":
            return
        answer = HELLOS[self.server.hello]
        if answer is not None:  # what is not read makes the system send RST
            self.request.recv(PIECE)
            self.request.sendall(answer)
        raise ConnectionError("a greeting in TLS")

    def handle_expect_100(self):
        return True  # Body sends it

    def log_message(self, format, *args):
        pass

    def serve(self):
        body = Body(self)
        request = Request(self.server.name, self.server.origin, self.command, self.path, self.headers, body)
        request.number = self.server.next_number()
        try:
            response = self.server.answer(request)
            if body.is_awaited:
                self.close_connection = True  # the client may send the body all the same
            else:
                body.drain()
            # Before the answer: whoever has it finds the line in the log.
            self._log(request, response.status, 0 if request.method == "HEAD" else response.size())
            self._send(request, response)
        except Reset:
            if not request.is_logged:
                self._log(request, 0, 0)
            self._break()
        except OSError:
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def _send(self, request, response):
        headers = {"Docker-Distribution-Api-Version": "registry/2.0", **response.headers}
        if response.status != 204:
            headers.setdefault("Content-Length", str(response.size()))
        lines = [f"HTTP/1.1 {response.status} {self.responses.get(response.status, ['Odd'])[0]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        chunks = [] if request.method == "HEAD" else response.chunks()
        if response.send and request.method != "HEAD":
            self.close_connection = True
            response.send(self.wfile.write, head, chunks)
            return
        self.wfile.write(head)
        for chunk in chunks:
            self.wfile.write(chunk)

    def _break(self):
        """Sends RST."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _log(self, request, status, down):
        request.is_logged = True
        scheme, _ = request.authorization()
        fields = {"range": "Range", "contentRange": "Content-Range", "contentType": "Content-Type", "ifMatch": "If-Match"}
        self.server.log.add(
            port=request.port, number=request.number, method=request.method, path=request.path, query=request.query,
            kind=request.kind, repository=request.repository, name=request.name, status=status,
            authorization=scheme or "none", up=request.body.received, down=down, **request.notes,
            **{key: request.headers[name] for key, name in fields.items() if name in request.headers})


class Server(http.server.ThreadingHTTPServer):
    """One listener. `answer` makes a Response of a Request; it may raise Reset."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, name, address, answer, log, tls=None, hello=None):
        super().__init__((address, 0), Handler)
        self.name, self.answer, self.log, self.tls, self.hello = name, answer, log, tls, hello
        self.authority = f"{address}:{self.server_address[1]}"
        self.origin = ("https://" if tls else "http://") + self.authority
        self.count, self.count_lock = 0, threading.Lock()

    def next_number(self):
        with self.count_lock:
            self.count += 1
            return self.count

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # clients that go away are what is tested


def tls_context(certificate, key, client_authority=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if client_authority:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
