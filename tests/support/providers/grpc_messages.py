"""What the peers of tests over gRPC share, with Debian's grpcio: the service's methods, and its messages by hand, since they
have one field: number 1, of bytes."""
SERVICE = "keyprovider.KeyProviderService"


def encode(document):
    size, head = len(document), b"\x0a"
    while size > 0x7F:
        head += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + bytes([size]) + document


def decode(message):
    assert message[:1] == b"\x0a", message[:20]
    size, shift, at = 0, 0, 1
    while True:
        size |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if message[at - 1] < 0x80:
            break
    assert len(message) == at + size, "one field, and nothing else"
    return message[at:]
