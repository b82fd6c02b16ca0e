#!/usr/bin/env python3
"""Asks containerd to pull or remove an image as a kubelet does: by the Container Runtime Interface, version 1.

usage: image.py SOCKET pull|remove REFERENCE

Removing takes all names of the image with it. Exits with 1 and the status' message when the request fails.
"""
import sys

import grpc

from messages import encode
from service import DEADLINE_SECONDS, connected


def main():
    socket, action, reference = sys.argv[1:]
    method = {"pull": "PullImage", "remove": "RemoveImage"}[action]
    image = [(1, reference)]  # ImageSpec
    try:
        with connected(socket) as channel:
            channel.unary_unary("/runtime.v1.ImageService/" + method)(encode([(1, image)]), timeout=DEADLINE_SECONDS)
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
