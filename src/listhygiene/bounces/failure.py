"""What a source reads of one recipient, before the cause is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..model.bounce import Kind


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient of a notice.

    said: the words of the server on this recipient, the more telling text first; about: a wider
    text to ask where they say nothing. found: how the recipient was found ("Final-Recipient").
    sure: False where the source cannot tell whether this is a bounce at all.
    """

    address: str
    kind: Kind
    found: str
    said: str = ""
    about: str = ""
    status: str = ""
    reply: str = ""
    host: str = ""
    action: str = ""
    at: datetime | None = None
    cause: str = ""
    new_address: str = ""
    sure: bool = True
