"""A notice laid out for its readers: its words, its machine-readable reports, the mail it is about.

Half of the bounces in the world have no structure (RFC 3464) at all: the words of the machine and
the returned mail stand in one text, one after the other. Where the returned mail begins is found
by the line that announces it, or by the look of a header block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import dedent

from .casing import any_case
from .message import Headers, Part, parse_headers, split_head, walk

_REPORTS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/xdelivery-status",
}
_EMBEDDED = {
    "message/rfc822",
    "message/partial",
    "message/global",
    "message/global-headers",
    "text/rfc822-headers",
    "text/rfc822",
    "message/rfc822-headers",
}
_ATTACHED = {"text/plain", "application/octet-stream", "application/x-octet-stream"}
LONGEST_ATTACHED = 65_536
"""Bytes of an attached file that may be a delivery report."""
_REPORTED = re.compile(r"(?im)^final-recipient[ \t]*:")
_MAIL_FILE = re.compile(r"""(?i)name\*?=[^;]{0,200}\.eml["'\s]{0,2}(?:$|;)""")
_ANNOUNCED = any_case(
    r"""(?imx)^[>\s|]{0,4}(?:
      (?:[-=*_]{2,}|[【\[])[ ]{0,3}(?:this\ is\ a\ copy\ of|below\ this\ line\ is\ a\ copy
      |(?:enclosed|attached)\ is\ a\ copy
        |(?:start\ of\ |begin\ of\ )?(?:the\ )?(?:original|returned|unsent|undelivered|failed
         |bounced|rejected|included|quoted|old)\ (?:e-?mail\ )?(?:message|mail|letter)
        |(?:message|mail)(?:\ text|\ header|\ body)?\ (?:follows|is\ following|enclosed|attached)
        |message\ (?:header|text|body)|(?:returned|original)\ (?:message\ )?(?:header|text)s?
        |(?:the\ )?header\ and\ top\ \d+\ lines
        |copy\ of\ (?:the\ |your\ )?(?:original\ )?(?:message|mail)|(?:begin\ )?forwarded\ message
        |returned\ mail\ (?:header|follows)|header\ of\ the\ original|headers?\ follow
        |ursprüngliche\ (?:nachricht|mail)|message\ (?:d.origine|original)|mensaje\ original
        |messaggio\ originale|mensagem\ original|oorspronkelijk\ bericht|ursprungligt\ meddelande
        |oprindelig\ meddelelse|alkuperäinen\ viesti|oryginalna\ wiadomość|původní\ zpráva
        |eredeti\ üzenet|исходное\ (?:сообщение|письмо)|原始(?:邮件|郵件|訊息)|原邮件内容
        |원본\ 메(?:일|시지)|元のメ|オリジナル|返信元|以下は元の|送信(?:された|した)メール)
     |(?:below|(?:here|the\ following)|enclosed|attached|below\ this\ line)\ is
      \ (?:a\ copy\ of|your\ (?:original\ |returned\ )?(?:message|mail))
     |(?:the\ )?(?:original|returned|undelivered|unsent)\ (?:message|mail)(?:\ headers?)?
      \ (?:follows|below)
     |(?:the\ )?(?:header|text|body|first\ (?:\d+\ )?lines|contents?|copy)\ of\ (?:the\ |your\ )?
      (?:original\ )?(?:message|mail)\b(?!\ generated)
      (?![^\n]{0,200}(?:@|\bnot\b|n't|reject|block|fail))
     |(?:the\ )?message\ (?:header|text|contents?)\ (?:follow|of\ the\ original)
     |your\ (?:original\ )?(?:message|mail)\ (?:begins\ as\ )?
      (?:follows|reads|is\ (?:enclosed|attached\ below))
     |(?:old|rejected|quoted)\ (?:message|mail)\s*:?\s*$
     |original\ (?:message|mail)(?:\ headers?|\ text|\ as\ follows)?[ ]?:?[<\s]{0,9}$
     |(?:ursprüngliche\ nachrichtenkopfzeilen|en-têtes\ de\ message|intestazioni\ originali
      |encabezados\ de(?:\ los)?\ mensajes|原邮件内容|以下、送信されたメール)
      [^\n:：]{0,40}[:：。]?\s*$
     |レポート対象のメッセージ
    )[^\n]{0,200}$"""
)
_TELLING = (
    "received", "return-path", "message-id", "mime-version", "x-mailer", "dkim-signature",
    "delivered-to", "content-type", "x-originating-ip", "domainkey-signature", "x-received",
)  # fmt: skip
_HEADER_LINE = re.compile(r"^(?:>[ \t]?)?([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t]|$)")
_TELLS_ON = re.compile(
    r"(?i)\s{0,9}(?:[^\n]{1,200}\n){0,2}?[^\n]{0,200}"
    r"(?:could not|couldn't|cannot|can't|was not|wasn't|has not|not be|unable to be|undeliver)"
    r"[^\n]{0,60}(?:deliver|reach|sent|accept|recipient)"
)
_HEADED = re.compile(r"\s{0,9}(?:[>|*]{0,2}[ \t]?[A-Za-z-]{2,20}\*?:[ \t][^\n]{1,300}\n){2}")
"""Two lines of a header, as people's programs put them before what they forward."""
_LEAD = re.compile(r"[ \t>|]*")
_REPORT_LINE = re.compile(
    r"^(?:final-recipient|original-recipient|reporting-mta|action|status|diagnostic-code|arrival-date"
    r"|(?:failed-)?recipients?|reasons?|errors?)"
    r"[ \t]*:",
    re.IGNORECASE,
)
_WHY_LINE = re.compile(
    r"(?i)^(?:(?:delivery )?(?:reason|error|result|problem|cause)s?)[ \t]*:[ \t]*\S"
)


@dataclass(eq=False)
class Notice:
    """What one message holds.

    words: the text for people, up to the returned mail. report: the texts of its delivery
    reports (RFC 3464). feedback: those of its complaints (RFC 5965). receipts: those of its
    read receipts (RFC 8098). original: the headers of the mail it is about, {} where it holds
    none. returned: that mail. further: the mails that are enclosed beside it.
    """

    message: Part
    words: str = ""
    report: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    original: Headers = field(default_factory=dict)
    returned: bytes = b""
    further: list[bytes] = field(default_factory=list)

    @property
    def headers(self) -> Headers:
        return self.message.headers

    @cached_property
    def subject(self) -> str:
        return self.message.text_of("subject")

    @cached_property
    def flat(self) -> str:
        """The beginning of the words in one line, for sentences that go over several."""
        return " ".join(self.words[:8_192].split())

    @cached_property
    def lines(self) -> list[str]:
        return self.words.split("\n")


def lay_out(content: bytes) -> Notice:
    """Take a message apart as far as its readers need; never raises on any bytes."""
    notice = Notice(Part(content))
    plain: list[str] = []
    marked: list[str] = []
    attached: list[Part] = []
    for part in walk(notice.message):
        kind = part.type
        if kind in _REPORTS:
            notice.report.append(_report_in(part))
        elif kind == "message/feedback-report":
            notice.feedback.append(part.text)
        elif kind == "message/disposition-notification":
            notice.receipts.append(part.text)
        elif kind in _EMBEDDED or (kind in _ATTACHED and _is_mail_file(part)):
            _take_original(notice, part)
        elif kind == "text/html":
            marked.append(part.text)
        elif (kind.startswith(("text", "multipart")) or not kind) and not _is_attached(part):
            plain.append(part.text)
        elif kind in _ATTACHED and len(part.content) < LONGEST_ATTACHED:
            attached.append(part)
    notice.report += [part.text for part in attached if _is_report(part)]
    words = "\n".join(plain)
    if not words.strip() or (marked and len(words.strip()) < 20):
        words = "\n".join([words, *marked])
    elif "@" not in words and not (notice.original or notice.report):
        words = "\n".join([words, *marked, *(one.text for one in attached if _is_text(one))])
    notice.words = _without_original(notice, words)
    return notice


def _is_text(part: Part) -> bool:
    return part.type == "text/plain"


def _is_attached(part: Part) -> bool:
    return "attachment" in part.get("content-disposition")[:40].lower()


def _is_mail_file(part: Part) -> bool:
    """Tell a mail that is attached as a file, by its name and its first line."""
    named = f"{part.get('content-disposition')};{part.get('content-type')}"
    if not _MAIL_FILE.search(named[:2_000]) or len(part.content) > LONGEST_ATTACHED:
        return False
    return bool(_HEADER_LINE.match(part.text.lstrip()[:100]))


def _is_report(part: Part) -> bool:
    """Tell a delivery report that is attached as a file."""
    return bool(_REPORTED.search(part.text[:4_096]))


def _report_in(part: Part) -> str:
    """Return the text of a report; some mailers forget the blank line before it."""
    text = part.text
    return text if text.strip() else "\n".join(f"{k}: {v[0]}" for k, v in part.headers.items())


def _take_original(notice: Notice, part: Part) -> None:
    if notice.original:
        notice.further.append(part.body)
        return
    body = part.body
    if part.get("content-transfer-encoding").strip().lower() in ("base64", "quoted-printable"):
        body = part.text.encode("utf-8", "replace")
    body = body.lstrip(b"\r\n \t")
    head, _ = split_head(body)
    notice.original = parse_headers(head)
    notice.returned = body


def _without_original(notice: Notice, words: str) -> str:
    """Return the words up to where the returned mail begins, and take its headers from there."""
    if not words:
        return words
    cut = _announced(words)
    block = _header_block(words, 0 if cut is None else cut[1])
    if cut is not None and (
        block is None or block - cut[1] > 2_000 or _HEADED.match(words, cut[1])
    ):
        block = cut[1]
    if block is None:
        return words
    tail = "" if cut is not None else _tail(words, block)
    if not notice.original:
        rest = _flush(words[block:]).encode("utf-8", "replace")
        notice.original = parse_headers(split_head(rest)[0])
        notice.returned = rest
    return words[: block if cut is None else min(cut[0], block)] + _without_original(notice, tail)


def _tail(words: str, block: int) -> str:
    """Return what a notice says after the header of the mail that it begins with, or ''."""
    end = words.find("\n\n", block)
    if end < 0 or "@" in words[:block] or not _TELLS_ON.match(words, end):
        return ""
    return words[end:]


def _flush(text: str) -> str:
    """Return a returned mail without what its lines are indented or quoted by, and "From "."""
    text = text.lstrip("\n")
    lead = _LEAD.match(text)[0]  # type: ignore[index]
    if lead:
        text = "\n".join(line.removeprefix(lead) for line in text.split("\n"))
    return text.partition("\n")[2] if text.startswith(("From ", ">From ")) else text


def _announced(words: str) -> tuple[int, int] | None:
    """Return where the line that announces the returned mail begins and ends.

    A line before any address or reply is a sentence, not an announcement.
    """
    for begin, end in _ANNOUNCED.places(words):
        after = words[end : end + 200].lstrip("\n ")
        if "@" in words[:begin] or begin > 200 or _HEADER_LINE.match(after):
            return begin, end
    return None


def _header_block(words: str, start: int) -> int | None:
    """Return where three header lines in a row begin that are a mail's; None if nowhere.

    One of them is none that a notice would quote, or they say from whom, to whom and what.
    """
    at, first, run, telling = start, -1, 0, False
    names: set[str] = set()
    for line in words[start:].split("\n"):
        match = _HEADER_LINE.match(line) if ":" in line else None
        if match and not _REPORT_LINE.match(line):
            first = at if run == 0 else first
            run += 1
            telling = telling or match[1].lower() in _TELLING
            names = {match[1].lower()} if run == 1 else names | {match[1].lower()}
            if run >= 3 and (telling or names >= {"from", "to", "subject"}):
                return first if telling or not _is_summary(words, first) else None
        elif not (run and line[:1] in (" ", "\t") and line.strip()):
            run, telling = 0, False
        at += len(line) + 1
    return None


def _is_summary(words: str, first: int) -> bool:
    """Tell whether a notice tells in one block of whom to whom a mail was, and why it failed."""
    lines = words[first : first + 2_000].partition("\n\n")[0].split("\n")
    return any(_WHY_LINE.match(line) for line in lines)


def fields_in(text: str) -> list[Headers]:
    """Read groups of header-like lines parted by blank ones, as a delivery report has them."""
    groups: list[Headers] = []
    for block in re.split(r"\n[ \t]*(?=\n)", text[:262_144]):
        if ":" in block:
            block = block.strip("\n")
            block = dedent(block) if block[:1] in (" ", "\t") else block
            headers = parse_headers(block.encode("utf-8", "replace"))
            if headers:
                groups.append(headers)
    return groups
