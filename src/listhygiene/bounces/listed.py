"""Recipients that stand at the head of a line, alone or before the reason.

The commonest form of all, whatever the machine: "The following addresses failed:" and then
`<ann@example.com>`, `ann@example.com: host mx.example.com said: 550 ...`, `* ann@example.com`,
`ann@example.com on Thu, 29 Apr`, `<ann@example.com>... User unknown`.
"""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import ADDRESS, clean_address, find_addresses, is_office
from .casing import any_case
from .failure import Failure
from .notice import Notice
from .parties import receivers_of, senders_of
from .passages import (
    GOES_ON,
    MOST_LINES,
    is_aside,
    is_coded,
    is_failed_office,
    is_of_sender,
    passage_of,
)
from .suspicion import comes_from_a_daemon, subject_speaks

ORDER = 50

_HEAD = re.compile(
    r"""(?x)^[\s>*•・→\-–#=.|]{0,40}
    (?:\d{1,3}[.)]\s{1,4})?(?:"[^"\n]{0,80}"\s{0,3}|smtp\s{1,3}(?=<)|(?:smtp|rfc822|mailto|address
    |recipient)\s?[:;]\s{0,8}
       |(?:[45]\d\d\s)[45.\d]{0,9}\s{0,3})?
    (?:[^@<>()\[\]:;\n]{1,80}(?=(?:\([^()\s]{3,200}\)\s?)?<mailto:))?
    [<'"(\[]{0,2}(?:mailto:)?"""
    + f"((?-i:{ADDRESS.pattern}))"
    + r"""[>'"\])*]{0,2}
    (?:\s{0,3}<([^<>\s]{1,300})>)?\s{0,3}
    (?:$|[:;,]\s*$|[:;,]\s{1,8}\S|[,;|\t](?=[^@\n]{3,200}$)|\.\.\.|\s{0,12}[(\[（【]
      |\s{1,8}on\s(?:mon|tue|wed|thu|fri|sat|sun|\d)|\s{1,8}-{1,3}\s|\s{2,}\S
      |\s(?:delivery\ failed|failed|could\ not|is\ |was\ |does|has\ |unknown|user\ |mailbox
      |no\ such|rejected|:)|\.\s*$
      |\s(?=(?:<?[^\s<>@]{1,64}@[\w.-]{1,253}>?(?:\s{1,3}|$)){1,9}$)
      |\s(?=[^\n]{0,200}?(?:\b[45]\d\d\b|\b[45]\.\d\.\d|invalid|unknown|error|mailbox|quota)))""",
    re.IGNORECASE,
)
_ANNOUNCING = any_case(
    r"(?i)following|these\ (?:address|recipient)|addressees?|recipients?|deliver|undeliver|reach"
    r"|fail|error|bounce|unable|could not|couldn't|cannot|returned|transcript|reject|problem"
    r"|not sent|permanent|non remis|destinat|empf|zustell|consegn|entreg"
    r"|宛先|あて先|アドレス|送信|配信|送れ|届け"
    r"|доставлен|адресат"
)
_SELF_TOLD = re.compile(
    r"(?i)(?:^|[:\s])[45]\d\d[ \-]|unknown|not exist|no such|not (?:an )?existing"
    r"|mailbox|quota|undeliver"
)
"""A reply code or a reason in the line itself announces enough."""
_CONTACT = any_case(
    r"(?i)contact|question|assist|help\b|support|administrator|abuse@|inquir|enquir|お問い合わせ|問合せ"
    r"|further information|write to|e-?mail us|reply to|from:|sender|sincerely|regards"
    r"|(?:sent|posted|submitted|written) by\W*$|\bfrom\W*$"
)

_SUCCESS = any_case(
    r"(?i)(?<![\d.])25[0-3][ -](?:2\.\d|ok)|(?<![\d.])2\.\d\.\d\b|:\s(?:successfully\s)?delivered\b"
    r"|\bstatus=sent\b|\brelayed to\b|will not report success"
)
_ADDRESSED = re.compile(r"(?i)^[\s>|*]{0,12}(?:to|cc|an|à|para|宛先)[ \t]?[:：]")
"""A line that quotes the original's header."""
_SUCCEEDED = any_case(
    r"(?i)^(?!.*(?:\bnot\b|n't|\bbut\b|except|fail|unable|could))"
    r"(?:\W*(?:successful(?:ly)?|delivered|accepted)(?:\W+(?:recipients?|addresse?s?|delivered"
    r"|deliver(?:y|ies)|to)){0,3}\W*$|.*\b(?:was|were|been|successfully)\s(?:successfully\s)?(?:delivered|relayed|sent)"
    r"\sto\b[^\n@]*:)"
)
_HEADED = re.compile(
    r"(?i)(?:address(?:es|\(es\))?|recipients?(?:\(s\))?|users?)\b[^\n]{0,60}(?:errors?|problems?|fail\w*)?\b"
    r"[^\n]{0,20}(?:-{3,}|:)$"
)
_MACHINE = re.compile(r"(?i)(?:mailer-?daemon|mail-daemon)@|srs[01][=+-]|(?:prvs|btv1)=")
_BETWEEN = re.compile(r"[\s,;<>()\"']+|and\b")
_HEADING = re.compile(
    r"(?m)^[ \t]*-{3,}[ \t]*(The following addresses had [^\n-]{3,80}(?:-fatal)?[^\n-]{0,40})"
)


def failures(notice: Notice) -> list[Failure]:
    """Return the listed recipients; the sender, whom notices address, only where no other is."""
    listed = listed_in(notice)
    senders = senders_of(notice)
    chosen = {key: one for key, one in listed.items() if key not in senders}
    chosen = chosen or {key: one for key, one in listed.items() if _was_meant(notice, one)}
    chosen = {
        key: one for key, one in chosen.items() if not is_office(one) or _has_failed(notice, one)
    }
    return [
        Failure(
            address=address,
            kind=_kind_of(notice, address, set(chosen)),
            found="listed in the text",
            said=passage_of(notice, address, set(chosen)),
        )
        for address in chosen.values()
    ]


def _has_failed(notice: Notice, office: str) -> bool:
    """Tell whether an office is a recipient: a reason or a heading says so."""
    before = notice.words[: max(0, notice.words.find(office))].rstrip(" \t<\"'").rstrip()
    heading = before.rpartition("\n")[2]
    return bool(_HEADED.search(heading)) or is_failed_office(notice, office)


def _was_meant(notice: Notice, sender: str) -> bool:
    """Tell whether a sender is the recipient too: they wrote to themselves, a colon or a reply
    follows.
    """
    sent_to = {one.lower() for one in receivers_of(notice)}
    headed = re.search(rf"(?m)^[\s>*]{{0,12}}<?{re.escape(sender)}>?[ \t]?:", notice.words)
    return bool(headed) or sender.lower() in sent_to or is_coded(passage_of(notice, sender, set()))


def listed_in(notice: Notice) -> dict[str, str]:
    """Return lower-case address -> address, of the lines below an announcement."""
    found: dict[str, str] = {}
    announced = subject_speaks(notice)
    daemon = comes_from_a_daemon(notice)
    last = before = ""
    named = False
    lines = notice.lines[:MOST_LINES]
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        led, before = GOES_ON.search(before), line[-60:]
        match = _HEAD.match(line[:600]) if "@" in line and not led else None
        if match and is_of_sender(line, match.end(1)):
            match = None
        goes_on = last.rstrip()[-1:] in (",", ";")
        if match and _passes_by(line, last, lines[number + 1 : number + 2], named):
            last = line
        elif match and _tells(line, last, announced or (daemon and line.lstrip()[:1] == "<")):
            address = clean_address(match[2] or "") or clean_address(match[1])
            for one in [*(find_addresses(last) if goes_on else []), *_row(line, address)]:
                if not _is_machine(one):
                    found.setdefault(one.lower(), one)
        else:
            announced = announced or _ANNOUNCING.finds(line[:600])
            named = named or ("@" in line and not match and _names_another(notice, line))
            last = line
    return found


def _passes_by(line: str, last: str, following: list[str], named: bool) -> bool:
    """Tell whether an address at the head of a line is none of those that failed.

    It goes on a quoted header; or it stands below a signature, where nothing leads to it or
    follows, after a sentence that named somebody else.
    """
    if last.rstrip().endswith(",") and _ADDRESSED.match(last):
        return True
    led = last.rstrip().endswith((":", "：", ",")) or _ANNOUNCING.finds(last[:600])
    alone = named and not led and bool(ADDRESS.fullmatch(line.strip()))
    return alone and not any(one.strip() for one in following)


def _names_another(notice: Notice, line: str) -> bool:
    """Tell whether a sentence names somebody beside senders, offices and contacts."""
    senders = senders_of(notice)
    return any(
        not is_aside(line, match.start())
        and match[0].lower() not in senders
        and not is_office(match[0])
        for match in ADDRESS.finditer(line[:600])
    )


def _row(line: str, address: str) -> list[str]:
    """Return all the addresses of a line that holds nothing else, or the one given."""
    if line.count("@") > 1 and not _BETWEEN.sub("", ADDRESS.sub("", line[:2_000])):
        return find_addresses(line[:2_000])
    return [address] if address else []


def _arrived(said: str) -> bool:
    return _SUCCESS.finds(said) and not is_coded(said)


def _kind_of(notice: Notice, address: str, others: set[str]) -> Kind:
    """Tell by the heading above a recipient whether it failed; sendmail lists others apart."""
    if _arrived(passage_of(notice, address, others)):
        return Kind.DELIVERY
    words = notice.words
    if _SUCCEEDED.finds(_heading_of(words, address)):
        return Kind.DELIVERY
    if "non-fatal errors" not in words and "successful delivery" not in words:
        return Kind.BOUNCE
    headings = _HEADING.findall(words[: max(0, words.find(address))])
    heading = headings[-1].lower() if headings else ""
    if "non-fatal" in heading:
        return Kind.DELAY
    return Kind.DELIVERY if "success" in heading else Kind.BOUNCE


def _heading_of(words: str, address: str) -> str:
    """Return the line above an address, or above the addresses that it is listed with."""
    above = words[: max(0, words.rfind(address))].split("\n")[-2:-22:-1]
    return next((line for line in above if line.strip() and "@" not in line), "")


def _tells(line: str, last: str, announced: bool) -> bool:
    """Tell whether a line that begins with an address names a recipient, and not whom to ask."""
    if _SELF_TOLD.search(line) and "@" in last:
        return True
    contact = _CONTACT.finds(last)
    return not contact and (announced or bool(_SELF_TOLD.search(line)))


def _is_machine(address: str) -> bool:
    """Tell what no mail was sent to: a mail system, or a sender's address as forwarders write it.

    The Sender Rewriting Scheme and BATV mark what they made of the sender's address.
    """
    return bool(_MACHINE.match(address))
