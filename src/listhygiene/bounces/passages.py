"""Which lines of a notice speak of which recipient."""

from __future__ import annotations

import re

from .addressing import ADDRESS, clean_address
from .causes import name_cause
from .notice import Notice
from .parties import receivers_of

MOST_LINES = 2_000
LONGEST_PASSAGE = 40
"""Lines after the recipient's own that are taken for it."""

_TITLE = re.compile(r"\s{0,4}-{3,} \S{3,320} -{3,}\s*$")
"""Exim's title of what a delivery to an address wrote, above a blank line."""
_NEXT_HOST = re.compile(r"(?i)(?:\.\.\. )?while talking to\b")
"""How sendmail begins what it said to a further host."""
_REPLY = re.compile(r"^\s{0,8}[45]\d\d[ -]")
_OF_HOST = re.compile(r"4\d\d ((?:[\w-]{1,63}\.){1,8}\w{2,24})(?: ?\([a-z]{2,8}\))?\.\.\. ", re.I)
"""sendmail 5 on a host that it could not reach: `421 example.org (smtp)... Deferred: ...`."""
_HOST = re.compile(
    r"(?i)\b(?:host|while talking to|connect(?:ed)? to|server|by)[:\s]{1,3}"
    r"((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3})\b(?!@)"
)
_CODED = re.compile(r"(?<![\d.])[45](?:\d\d[ \-:#]|\.\d{1,3}\.\d{1,3}\b)")
_SOURCE = re.compile(
    r"(?i)(?<!generated )(?<!expanded )(?<!forwarded )(?<!returned )(?<!came )(?<!\()\b"
    r"(?:from|sent (?:to you )?by|sender)\b[\s:<\"'(\[]{1,6}$"
)


GOES_ON = re.compile(r"(?i)(?:\((?:expanded|generated|forwarded)(?: from| by)?|message-id):?\s*$")
"""The end of a line that goes on with the address that led to the recipient, or an identifier."""
_LABEL = re.compile(
    r"""(?ix)^[\s>*]{0,12}(?:subject|b?cc|from|reply-?to|return-?path|in-reply-to|references?
    |errors-?to|originator|your\ (?:e-?mail\ )?(?:address|account)
    |identificativo\ messaggio
    |x-(?:auth|sender|mailer|source)[\w-]{0,30}|(?:queue|session|mail|log|job)[-\ ]?id
    |(?:\w{1,12}-){0,2}message-?id|host|log|ticket|administrator|admin|postmaster
    |(?:the\ |envelope[\ -])?sender|date
    |(?:your\ )?(?:ticket|message\ id|queue\ id)\b[^:@\n]{0,20}
    |件名|送信者|差出人|送信元|betreff|absender|von|objet|expéditeur|de|asunto|remitente|oggetto
    |mittente|da|assunto|onderwerp|afzender|ämne|avsändare|temat|nadawca|主题|主題|发件人|寄件者|寄件人
    |제목|보낸\ ?사람|тема|от\ кого|от|отправитель)(?:\ (?:address|e-?mail|was|is))?[ \t]?[:：]
    |^[^@\n]{0,80}(?:managed\ by|authenticated\ as|submitted\ by(?:\ user)?|sasl_username=
    |ticket\ number\ is
    |message\ id)[\ <]{0,3}$"""
)
_CONTACTED = re.compile(
    r"""(?ix)\b(?:contact(?:ing)?|directed\ to|administrator\ at
    |report\ (?:it|this|suspicious|spam|abuse|any|problems?|errors?|to)
    |questions?|assistance|help(?:\ ?desk)?|support|(?:notify|inform)(?!\ you\b)|write
    |or\ (?:e-?)?mail
    |regards,|sincerely,|(?<!not\ )(?<!n't\ )(?<!unable\ to\ )(?<!failed\ to\ )send
    \ (?:an?\ |your\ |any\ )?(?:e-?mails?|reply)\ to
    |e-?mail\ (?:us|me)|reach\ us
    |forward\ (?:this|it)|unsubscribe|complain|kontakt\w*|wenden\ sie\ sich
    |rückfragen?|erreichen|écri(?:vez|re)|escrib\w+|scriv\w+
    |contact(?:ez|er|e|ar|are)
    |contatt\w+|rivolg\w+|suporte|soporte|assistenza|neem)\b
    (?![^\n]{0,80}[.!?]\s)[^@\n]{0,80}$
    |(?:問い?合わ?せ|連絡先|ご連絡|联系|聯絡|문의)[^@\n。]{0,30}$"""
)
_TOLD = re.compile(r"[>)\]\"']{0,2}\s{0,4}[(:=,|-]\s{0,4}[^\s<>()\[\],;]{2,}\s?[^\s<>()\[\],;]{2,}")
"""What follows a recipient and speaks of it."""
_OF_SENDER = re.compile(
    r"(?i)[>'\")\]:.\s]{0,8}(?:(?:envelope )?sender'?s? (?:e-?mail )?(?:address|domain)"
    r"|domain of (?:the )?sender)\b"
)
"""What follows an address that a server refused as that of the sender (RFC 5321 3.3)."""
_LEADS_ON = re.compile(r"(?i)\b(?:following|recipients|address(?:es|ees))\b|以下|次の")
"""Words of a line that announces recipients, and tells no reason."""
_SIGNED = ("--", "-- ")
_OVER_LINES = re.compile(r"\s*\n\s*")


def is_contact(words: str, at: int) -> bool:
    """Tell whether the words before a place, of its sentence, tell to write to what stands there.

    A blank line or a full stop ends what is told.
    """
    before = words[max(0, at - 120) : at].rpartition("\n\n")[2].rpartition(". ")[2]
    return bool(_CONTACTED.search(_OVER_LINES.sub(" ", before)))


def is_of_sender(line: str, behind: int) -> bool:
    """Tell whether what follows an address in a line says that it is the sender's."""
    return bool(_OF_SENDER.match(line, behind))


def is_source(words: str, at: int) -> bool:
    """Tell whether the words right before a place say that what stands there sent a mail."""
    return bool(_SOURCE.search(words[max(0, at - 30) : at]))


def is_aside(words: str, at: int) -> bool:
    """Tell whether at a place stands whom to write to, who sent a mail, or an identifier."""
    line = words[max(words.rfind("\n", 0, at) + 1, at - 200) : at]
    return bool(_LABEL.match(line)) or is_source(words, at) or is_contact(words, at)


def addresses_by_line(notice: Notice) -> list[tuple[int, str]]:
    """List (line number, address) for each address in the words of a notice.

    What stands below the mark of a signature (RFC 3676 4.3) counts only where nothing stood above.
    """
    found: list[tuple[int, str]] = []
    last = ""
    for number, line in enumerate(notice.lines[:MOST_LINES]):
        if found and line in _SIGNED:
            break
        before, last = last, line if line.strip() else last
        leads = before.rstrip().endswith(":") and is_contact(before, len(before))
        if "@" in line and not leads and not GOES_ON.search(before[-60:]):
            for match in ADDRESS.finditer(line[:2_000]):
                address = clean_address(match[0])
                if address and not is_aside(line, match.start()):
                    found.append((number, address))
    return found


def passage_of(notice: Notice, address: str, others: set[str]) -> str:
    """Return the lines that speak of an address: from each line that holds it to the next blank
    line or the next line of another recipient (`others`, lower case).
    """
    wanted = address.lower()
    taken: dict[int, str] = {}
    lines = notice.lines[:MOST_LINES]
    for number, line in enumerate(lines):
        if number in taken or wanted not in line.lower():
            continue
        taken[number] = _share_of(line, wanted, others)
        if _REPLY.match(line):  # of a transcript: what was said stands before it
            taken.update(_dialogue_before(lines, number, wanted, others))
            continue
        if _stands_below(lines, number, wanted):
            taken.update(_paragraph_before(lines, number))
        first = number + 1 + (_TITLE.match(line) is not None)
        for further in range(first, min(number + LONGEST_PASSAGE, len(lines))):
            text = lines[further].strip()
            lowered = text.lower()
            if not text or any(other in lowered for other in others if other != wanted):
                break
            if _NEXT_HOST.match(text) and taken[number].startswith(">>>"):
                break
            taken[further] = text
    return "\n".join(taken[number] for number in sorted(taken))


def _stands_below(lines: list[str], number: int, wanted: str) -> bool:
    """Tell whether an address alone in its line ends a paragraph: its reason stands above it."""
    alone = lines[number].strip().strip("<>").lower() == wanted
    ends = number + 1 >= len(lines) or not lines[number + 1].strip()
    return alone and ends and number > 0


def _paragraph_before(lines: list[str], number: int) -> dict[int, str]:
    """Return the lines right above a line, up to a blank one; {} where they name addresses, or
    announce what follows.
    """
    taken: dict[int, str] = {}
    for before in range(number - 1, max(-1, number - 4), -1):
        text = lines[before].strip()
        if not text:
            break
        if "@" in text or text.endswith((":", "：", "-", "=")) or _LEADS_ON.search(text):
            return {}
        taken[before] = text
    return taken


def _share_of(line: str, wanted: str, others: set[str]) -> str:
    """Return what of a line speaks of one of the recipients in it: up to the next one's address."""
    lowered = line.lower()
    begin = lowered.find(wanted)
    further = others - {wanted}
    if len(lowered) != len(line) or not any(one in lowered for one in further):
        return line.strip()
    ends = [at for one in further if (at := lowered.find(one, begin)) > begin]
    share = line[begin : min(ends, default=len(line))]
    return share.strip() if _TOLD.match(share[len(wanted) :]) else line.strip()


def _dialogue_before(
    lines: list[str], number: int, wanted: str, others: set[str]
) -> dict[int, str]:
    """Return the lines of a transcript that lead to one of its lines, back to the last command.

    What is told of another host before it ended another transaction.
    """
    taken: dict[int, str] = {}
    domain = wanted.rpartition("@")[2]
    for before in range(number - 1, max(-1, number - 6), -1):
        text = lines[before].strip()
        if not text or any(other in text.lower() for other in others if other != wanted):
            break
        spoken_to = _OF_HOST.match(text)
        if spoken_to and spoken_to[1].lower().removesuffix(".tcp") != domain:
            break
        taken[before] = text
        if text.startswith(">>>"):
            break
    return taken


def host_in(said: str) -> str:
    """Return the server that a text says it spoke to, lower case, or ''."""
    match = _HOST.search(said[:4_000])
    return match[1].lower() if match else ""


def is_coded(text: str) -> bool:
    """Tell whether a text holds a reply or status code of a refusal."""
    return bool(_CODED.search(text))


def is_failed_office(notice: Notice, office: str) -> bool:
    """Tell whether an office is a recipient: it was mailed, or a reason stands beside it."""
    said = passage_of(notice, office, set())
    sent_to = {one.lower() for one in receivers_of(notice)}
    return office.lower() in sent_to or is_coded(said) or bool(name_cause(said).code)


def coded_lines(notice: Notice) -> str:
    """Return the lines of a notice that hold a reply or status code, and those they go on in."""
    taken = []
    follow = False
    for line in notice.lines[:MOST_LINES]:
        text = line.strip()
        coded = bool(_CODED.search(text))
        if coded or (follow and text):
            taken.append(text)
        follow = coded or (follow and bool(text) and len(taken) < LONGEST_PASSAGE)
    return "\n".join(taken)
