"""Recipients that a label or a sentence names: `Recipient: ann@example.com`, `failed to ...`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from ..model.bounce import Kind
from .addressing import NEXT_ADDRESS, clean_address, is_office
from .failure import Failure
from .notice import Notice
from .parties import receivers_of, senders_of
from .passages import is_aside, is_coded, is_failed_office, passage_of

ORDER = 70

_REASONED = (
    r"(?m)^[ \t]{0,8}(?=[^\n@:<>]{0,60}(?:unknown|invalid|illegal|no such|not found|unable|disabled"
    r"|inactive|exceed|full|quota|fail|undeliver|reject|returned))[^\n@:<>]{3,60}:"
)
"""A label that tells why the address behind it failed: `Mailbox exceeds allowed size: `."""
_BEFORE = (
    r"\bsmtp=",
    r"\b(?:error|rejected|failed|bounced)-for:",
    r"(?:failed|final|original|intended|invalid|bad|unknown|rejected|refused|affected)"
    r"[ -](?:recipient|addresse?)s?\b[^\n@]{0,20}?",
    r"(?:recipients?|recipient(?:'s)?(?: e-?mail)? address|rcpt to|envelope-to)\b"
    r"[^\n@]{0,6}?[:=]",
    r"(?:undeliverable|deliver(?:y|ed|ing)?[^\n@]{0,60}?|failed[^\n@]{0,30}?"
    r"|unable to send[^\n@]{0,60}?|your (?:message|e-?mail|mail)"
    r"|add?ressed|(?:message|e-?mail|mail) (?:sent |you (?:tried|attempted) to (?:send|deliver) )?)"
    r"\s{0,4}(?:to|for)\b[^\n@]{0,30}?",
    r"(?:mailing list|member of (?:this |the )?(?:mailing )?list|\bin)\b[^\n@]{0,3}?(?=<)",
    r"(?:mail|message|e-?mail) (?:sent |addressed )?to(?: the)?\b",
    r"\b(?:nachricht|mitteilung|e-?mail|courriel|message|mensaje|correo|mensagem|messaggio|bericht"
    r"|meddelandet?|wiadomość|wiadomosc|viesti|zpráva|iletiniz|письмо|сообщение)\b[^\n@]{0,60}?"
    r"\s(?:an|à|a|pour|para|per|aan|till|til|do|na|на адрес|для|на)\b[^\n@]{0,12}?",
    r"(?:user|recipient|mailbox|account|address(?! ?book)|adresse|indirizzo|dirección"
    r"|destinataire|destinatario"
    r"|empfänger|benutzer|adressat|utente|casella|utilisateur|usuario|usuário|utilizador|gebruiker"
    r"|ontvanger|mottagaren?|modtageren?|vastaanottaja|adresata?|odbiorcy?|příjemce|címzett)\b"
    r"[^\n@]{0,12}?",
    rf"\bfrom[\s:<\"']{{1,4}}(?-i:{NEXT_ADDRESS})[>\"']{{0,2}}\s{{1,3}}to\b[^\n@]{{0,20}}?",
    r"\(expanded from:?",
    r"-{2,}>",
    _REASONED,
    r"(?:宛先|あて先|送信先|受信者|收件人|收件者|수신자|받는 ?사람|кому|получател\w+)[^\n@]{0,16}?",
    r"(?:发给|发往|发送给|发送到|发送至|寄给|投递到|投递给|投递至|傳送至|傳遞給|寄往)[^\n@]{0,3}?",
)
_BEHIND = re.compile(
    rf"({NEXT_ADDRESS})[>\"')」』）]{{0,2}}\s{{0,2}}(?:宛|へ|に(?:配信|送信|届|送)|は存在|は(?:見つかり|無効)"
    r"|님에게|에게|(?:으로|로)\s?(?:보낸|전송|발송)|的(?:邮件|郵件|信))"
)
"""An address before the word that says what it is."""
_MORE = re.compile(
    r"[>\"')\]]{0,3}(?:[ \t]\([^()@\n]{1,80}\))?"
    r"(?:[ \t]{0,4}[;,]|\s(?:and|und|et|y|e|i|en|och|og|и|と)\s)\s{0,8}"
    rf"<?({NEXT_ADDRESS})"
)


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients that the first of the patterns to find any finds.

    Offices ("postmaster@") only where no pattern finds another. Where the returned mail says whom
    it went to, others count only behind the same words, as a label or with an own reply code.
    """
    words = notice.words[:65_536]
    if "@" not in words:
        return []
    senders = senders_of(notice)
    sent_to = {one.lower() for one in receivers_of(notice)}
    offices: dict[str, str] = {}
    for pattern in chain(map(_labelled, _BEFORE), () if words.isascii() else (_BEHIND,)):
        leads = _found(pattern, words, senders)
        meant = {leads[key].words for key in leads if key in sent_to}
        found = {
            key: one.address
            for key, one in leads.items()
            if not meant or key in sent_to or (one.words in meant and one.refused)
        }
        people = {key: one for key, one in found.items() if key in sent_to or not is_office(one)}
        if people:
            return _failures(notice, {**people, **_alike(words, senders, people)})
        offices = offices or found
    failed = {key: one for key, one in offices.items() if is_failed_office(notice, one)}
    return _failures(notice, failed)


def _alike(words: str, senders: Collection[str], people: Collection[str]) -> dict[str, str]:
    """Return all behind a label that tells their reason, where one of the people is among them."""
    found = _found(_labelled(_REASONED), words, senders) if len(people) == 1 else {}
    if found.keys().isdisjoint(people):
        return {}
    return {key: one.address for key, one in found.items() if not is_office(one.address)}


@cache
def _labelled(before: str) -> re.Pattern[str]:
    """Return the pattern of an address behind these words; made when it is first asked."""
    between = r"[\s:;=\"'<(\[*「『【（：]{0,12}(?:smtp:|mailto:)?"
    return re.compile(rf"{before}{between}((?-i:{NEXT_ADDRESS}))", re.IGNORECASE)


class _Led(NamedTuple):
    """An address, the words that led to it, and whether it was refused: they are the label that
    its line begins with, or a reply code stands behind it.
    """

    address: str
    words: str
    refused: bool


def _found(pattern: re.Pattern[str], words: str, senders: Collection[str]) -> dict[str, _Led]:
    """Return lower-case address -> what a pattern finds that is no sender or contact."""
    found: dict[str, _Led] = {}
    for match in pattern.finditer(words):
        if is_aside(words, match.start(1)):
            continue
        lead = words[match.start() : match.start(1)].lower()
        labels = not words[words.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        behind = words[match.end() : match.end() + 300].partition("\n\n")[0]
        refused = labels or is_coded(behind.partition("@")[0])
        for text in _row(words, match):
            address = clean_address(text)
            if address and address.lower() not in senders:
                found.setdefault(address.lower(), _Led(address, lead, refused))
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
