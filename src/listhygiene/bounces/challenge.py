"""Challenges: a system asks the sender to confirm before it delivers; no bounce, nobody failed."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import find_addresses
from .casing import any_case
from .dates import read_date
from .failure import Failure
from .notice import Notice
from .suspicion import comes_from_a_daemon, words_speak

ORDER = 15

_AGENTS = any_case(
    r"(?i)\btmda\b|boxbe|spamarrest|spam arrest|choicemail|qurb|mailblocks|0spam|bluebottle"
    r"|active spam killer|spamlion|sendio|totalblock|ipermitmail|vanquish|digiportal|knowspam"
    r"|mailinblack|antispam uol|earthlink\.net/wam/addme"
)
_QUOTED_FIELD = re.compile(r"[\s>|]{0,12}[A-Za-z][A-Za-z-]{1,40}:\s")
_AT_HOST = re.compile(r"@[\w.-]{1,253}")
"""An address is at a provider whatever its system says of others."""
_AGENT_HEADERS = (
    "x-delivery-agent",
    "x-mailer",
    "x-boxbe-version",
    "x-ask-auth",
    "x-sendio",
    "from",
    "user-agent",
)
_SUBJECT = re.compile(
    r"""(?ix)please\ (?:confirm|verify)\ (?:your|that|this|delivery|message)
    |confirm(?:ation)?\ (?:your|of\ your|required|request)\b.*(?:message|mail|sender)?
    |verification\ (?:required|request)|sender\ (?:confirmation|verification)
    |challenge[\s/-]response|\bchallenge\b
    |your\ (?:message|e-?mail|mail).{0,60}(?:await|requires|waiting|on\ hold|held|quarantin)
    |action\ required.{0,80}(?:deliver|message|e-?mail)
    |message\ (?:awaiting|requires)\ (?:verification|confirmation|approval)|whitelist|white\ list
    |guest\ list|waiting\ list
    |\[?ask\]?.*confirm|送信者確認|配信確認のお願い"""
)
_ASKING = re.compile(
    r"""(?ix)(?:to\ (?:confirm|verify|prove)\ (?:that\ you|your|you\ are)|click\ (?:on\ )?
    (?:the\b|this\b|here|below)|(?:simply\ |just\ )?(?:press\ |hit\ )?reply\ to\ this
    |(?:has|have)\ (?:not\ )?(?:been\ )?(?:yet\ )?(?:put|placed|added|held|queued|approved
    |authori[sz]ed)|one[\s-]time|captcha|approved\ senders?|guest\ list
    |before\ (?:your|it|the)\ (?:message|mail|e-?mail).{0,40}deliver
    |prove\ (?:that\ )?you\ are\ (?:a\ )?human|real\ person|confirm\ (?:your|this|receipt|that)
    |approved\ beforehand|verification|vous\ authentifier|cliquez|clique\ aqui|bestätigen)"""
)


def failures(notice: Notice) -> list[Failure]:
    """Return one event of a challenge, [] where the message is none."""
    why = is_challenge(notice)
    if not why:
        return []
    found = find_addresses(notice.message.text_of("from"))
    return [
        Failure(
            address=found[0] if found else "",
            kind=Kind.CHALLENGE,
            found=why,
            said=notice.subject[:500],
            at=read_date(notice.message.get("date")),
        )
    ]


def is_challenge(notice: Notice) -> str:
    """Say by what a message is known to be a challenge; '' where it is none."""
    if notice.report or "x-failed-recipients" in notice.headers:
        return ""
    for name in _AGENT_HEADERS:
        for value in notice.headers.get(name, ())[:2]:
            if _AGENTS.finds(value[:300]) and not _is_refusal(notice):
                return f"{name.title()} of a challenge system"
    words = notice.flat
    if _AGENTS.finds(words) and _ASKING.search(words) and _names_an_agent(notice):
        return "text of a challenge system"
    if _SUBJECT.search(notice.subject[:300]) and _ASKING.search(words):
        return "Subject and text"
    return ""


def _is_refusal(notice: Notice) -> bool:
    """Tell whether a daemon says that a mail failed, and asks for nothing."""
    daemon = comes_from_a_daemon(notice) and words_speak(notice)
    return daemon and not _ASKING.search(notice.flat)


def _names_an_agent(notice: Notice) -> bool:
    """Tell whether the words of no daemon name a challenge system, outside of a quoted header."""
    own = " ".join(line for line in notice.lines[:200] if not _QUOTED_FIELD.match(line))
    return _AGENTS.finds(_AT_HOST.sub("", own)) and not comes_from_a_daemon(notice)
