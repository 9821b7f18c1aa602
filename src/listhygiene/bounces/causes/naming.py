"""Naming the cause of a bounce from the words and codes of a server.

Tried in this order, the first that knows decides: the name of a category where the text is nothing
else ("bad-mailbox", "MailboxFull"), the phrases of the server's own family, the
phrases that any server may use, the enhanced status code (the family's meaning before the
registry's), wide wordings and hints (too wide to outweigh a code), the codes that words may
overrule, the class of the status, and last the asides of a text, such as an address of the web.
Where no wording is known, what a text in another language speaks of may tell (concepts.py). All the
words of a response are weighed (weighing.py) against a wide wording, a code, a short phrase.
Where the code is temporary (4yz, 4.x.x) a permanent cause gives way to its temporary
counterpart: 450 4.1.1 is no dead address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import pairwise
from operator import itemgetter

from .catalogue import while_temporary
from .concepts import cause_of
from .knowledge import (
    WIDE,
    WORD,
    Index,
    Phrase,
    categories,
    category_among,
    category_framed,
    category_of,
    families,
    pattern_of,
    phrases,
    replies,
    spelled_out,
    statuses,
)
from .weighing import TABLE, outweigh, weight_of

LONGEST = 8_000
"""Characters of a text that are read; what decides stands near the beginning."""

_LABEL = r"[0-9a-z_\u00c0-\u04ff-]{1,63}"
_ADDRESS = re.compile(
    r"<[^\s<>@]{1,128}@[^\s<>@]{1,253}>|<?[^\s<>()\[\],;:\"'@\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]"
    + rf"{{1,128}}@{_LABEL}(?:\.{_LABEL}){{0,9}}>?|<@>"
)
"""Without brackets an address ends where a language begins that is written without spaces."""
_CONTINUED = re.compile(r"([245](?<!\S.)\d\d)([- ])(?:[245]\.\d{1,3}\.\d{1,3})?[ \t]?")
_QUOTING = re.compile(
    r"the error that the other server returned was:|the response from the remote server was:"
    r"|the response was:|[45]\.\d\.\d{1,3} - [a-z ()]{5,60} (?=[45]\d\d[- ]')"
    r"|technical details of (?:permanent|temporary) failure:(?! google tried)"
)
_QUOTES = ("was:", "failure:", " - ")
"""What a notice quotes says more than the words of comfort around it."""
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_/:-][A-Za-z0-9]+)*")
_ENTITY = re.compile(r"&(?:#\w{2,6}|[a-z]{2,6});")
_UNDERLINED = re.compile(r"\b[45]\d\d_[a-z]\S*")
_COUNTED = re.compile(r" ?\(delivery attempts: \d+\)")
_ASIDE = re.compile(
    r"\((?:in reply to|after) (?:rcpt to|mail from|data|end of)[^()]{0,40}\)"
    r"|\bafter (?:rcpt to|mail from|end of data)[^ ]*(?: size=\d+)?:?(?= )"
    r"|\bsmtp error from remote mail(?:er| server)\b"
    r"|\(undefined status\)"
    r"|\bdoes not like recipient\.(?= )|\bhost [\w.-]+ ?\[[\w.:]+\](?::\d+)?(?: said)?:|https?://\S+"
)
_ASIDES = ("after ", "reply to", "smtp error", "(undefined", "not like", "host ", "://")
"""Who refused, which command, and where more is told: no words of the refusal's own."""
_LETTERS = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u2011": "-", "\u00ad": None}
)
_STATUS = re.compile(r"([245](?<![\d.].)\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"([45](?<![\d.-].)[0-5]\d)(?=[ \-:#]|$)(?!-\d)")
_AT_MAIL = re.compile(r"(?:after|in reply to|in response to|>>>) \(?mail from(?!.*rcpt to)")
"""The reply came before any recipient was named (RFC 5321 3.3): it speaks of the sender."""
_OF_WHOM = {"phrase": ("P2", "P3"), "hint": ("P2", "P3", "P4")}
"""The causes that become the sender's when he was all that the server had heard of."""
_OF_SENDER = (".1.7", ".1.8")
"""RFC 3463 3.2: bad sender's mailbox, bad sender's system; 517 is Courier's for the same."""
_REPLIED = re.compile(r"(?:[\w-]+; ?)?[45][0-5]\d[ -].{12,200}$")
"""A reply and nothing else, whose words may outweigh a phrase."""
_FIRST = re.compile(r"\s*([45]\d\d)(?=[ \-:#])")
_LEADING = re.compile(r"[>:;=(\]\"']\s*([45]\d\d)(?=[ \-:#])")
"""A reply code; its second digit is 0 to 5 by RFC 5321 4.2.1, unless it stands where one begins."""


@dataclass(frozen=True, slots=True)
class Named:
    """What decided: code ("P3"; '' undecided), the rule, and the line of the text that holds it."""

    code: str = ""
    rule: str = ""
    line: str = ""


def name_cause(
    text: str, *, status: str = "", reply: str = "", host: str = "", action: str = ""
) -> Named:
    """Name the cause of one bounce.

    text: what the server said, in any number of lines; may be ''. status: enhanced status code
    ("5.1.1") and reply: reply code ("550"), where they are known beside the text (else they are
    looked for in it). host: the name of the server that said it. action: RFC 3464 2.3.3; "delayed"
    makes the cause temporary. Undecided is `Named("", "", "")`; never raises.
    """
    return _name(text[:LONGEST], status.strip(), reply.strip(), host.strip().lower(), action)


@lru_cache(maxsize=4096)
def _name(text: str, status: str, reply: str, host: str, action: str) -> Named:
    category = category_of(text)
    if category:
        return _category(category, text.strip(), is_temporary(status, reply, action))
    plain = flatten(spelled_out(text) if _IDENTIFIER.fullmatch(text.strip()) else text)
    told = without_asides(plain)
    status = status if _STATUS.fullmatch(status) else find_status(plain)
    reply = reply or find_reply(plain)
    family = family_of(f"{host} {plain}")
    found, how = _phrase(phrases(), plain, told, family), "phrase"
    code, known = ("", "") if found else _by_status(status, family)
    narrow = found is not None
    if not found and not known:
        found = _phrase(phrases("wide.csv"), plain, told, family)
    if not found and not known:
        code, known = category_framed(told)
    if not found and not known:
        found, how = _phrase(phrases("hints.csv"), plain, told, family), "hint"
    spoken, of = ("", ()) if known or _is_narrow(found) else cause_of(told)
    if not found and not known and not spoken:
        code, known = category_among(text)
    if not found and not known:
        code, known = _by_reply(status, reply)
    if not found and not known and told != plain:
        found = _aside(plain, family)
    known = found[0].cause if found else known
    coded = bool(status or reply)
    sure = (
        spoken
        or code.startswith("category")
        or (narrow and (bool(found and found[0].family) or not _REPLIED.match(told)))
    )
    weight = weight_of(found[0].words, narrow) if found else TABLE
    heavier, why = ("", []) if sure else outweigh(told, known, coded, weight)
    if spoken:
        known, rule = spoken, "speaks of " + " and ".join(f'"{word}"' for word in of)
        line = _first_line(text, "")
    elif heavier:
        known, rule = heavier, "words " + " ".join(f'"{word}"' for word in why)
        line = _first_line(text, why[0] if why else "")
    elif found:
        rule, line = _told(*found, how), _line(text, found[0], plain, found[1].start())
    else:
        rule, line = code, _first_line(text, code.rpartition(" ")[2])
    if not known:
        return Named()
    if known in _OF_WHOM[how] and _is_of_sender(status, reply, plain):
        known, rule = "P1", f"{rule}, said of the sender"
    temporary = is_temporary(status, reply, action)
    return Named(while_temporary(known) if temporary else known, rule, line)


def _is_narrow(found: tuple[Phrase, re.Match[str]] | None) -> bool:
    """Tell whether a wording decided, not a mere class of words such as {refused}."""
    return bool(found and not found[0].words.startswith("{"))


def _told(phrase: Phrase, at: re.Match[str], how: str) -> str:
    of = f" ({phrase.family})" if phrase.family else ""
    words = at[0] if "{" in phrase.words else phrase.words
    return f'{how} "{words}"{of}'


def _category(words: str, line: str, temporary: bool) -> Named:
    cause = categories()[words]
    return Named(while_temporary(cause) if temporary else cause, f'category "{words}"', line)


def _aside(plain: str, family: str) -> tuple[Phrase, re.Match[str]] | None:
    """Return what an aside tells (`help_spam.htm`), which is asked when nothing else is known."""
    found = _phrase(phrases(), plain, plain, family)
    return found or _phrase(phrases("hints.csv"), plain, plain, family)


def _is_of_sender(status: str, reply: str, plain: str) -> bool:
    return status[1:] in _OF_SENDER or reply == "517" or bool(_AT_MAIL.search(plain))


def _by_status(status: str, family: str) -> tuple[str, str]:
    """Return the status and the cause that the registry, or the family, gives it; '' if open."""
    wide = f"x{status[1:]}"
    table = statuses()
    for key in ((status, family), (wide, family), (status, ""), (wide, "")):
        if key in table:
            return f"status {status}", table[key]
    return "", ""


def _by_reply(status: str, reply: str) -> tuple[str, str]:
    """Return what the codes asked last say, else what the subject of the status says."""
    for kind, key in (("status", status), ("reply", reply)):
        if key in replies():
            return f"{kind} {key}", replies()[key]
    if status:
        class_, subject, _ = status.split(".")
        for key in (f"{class_}.{subject}.x", f"x.{subject}.x"):
            if (key, "") in statuses():
                return f"status {status}", statuses()[key, ""]
    return "", ""


def is_temporary(status: str, reply: str, action: str = "") -> bool:
    """Tell whether the codes say "try again"; the reply code outweighs the status of a DSN."""
    if action == "delayed":
        return True
    if reply[:1] in ("4", "5"):
        return reply[0] == "4"
    return status[:1] == "4"


def flatten(text: str) -> str:
    """Return a text as phrases are compared with it: one line, lower case, addresses as `@`."""
    lowered = unescape(text).lower() if "&" in text and _ENTITY.search(text) else text.lower()
    if not lowered.isascii():
        lowered = lowered.translate(_LETTERS)
    if "_" in lowered:
        lowered = _UNDERLINED.sub(lambda match: match[0].replace("_", " "), lowered)
    joined = _CONTINUED.sub(_Once(), lowered)
    plain = " ".join((_ADDRESS.sub("@", joined) if "@" in joined else joined).split())
    if "(delivery attempts" in plain:
        plain = _COUNTED.sub("", plain).strip()
    quoted = _QUOTING.search(plain) if any(one in plain for one in _QUOTES) else None
    return plain[quoted.end() :] if quoted and len(plain) - quoted.end() > 8 else plain


def without_asides(flat: str) -> str:
    """Return a flat text without what is no words of the refusal's own."""
    return _ASIDE.sub(" ", flat) if any(one in flat for one in _ASIDES) else flat


class _Once:
    """Keeps the first code of a reply of several lines, and drops its repetitions."""

    def __init__(self) -> None:
        self.seen = ""

    def __call__(self, match: re.Match[str]) -> str:
        if match[1] == self.seen:
            return " "
        if match[2] == "-":
            self.seen = match[1]
        return match[0].replace("-", " ", 1)


def find_status(text: str) -> str:
    """Return the enhanced status code that a text names; a failure's before a success's."""
    found = _STATUS.findall(text)
    return next((one for one in found if one[0] != "2"), found[0] if found else "")


def find_reply(text: str) -> str:
    """Return the reply code that a text names, rather one that stands where a reply begins."""
    match = _FIRST.match(text) or _LEADING.search(text) or _REPLY.search(text)
    return match[1] if match else ""


@lru_cache(maxsize=4096)
def family_of(text: str) -> str:
    """Return the family of a host name, or of the host that a flat text names; '' if unknown."""
    known = families()
    found = WORD.findall(text)
    words = {*found, *(word.rstrip("0123456789") for word in found)}
    asked = sorted({one for word in words for one in known.get(word, ())}, key=itemgetter(0))
    return next((family for _, pattern, family in asked if pattern.search(text)), "")


def _phrase(
    index: Index, plain: str, told: str, family: str
) -> tuple[Phrase, re.Match[str]] | None:
    """Return the first phrase of the table that stands in what is told (names: anywhere)."""
    asked = dict(index.wordless)
    words = set(WORD.findall(plain))
    for word in index.by_word.keys() & words:
        asked.update(index.by_word[word])
    spaced = plain.isascii() or not WIDE.search(plain)
    asked.update({} if spaced else index.wide)
    for rank in sorted(asked):
        phrase = asked[rank]
        if phrase.family and phrase.family != family:
            continue
        if phrase.part not in plain:
            continue
        if spaced and phrase.needs and any(words.isdisjoint(need) for need in phrase.needs):
            continue
        named = phrase.family or "." in phrase.words
        match = pattern_of(phrase.words).search(plain if named else told)
        if match:
            return phrase, match
    return None


def _line(text: str, phrase: Phrase, plain: str, at: int) -> str:
    """Return the line of the original text that a phrase stands in, or what is around it."""
    lines = [line.strip() for line in text.splitlines()]
    for line in lines:
        if pattern_of(phrase.words).search(flatten(line)):
            return line[:500]
    for first, second in pairwise(lines):
        if pattern_of(phrase.words).search(flatten(f"{first}\n{second}")):
            return f"{first} {second}"[:500]
    return _first_line(text, "") if len(text) < 500 else plain[max(0, at - 100) : at + 300]


def _first_line(text: str, holds: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if holds in line), lines[0] if lines else "")[:500]
