"""Reading bounces and their like, and naming their causes.

`read_message` reads an e-mail, `explain` says how; `mailbox.messages` finds the e-mails of files
and folders, `causes.name_cause` names the cause in a server's words. Nothing is imported until it
is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model.bounce import Event
    from .letter import Explanation


def read_message(content: bytes, file: str = "") -> list[Event]:
    """Read one e-mail into events, one a recipient; see `letter.read_message`."""
    from . import letter

    return letter.read_message(content, file)


def explain(content: bytes, file: str = "") -> Explanation:
    """Read one e-mail and say what was seen in it and what decided; see `letter.explain`."""
    from . import letter

    return letter.explain(content, file)
