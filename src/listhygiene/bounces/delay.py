"""Warnings that a mail is late: still being tried, so nothing has failed yet."""

from __future__ import annotations

import re

from .notice import Notice

_SUBJECT = re.compile(
    r"(?i)\bdelay|warning: (?:message|could not|still)|still being retried|\(warning\)"
    r"|遅延|配送が遅れ"
)
_WORDS = re.compile(
    r"""(?ix)this\ is\ a\ warning\ message\ only|you\ do\ not\ need\ to\ resend
    |not\ yet\ been\ delivered
    |not\ (?:yet\ )?been\ delivered\ (?:yet|after)|will\ (?:continue|keep)\ (?:to\ try|trying
    |to\ attempt|attempting)|will\ be\ retried
    |(?:delivery|message)\ (?:has\ been|is|was)\ (?:being\ )?delayed
    |delivery\ attempts\ will\ continue|will\ (?:try|retry)\ (?:again|for|to\ send|sending
    |delivering)
    |no\ action\ is\ required\ on\ your\ part|still\ (?:trying|in\ (?:the\ )?queue|queued)
    |delivery\ is\ delayed|is\ delayed|temporarily\ delayed|retry\ to\ send\ the\ message\ until
    |配信が遅延|遅延して|再送(?:を|し|いた)"""
)
_FINAL = re.compile(
    r"""(?ix)will\ not\ be\ (?:retried|delivered|able)|giv(?:en|ing)\ up
    |no\ further\ (?:delivery\ )?attempts?|permanent(?:ly)?\ (?:error|fail|fatal)
    |has\ (?:been\ )?(?:failed|expired)|(?:was|is)\ undeliverable|will\ not\ (?:continue|keep
    |retry)"""
)


def is_delay(notice: Notice) -> bool:
    """Tell whether the words say that delivery goes on being tried."""
    words = notice.words[:16_384]
    warned = bool(_WORDS.search(words)) or bool(_SUBJECT.search(notice.subject))
    return warned and not _FINAL.search(words)
