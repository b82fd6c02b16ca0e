#!/usr/bin/python3
"""The toy provider as a service over gRPC, or a service that misbehaves. Prints its address when it can be asked, and writes
"METHOD PEER AUTHORITY" of each call to LOG.

usage: grpc_server.py ADDRESS LOG BEHAVIOUR [CERTIFICATE KEY [CLIENT-CA]]
"""
import json
import os
import sys
import threading
from concurrent import futures

import grpc

from grpc_messages import SERVICE, decode, encode
from toy import unwrap, wrap

# What each kind of misbehaviour answers. They are messages, not documents.
ANSWERS = {
    "giant": encode(b" " * 2_000_000),
    "cut-short": encode(b"{}" * 50)[:40],
    "endless-number": b"\xff" * 30,
    "no-message": b"\x0b\x01",
    "no-field": b"",
    "no-json": encode(b"nonsense"),
    "deep": encode(b"[" * 100_000),
    "no-result": encode(b"{}"),
    "null-result": encode(b'{"keywrapresults":null,"keyunwrapresults":null}'),
    "no-base64": encode(b'{"keywrapresults":{"annotation":"%"},"keyunwrapresults":{"optsdata":"%"}}'),
    "other-options": encode(b'{"keywrapresults":{"annotation":[1]},"keyunwrapresults":{"optsdata":[123,125]}}'),
    "reports": encode(b'{"error":"no such key here","cause":"no-key"}'),
    # Fields that are not known, the document twice: the last counts.
    "more-fields": b"\x10\x05" + encode(b"nonsense") + b"\x1a\x02hi",
}


def result_of(request):
    if request["op"] == "keywrap":
        return {"keywrapresults": {"annotation": list(wrap(request))}}
    return {"keyunwrapresults": {"optsdata": list(unwrap(request))}}


class Service(grpc.GenericRpcHandler):
    def __init__(self, log, behaviour):
        self.log, self.behaviour = open(log, "a", encoding="utf-8"), behaviour

    def service(self, details):
        methods = [f"/{SERVICE}/{name}" for name in ("WrapKey", "UnWrapKey")]
        if details.method not in methods[self.behaviour == "unwraps-only":]:
            return None
        return grpc.unary_unary_rpc_method_handler(lambda message, context: self.answer(details.method, message, context))

    def answer(self, method, message, context):
        # grpcio has no public way to the authority.
        host = context._rpc_event.call_details.host.decode()
        self.log.write(f"{method.rpartition('/')[2]} {context.peer()} {host}\n")
        self.log.flush()
        request = json.loads(decode(message))
        if self.behaviour == "silent":
            threading.Event().wait(60)
        if self.behaviour == "dies":
            os._exit(3)
        if self.behaviour == "complains":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "the safe is locked")
        if self.behaviour == "complains-at-length":
            context.abort(grpc.StatusCode.UNKNOWN, "\x1b[31m" + "x" * 6000)
        answer = ANSWERS.get(self.behaviour, b"")
        if self.behaviour == "more-fields":
            answer += encode(json.dumps(result_of(request)).encode())
        if self.behaviour in ANSWERS:
            return answer
        return encode(json.dumps(result_of(request), indent=2).encode())


def read(name):
    with open(name, "rb") as file:
        return file.read()


def credentials(certificate, key, authority=None):
    roots = read(authority) if authority else None
    return grpc.ssl_server_credentials([(read(key), read(certificate))], roots, authority is not None)


def main():
    address, log, behaviour, *tls = sys.argv[1:]
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((Service(log, behaviour),))
    port = server.add_secure_port(address, credentials(*tls)) if tls else server.add_insecure_port(address)
    server.start()
    print(address if address.startswith("unix:") else f"{address.rpartition(':')[0]}:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
