"""Messages of the Container Runtime Interface, version 1, written and read by hand: proto3, of which only what the tests need.

A message to write is a list of (number, value): text and bytes, numbers, and messages as lists again. Zero is not written.
"""


def _varint(number):
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number)
    return bytes(octets)


def encode(members):
    result = bytearray()
    for number, value in members:
        if isinstance(value, int):
            if value:
                result += _varint(number << 3) + _varint(value)
            continue
        octets = encode(value) if isinstance(value, list) else value.encode() if isinstance(value, str) else value
        result += _varint(number << 3 | 2) + _varint(len(octets)) + octets
    return bytes(result)


def decode(octets):
    """A dictionary of the last value of each number: bytes, or a number."""
    members, at = {}, 0

    def varint():
        nonlocal at
        number, shift = 0, 0
        while True:
            octet = octets[at]
            at += 1
            number |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                return number

    while at < len(octets):
        tag = varint()
        value = varint()
        if tag & 7 == 2:
            length, value = value, octets[at : at + value]
            at += length
        members[tag >> 3] = value
    return members
