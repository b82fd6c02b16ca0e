#!/usr/bin/env python3
"""Asks containerd for an image as a kubelet does: by PullImage of the Container Runtime Interface, version 1.

usage: pull.py SOCKET REFERENCE

Exits with 1 and the status' message when the pull fails.
"""
import sys

import grpc

from messages import encode

DEADLINE_SECONDS = 120


def main():
    socket, reference = sys.argv[1:]
    image = [(1, reference)]  # ImageSpec
    with grpc.insecure_channel("unix://" + socket) as channel:
        pull = channel.unary_unary("/runtime.v1.ImageService/PullImage")
        try:
            pull(encode([(1, image)]), timeout=DEADLINE_SECONDS, wait_for_ready=True)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
