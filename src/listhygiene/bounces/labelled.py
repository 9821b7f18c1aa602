"""Recipients that a label or a sentence names: `Recipient: ann@example.com`, `failed to ...`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.bounce import Kind
from .addressing import NEXT_ADDRESS, clean_address, is_office
from .failure import Failure
from .notice import Notice
from .parties import receivers_of, senders_of
from .passages import is_aside, is_failed_office, passage_of

ORDER = 70

_BEFORE = (
    r"\bsmtp=",
    r"(?:failed|final|original|intended|invalid|bad|unknown|rejected|refused|affected)"
    r"[ -](?:recipient|addresse?)s?\b[^\n@]{0,20}?",
    r"(?:recipients?|recipient(?:'s)?(?: e-?mail)? address|rcpt to|envelope-to)\b"
    r"[^\n@]{0,6}?[:=]",
    r"(?:undeliverable|deliver(?:y|ed|ing)?[^\n@]{0,60}?|failed[^\n@]{0,30}?"
    r"|unable to send[^\n@]{0,60}?|your (?:message|e-?mail|mail)"
    r"|add?ressed|(?:message|e-?mail|mail) (?:sent |you (?:tried|attempted) to (?:send|deliver) )?)"
    r"\s{0,4}(?:to|for)\b[^\n@]{0,30}?",
    r"(?:mailing list|member of (?:this |the )?(?:mailing )?list|\bin)\b[^\n@]{0,3}?(?=<)",
    r"(?:mail|message|e-?mail) (?:sent |addressed )?to\b",
    r"\b(?:nachricht|mitteilung|e-?mail|courriel|message|mensaje|correo|mensagem|messaggio|bericht"
    r"|meddelandet?|wiadomość|wiadomosc|viesti|zpráva|iletiniz|письмо|сообщение)\b[^\n@]{0,60}?"
    r"\s(?:an|à|a|pour|para|per|aan|till|til|do|na|на адрес|для|на)\b[^\n@]{0,12}?",
    r"(?:user|mailbox|account|address|adresse|indirizzo|dirección|destinataire|destinatario"
    r"|empfänger)\b[^\n@]{0,12}?",
    rf"\bfrom[\s:<\"']{{1,4}}{NEXT_ADDRESS}[>\"']{{0,2}}\s{{1,3}}to\b[^\n@]{{0,20}}?",
    r"\(expanded from:?",
    r"-{2,}>",
    r"(?m)^(?![^\n]{0,80}(?:from|sender|reply|contact|question|abuse|support|help|cc:"
    r"|message-?id|references|in-reply|list-))"
    r"[ \t]{0,8}[^\n@:<>]{3,60}:",
    r"(?:宛先|あて先|送信先|受信者|收件人|收件者)[^\n@]{0,16}?",
)
_PATTERNS = tuple(
    re.compile(
        rf"{before}[\s:;=\"'<(\[*「『【（：]{{0,12}}(?:smtp:|mailto:)?({NEXT_ADDRESS})",
        re.IGNORECASE,
    )
    for before in _BEFORE
)

_MORE = re.compile(
    r"[>\"')\]]{0,3}(?:[ \t]{0,4}[;,]|\s(?:and|und|et|y|e|i|en|och|og|и|と)\s)\s{0,8}"
    rf"<?({NEXT_ADDRESS})"
)


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients that the first of the patterns to find any finds.

    Offices ("postmaster@") only where no pattern finds another.
    """
    words = notice.words[:65_536]
    if "@" not in words:
        return []
    senders = senders_of(notice)
    sent_to = {one.lower() for one in receivers_of(notice)}
    offices: dict[str, str] = {}
    for pattern in _PATTERNS:
        found = _found(pattern, words, senders)
        found = {key: one for key, one in found.items() if key in sent_to} or found
        people = {key: one for key, one in found.items() if key in sent_to or not is_office(one)}
        if people:
            return _failures(notice, people)
        offices = offices or found
    failed = {key: one for key, one in offices.items() if is_failed_office(notice, one)}
    return _failures(notice, failed)


def _found(pattern: re.Pattern[str], words: str, senders: set[str]) -> dict[str, str]:
    """Return lower-case address -> address, of what a pattern finds and is no sender or contact."""
    found: dict[str, str] = {}
    for match in pattern.finditer(words):
        if is_aside(words, match.start(1)):
            continue
        for text in _row(words, match):
            address = clean_address(text)
            if address and address.lower() not in senders:
                found.setdefault(address.lower(), address)
    return found


def _row(words: str, match: re.Match[str]) -> Iterator[str]:
    """Yield the address that was found, and those that follow it after commas or semicolons."""
    yield match[1]
    further = _MORE.match(words, match.end())
    while further:
        yield further[1]
        further = _MORE.match(words, further.end())


def _failures(notice: Notice, found: dict[str, str]) -> list[Failure]:
    return [
        Failure(
            address=address,
            kind=Kind.BOUNCE,
            found="named in the text",
            said=passage_of(notice, address, set(found)),
        )
        for address in found.values()
    ]
