#!/usr/bin/env python3
"""Asks containerd for an image as a kubelet does: by PullImage of the Container Runtime Interface, version 1.

usage: pull.py SOCKET REFERENCE

The two messages have one member each that matters here, so they are written and read by hand:
PullImageRequest.image (1), a message, of which ImageSpec.image (1) is the reference; PullImageResponse.image_ref (1).
Exits with 1 and the status' message when the pull fails.
"""
import sys

import grpc

DEADLINE_SECONDS = 120


def varint(number):
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number)
    return bytes(octets)


def first_member(value):
    """Member 1 of a message, which is of a length (wire type 2)."""
    return b"\x0a" + varint(len(value)) + value


def main():
    socket, reference = sys.argv[1:]
    with grpc.insecure_channel("unix://" + socket) as channel:
        pull = channel.unary_unary("/runtime.v1.ImageService/PullImage")
        try:
            pull(first_member(first_member(reference.encode())), timeout=DEADLINE_SECONDS, wait_for_ready=True)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
