#!/usr/bin/python3
"""Asks a service over gRPC as Go's tools do: sends the document from stdin and prints the answer's, or ends with the status.

usage: grpc_client.py ADDRESS METHOD [CA [CERTIFICATE KEY]]
"""
import sys

import grpc

from grpc_messages import SERVICE, decode, encode
from grpc_server import read


def main():
    address, method, *tls = sys.argv[1:]
    if tls:
        roots, certificate, key = (*map(read, tls), None, None)[:3]
        channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(roots, key, certificate))
    else:
        channel = grpc.insecure_channel(address)
    call = channel.unary_unary(f"/{SERVICE}/{method}")
    try:
        sys.stdout.buffer.write(decode(call(encode(sys.stdin.buffer.read()), timeout=60)))
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
