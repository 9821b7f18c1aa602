"""Addresses as notices write them: found in a text, cleaned, told from what only looks like one."""

from __future__ import annotations

import re

_ATOM = r"[^\s<>()\[\]{},;:\"'@\\|`\u3000-\u9fff\uff00-\uffef]"
NEXT_ADDRESS = (
    rf"(?:\"[^\"\n@]{{1,64}}\"|{_ATOM}{{1,64}}(?:'{_ATOM}{{1,63}})?)"
    r"@(?:[^\W_](?:[\w.-]{0,252}[^\W_])?|\[[\d.:a-fA-FIPVipv]{3,60}\])"
)
"""The pattern of an address that begins right here, whatever stands before it.

It holds both cases itself. To stand in a pattern of any case it is shut out of that, `(?-i:...)`:
its ranges of letters would be compiled letter by letter.
"""
ADDRESS = re.compile(rf"(?<!{_ATOM}){NEXT_ADDRESS}")
"""An address somewhere in a text; its repetitions are bounded, its start is not within a word."""

_WHOLE = re.compile(r"[^\s<>()\[\]{},;:\"'@\\|`]{1,64}@(?:[^\W_](?:[\w.-]{0,252}[^\W_])?)")
"""An address that is all of a text; its local part may be of any script (RFC 6531)."""
_NAMED = re.compile(r"(?i)^(?:recipient|rcpt|(?:orig_)?to|e-?mail|addr(?:ess)?|user)=(?=[^=]+$)")
"""A field of a log before the address that is its value; addresses may hold a "=" too."""
_BOLD = re.compile(r"^\*\*(?=[^*]+$)")
"""What marks an address as bold in a plain text."""
_GLUED = re.compile(r"((?:[a-zA-Z0-9-]{1,63}\.){1,8}[a-zA-Z]{2,24})[^\x00-\x7f.][^.]*$")
"""An ASCII domain, and the words of a script without spaces that follow it at once."""
_TYPED = re.compile(r"(?i)^\s*(?:rfc822|utf-8|x400|x-[\w-]{1,30}|unknown|smtp|addr)\s*;\s*")
_UNITEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")

_OFFICE = re.compile(
    r"(?i)^(?:post-?master|mailer-?daemon|abuse|support|help(?:desk)?|admin(?:istrator)?|noc|info"
    r"|security|privacy|legal|compliance|office|datenschutz|hostmaster|webmaster|root|no-?reply|(?:kunden|customer-?)?service|contact|delist|unblock|it|ops|mail"
    r"|mail-?admin|sys-?admin|mailteam|kefu|assistenza|hilfe|aide|ayuda|ajuda|pomoc"
    r"|[\w.]+-(?:owner|request|bounces)|owner-[\w.-]+)@"
)


def is_office(address: str) -> bool:
    """Tell the address of those who run a mail system, or answer for it (RFC 2142)."""
    return bool(_OFFICE.match(address))


def find_addresses(text: str) -> list[str]:
    """List the addresses of a text in their order, cleaned, each once."""
    if "@" not in text:
        return []
    found = (clean_address(match[0]) for match in ADDRESS.finditer(text))
    return list(dict.fromkeys(one for one in found if one))


def clean_address(text: str) -> str:
    """Return one address as it is written in a field, its domain in lower case; '' if it is none.

    Undone are the address type (RFC 3464 2.3.2 "rfc822;"), angle brackets, the escapes of RFC 6533
    3 ("\\x{5D0}"), a source route (RFC 5321 appendix C "@relay:ann@example.com") and final stops.
    """
    text = text.strip()
    if ";" in text:
        text = _TYPED.sub("", text)
    if "\\x{" in text:
        text = _UNITEXT.sub(lambda match: _character(match[1]), text)
    opening = text.rfind("<")
    if opening >= 0:
        text = text[opening + 1 :].partition(">")[0]
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    match = (_WHOLE.fullmatch(text) or ADDRESS.search(text)) if "@" in text else None
    if match is None:
        return ""
    local, _, domain = match[0].rpartition("@")
    if not domain.isascii() and (glued := _GLUED.match(domain)):
        domain = glued[1]
    if local.startswith("**"):
        local = _BOLD.sub("", local)
    if "=" in match[0]:
        local = _NAMED.sub("", local)
    if local.startswith("/") and ("=" not in local or local.startswith("//")):
        return ""  # of a file or of a link; X.400 names attributes ("/S=ann/")
    return f"{local}@{domain.rstrip('.').lower()}" if local and domain else ""


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def same_address(one: str, other: str) -> bool:
    """Tell whether two spellings are one address for a notice; case never parts them there."""
    return one.lower() == other.lower()
