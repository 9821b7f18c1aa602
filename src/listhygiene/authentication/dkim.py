"""DKIM keys (RFC 6376, RFC 8463): present, readable, not revoked, long enough."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ..model.answer import Status
from .record import Ask, read_tags

WEAK, SHORT = 1024, 2048
"""RSA keys below 1024 bits are refused by receivers, below 2048 they are too short (RFC 8301)."""
ED25519_BYTES = 32


@dataclass(frozen=True)
class Key:
    """The key at one selector.

    problem: why it cannot be used ('' = it can); warning: what is not as it should be; unknown:
    why DNS could not say. record: as published. kind: "rsa" or "ed25519"; bits of an RSA key.
    """

    selector: str
    name: str
    record: str = ""
    kind: str = ""
    bits: int = 0
    problem: str = ""
    warning: str = ""
    unknown: str = ""


def find_key(ask: Ask, selector: str, domain: str) -> Key:
    """Look a selector's key up, and read it (RFC 6376 3.6.2)."""
    name = f"{selector}._domainkey.{domain}"
    said = ask(name, "TXT")
    if said.status == Status.UNKNOWN:
        return Key(selector, name, unknown=said.why or "no answer")
    if not said.texts:
        return Key(selector, name, problem="there is no key")
    if len(said.texts) > 1:
        return Key(selector, name, said.texts[0], problem="there are several records")
    return read_key(selector, name, said.texts[0])


def read_key(selector: str, name: str, record: str) -> Key:
    """Read a key record."""
    try:
        tags = read_tags(record)
    except ValueError as error:
        return Key(selector, name, record, problem=f"the record cannot be read: {error}")
    kind = tags.get("k", "rsa").lower()
    if tags.get("v", "DKIM1") != "DKIM1":
        return Key(selector, name, record, kind, problem="the record is not of version DKIM1")
    if "p" not in tags:
        return Key(selector, name, record, kind, problem="the record has no key (p=)")
    encoded = "".join(tags["p"].split())
    if not encoded:
        return Key(selector, name, record, kind, problem="the key is revoked (p= is empty)")
    try:
        content = base64.b64decode(encoded, validate=True)
        bits = rsa_bits(content) if kind == "rsa" else 0
    except (binascii.Error, ValueError):
        return Key(selector, name, record, kind, problem="the key cannot be read")
    return _weighed(Key(selector, name, record, kind, bits), tags, len(content))


def _weighed(key: Key, tags: dict[str, str], size: int) -> Key:
    problem = warning = ""
    if key.kind == "rsa" and key.bits < WEAK:
        problem = f"the RSA key has {key.bits} bits, receivers refuse less than {WEAK}"
    elif key.kind == "rsa" and key.bits < SHORT:
        warning = f"the RSA key has {key.bits} bits, {SHORT} are recommended"
    elif key.kind == "ed25519" and size != ED25519_BYTES:
        problem = "the Ed25519 key is not 32 bytes long"
    elif key.kind not in ("rsa", "ed25519"):
        problem = f"the key is of an unknown kind ({key.kind})"
    if "y" in tags.get("t", "").lower().split(":"):
        warning = warning or "the key is in test mode (t=y)"
    hashes = tags.get("h", "")
    if hashes and "sha256" not in hashes.lower().split(":"):
        problem = problem or "the key allows no SHA-256 (h=)"
    return Key(key.selector, key.name, key.record, key.kind, key.bits, problem, warning)


def rsa_bits(content: bytes) -> int:
    """Return the length of the modulus of an RSA key in DER (RFC 8017 A.1.1, RFC 5280 4.1)."""
    body, _ = _value(content, 0x30)
    if body[:1] == b"\x30":  # SubjectPublicKeyInfo: algorithm, then the key in a bit string
        _, rest = _value(body, 0x30)
        packed, _ = _value(rest, 0x03)
        body, _ = _value(packed[1:], 0x30)
    modulus, _ = _value(body, 0x02)
    return int.from_bytes(modulus, "big").bit_length()


def _value(content: bytes, tag: int) -> tuple[bytes, bytes]:
    """Take one DER value of a tag; return its content and what follows."""
    if len(content) < 2 or content[0] != tag:
        raise ValueError("not the DER of a key")
    size, start = content[1], 2
    if size & 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(content[2 : 2 + count], "big"), 2 + count
    if start + size > len(content):
        raise ValueError("the DER of the key is cut off")
    return content[start : start + size], content[start + size :]
