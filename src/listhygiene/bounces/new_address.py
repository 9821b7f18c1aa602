"""The address that a notice names for the future: proposed to the user, never applied."""

from __future__ import annotations

import re

from .addressing import ADDRESS, find_addresses, same_address

_MOVED = re.compile(
    r"""(?ix)new\ (?:e-?mail\ )?address|new\ e-?mail|(?:has|have)\ (?:moved|changed)
    |address\ (?:has\ )?changed
    |no\ longer\ (?:valid|in\ use|monitored|active|used)|please\ (?:update|use|write\ to
    |send\ (?:all\ |your\ )?(?:future\ )?e?-?mail)
    |(?:my|our)\ (?:e-?mail\ |mail\ )?address\ is\ now|neue\ (?:e-?mail|adresse)|nouvelle\ adresse
    |nueva\ dirección
    |新しい(?:メール)?アドレス|新アドレス|新メール|アドレス(?:が|を)(?:変更|変わ)|変更(?:しました
    |になりました|いたしました|となりました)"""
)
_FORWARD = re.compile(
    r"(?i)(?:please try|try|forward(?:ed|ing)? to|forwarding address(?: is)?|moved to|changed to"
    rf"|new (?:e-?mail )?address(?: is)?|use instead)[\s:;<\"'(]{{1,6}}((?-i:{ADDRESS.pattern}))"
)


def forward_in(said: str, recipient: str) -> str:
    """Return where a refusal says the recipient moved (RFC 5321 3.4: 551), or ''."""
    for match in _FORWARD.finditer(said[:8_000]):
        named = find_addresses(match[1])
        if named and not same_address(named[0], recipient):
            return named[0]
    return ""


def new_address_in(words: str, sender: str) -> str:
    """Return the address that a reply gives for the future; '' where it gives none, or several."""
    for match in _MOVED.finditer(words[:8_000]):
        around = words[max(0, match.start() - 160) : match.end() + 240]
        named = [one for one in find_addresses(around) if not same_address(one, sender)]
        if len(named) == 1:
            return named[0]
    return ""
