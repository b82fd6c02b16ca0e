#!/usr/bin/env python3
"""A proxy for tests: CONNECT, and GET and so on of http URLs. Whatever host it is asked for is 127.0.0.1, so that names which
nobody else knows can be reached through it alone. Each request is a line of the log: method, target, and whether it brought
Authorization, which is the registry's business. The port file holds HOST:PORT when it listens.

usage: proxy.py PORT_FILE LOG [STATUS]: all are answered with this status, e.g. 403
"""
import http.client
import http.server
import os
import select
import socket
import sys
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):
        pass

    def note(self):
        sent = "with Authorization" if "Authorization" in self.headers else "bare"
        self.server.log.write(f"{self.command} {self.path} {sent}\n")

    def is_refused(self):
        self.note()
        if self.server.refusal:
            self.send_error(self.server.refusal)
        return bool(self.server.refusal)

    def do_CONNECT(self):
        if self.is_refused():
            return
        with socket.create_connection(("127.0.0.1", int(self.path.rpartition(":")[2]))) as target:
            self.send_response(200)
            self.end_headers()
            self.join(target)
        self.close_connection = True

    def join(self, target):
        """Until one of the two has nothing more to say."""
        ends = {self.connection: target, target: self.connection}
        while True:
            for source in select.select(list(ends), [], [])[0]:
                data = source.recv(1 << 16)
                if not data:
                    return
                ends[source].sendall(data)

    def forward(self):
        if self.is_refused():
            return
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = http.client.HTTPConnection("127.0.0.1", url.port)
        target.request(self.command, url._replace(scheme="", netloc="").geturl(), body, dict(self.headers))
        response = target.getresponse()
        content = response.read()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", response.headers.get("Content-Length", len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = forward


def main():
    port_file, log = sys.argv[1:3]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.log = open(log, "a", buffering=1)
    server.refusal = int(sys.argv[3]) if sys.argv[3:] else 0
    with open(port_file + ".new", "w") as file:
        file.write(f"127.0.0.1:{server.server_address[1]}\n")
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
