#!/usr/bin/env python3
"""Writes the jwcrypto-* packets of this folder:

    python3 -m venv V; V/bin/pip install jwcrypto==1.6.1; V/bin/python make_packets.py


Each run uses fresh keys and nonces, so the bytes differ from run to run."""
import base64
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

HERE = pathlib.Path(__file__).resolve().parent
OPTIONS = (HERE / "opts.json").read_bytes()
OAEP = "RSA-OAEP"
ECDH = "ECDH-ES+A256KW"


def key(name):
    return JWK.from_pem((HERE.parent / "keys" / f"{name}.pem").read_bytes())


def octets(bits):
    return JWK.generate(kty="oct", size=bits)


def seal(recipient, alg, enc="A256GCM", separators=(",", ":"), **members):
    header = json.dumps({"alg": alg, "enc": enc, **members}, separators=separators)
    return JWE(OPTIONS, header, recipient=recipient, algs=[alg, enc])


def seal_for_all(*recipients):
    packet = JWE(OPTIONS, '{"enc":"A256GCM"}')
    for name, header in recipients:
        packet.add_recipient(key(name), json.dumps(header))
    return packet


def seal_with_shared_header():
    return JWE(OPTIONS, '{"enc":"A256GCM"}', '{"alg":"RSA-OAEP"}', recipient=key("rsa"))


def seal_with_aad():
    return JWE(OPTIONS, '{"alg":"RSA-OAEP","enc":"A256GCM"}', aad=b"more", recipient=key("rsa"))


def ephemeral_key(packet):
    return JWK(**json.loads(packet.serialize())["header"]["epk"]).get_op_key("wrapKey")


def search(alike, name):
    """Seals again until the ephemeral key is suitable; one in 256 is."""
    while True:
        packet = seal(key(name), ECDH)
        if alike(ephemeral_key(packet)):
            return packet


def shared_secret_starts_with_zero(epk):
    return key("p256").get_op_key("unwrapKey").exchange(ec.ECDH(), epk)[0] == 0


def coordinate_starts_with_zero(epk):
    return epk.public_numbers().x >> 248 == 0


def write(name, packet, compact=False):
    suffix = "compact" if compact else "json"
    (HERE / f"jwcrypto-{name}.{suffix}").write_text(packet.serialize(compact=compact))


def make_packets():
    for curve in ("p256", "p384", "p521"):
        write(curve, seal(key(curve), ECDH))
        write(curve, seal(key(curve), ECDH), compact=True)
    write("kid", seal(key("p256"), ECDH, kid=key("p256").thumbprint()))
    parties = {side: base64.urlsafe_b64encode(who).decode().rstrip("=") for side, who in (("apu", b"Alice"), ("apv", b"Bob"))}
    write("apu-apv", seal(key("p256"), ECDH, **parties))
    write("zero-led-secret", search(shared_secret_starts_with_zero, "p256"))
    write("zero-led-epk", search(coordinate_starts_with_zero, "p256"))
    write("two-rsa", seal_for_all(("rsa2", {"alg": OAEP}), ("rsa", {"alg": OAEP})))
    write("two-curves", seal_for_all(("p256", {"alg": ECDH}), ("p521", {"alg": ECDH})))
    write("wrong-kid", seal_for_all(("rsa2", {"alg": OAEP, "kid": "one"}), ("rsa", {"alg": OAEP, "kid": "one"})))
    write("shared-header", seal_with_shared_header())
    write("spaced-header", seal(key("p256"), ECDH, separators=(" , ", " : ")))
    write("rsa3072", seal(key("rsa3072"), OAEP))
    write("aad", seal_with_aad())
    write("oaep256", seal(key("rsa"), "RSA-OAEP-256"), compact=True)
    write("a192kw", seal(key("p384"), "ECDH-ES+A192KW"))
    for enc in ("A192GCM", "A192CBC-HS384", "A256CBC-HS512"):
        write(enc.lower(), seal(key("rsa"), OAEP, enc))
    write("dir", seal(octets(256), "dir"), compact=True)
    write("a256kw", seal(octets(256), "A256KW"))
    write("pbes2", seal(JWK.from_password("1234"), "PBES2-HS256+A128KW"))


if __name__ == "__main__":
    make_packets()
