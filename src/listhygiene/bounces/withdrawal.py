"""Mail in which a recipient withdraws consent: an answer, or one to List-Unsubscribe (RFC 2369)."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import find_addresses
from .dates import read_date
from .failure import Failure
from .notice import Notice
from .suspicion import comes_from_a_daemon

ORDER = 16

_SUBJECT = re.compile(
    r"""(?ix)^\s*(?:(?:re|fwd?|aw)\s*:\s*)*(?:please\s+)?(?:unsubscribe(?:\s+(?:me|request|confirm
    |from\ .*|[\w.+@-]+))?|opt[\s-]?out
    |remove(?:\s+me)?(?:\s+from\s+(?:the\s+|your\s+)?(?:mailing\s+)?list)?|signoff|sign\s+off
    |配信(?:停止|解除)(?:の?(?:希望|依頼|お願い|申請))?|(?:登録|購読)解除(?:希望|依頼)?
    |メルマガ(?:解除|停止|退会)|退会(?:希望|申請)?)\s*[.!。]?\s*$"""
)


def failures(notice: Notice) -> list[Failure]:
    """Return one event of a withdrawal, [] where the message is none."""
    if not _SUBJECT.match(notice.subject[:200]) or comes_from_a_daemon(notice) or notice.report:
        return []
    found = find_addresses(notice.message.text_of("from"))
    if not found:
        return []
    return [
        Failure(
            address=found[0],
            kind=Kind.UNSUBSCRIBE,
            found="Subject",
            said=notice.subject[:500],
            at=read_date(notice.message.get("date")),
        )
    ]
