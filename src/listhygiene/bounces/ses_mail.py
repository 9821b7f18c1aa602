"""Notifications of Amazon SES that come by e-mail: SNS sends its JSON as the text of a message."""

from __future__ import annotations

import json
import re
from typing import Any

from ..model.bounce import Event
from . import ses
from .notice import Notice

_WRAPPED = re.compile(r"!?\n ")
"""Where a relay broke a line of more than 998 octets (RFC 5322 2.1.1), as sendmail does it."""


def events(notice: Notice) -> list[Event]:
    """Return the events of a notification, as `ses` reads them; [] where the text holds none."""
    text = notice.words.lstrip()
    if not text.startswith("{"):  # a mail gateway may have put its banner before it
        text = text[:4_000][max(0, text.find("\n{")) :].lstrip() + text[4_000:]
    if not text.startswith("{") or ("notificationType" not in text and "eventType" not in text):
        return []
    for one in (text, _WRAPPED.sub("", text)):
        told = _document(one)
        if told and ses.recognises(told):
            return list(ses.events(told))
    return []


def _document(text: str) -> dict[str, Any]:
    """Read the object that a text begins with, out of the envelope of SNS; {} where it is none."""
    reader = json.JSONDecoder(strict=False)
    try:
        told = reader.raw_decode(text)[0]
        if isinstance(told.get("Message"), str):
            told = reader.raw_decode(told["Message"])[0]
    except (ValueError, AttributeError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
