"""Notices that a mail arrived, which its sender had asked for: nobody failed."""

from __future__ import annotations

import re

from .accents import spelled
from .casing import any_case
from .notice import Notice

_WORDS = any_case(
    r"""(?ix)(?:was|were|been|is)\ (?:successfully\ )?(?:delivered|relayed)\ (?:successfully\ )?to
    |successfully\ (?:delivered|relayed)|(?:was|has\ been)\ delivered,?\ (?:but|without)
    |delivery\ report\ that\ you\ requested|:\s*delivery\ via\ [^\n]{1,200}:\s*25\d\b
    |erfolgreich\ (?:zugestellt|übermittelt)|正常に配信|配信されました|entregado\ correctamente
    |已成功(?:送达|投递)"""
)
_SUBJECT = spelled(
    r"(?i)\((?:success|relay|expanded|erfolgreich|réussi)\)|^(?:delivered|relayed|zugestellt|remis)\s*:"
    r"|delivery status notification: success|^配信済み"
)
_FAILED = re.compile(
    r"""(?ix)n[o']t\ (?:be\ |been\ )?(?:successfully\ )?(?:delivered|relayed)|undeliver|unable\ to
    |\bnicht\b|\bnon\b|\bpas\b|\bno\ se\b
    |\bfailed\b|\bfailure\b|\bpermanent|\brejected\b|\b5\d\d[\s-]|\b5\.\d\.\d|fatal\ error
    |できません|失敗"""
)


def is_success(notice: Notice) -> bool:
    """Tell whether the words say that the mail was delivered, and nothing of a failure."""
    words = notice.flat[:6_000]
    told = _SUBJECT.search(notice.subject) or _WORDS.finds(words)
    return bool(told) and not _FAILED.search(words) and not _FAILED.search(notice.subject)
