#!/usr/bin/env python3
"""Asks containerd to pull or remove an image as a kubelet does: by the Container Runtime Interface, version 1.

usage: image.py SOCKET pull|remove REFERENCE

Removing takes all names of the image with it. Exits with 1 and the status' message when the request fails.
"""
import sys

import grpc

from messages import encode

DEADLINE_SECONDS = 120


def main():
    socket, action, reference = sys.argv[1:]
    method = {"pull": "PullImage", "remove": "RemoveImage"}[action]
    image = [(1, reference)]  # ImageSpec
    with grpc.insecure_channel("unix://" + socket) as channel:
        request = channel.unary_unary("/runtime.v1.ImageService/" + method)
        try:
            request(encode([(1, image)]), timeout=DEADLINE_SECONDS, wait_for_ready=True)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
