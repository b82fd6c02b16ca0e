"""The connection to containerd's Container Runtime Interface."""
import contextlib
import time

import grpc

# A limit for what hangs: the slowest machine that runs these tests needs a tenth of it.
DEADLINE_SECONDS = 120


@contextlib.contextmanager
def connected(socket):
    """A channel on which every method can be called. containerd listens before this service of it has started, and until
    then refuses each call; a kubelet, too, begins by asking for the version."""
    with grpc.insecure_channel("unix://" + socket) as channel:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not _has_started(channel, deadline):
            time.sleep(0.02)
        yield channel


def _has_started(channel, deadline):
    try:
        version = channel.unary_unary("/runtime.v1.RuntimeService/Version")
        version(b"", timeout=DEADLINE_SECONDS, wait_for_ready=True)
        return True
    except grpc.RpcError as error:
        if "not initialized" not in error.details() or time.monotonic() > deadline:
            raise
        return False
