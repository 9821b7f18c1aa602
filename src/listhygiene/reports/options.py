"""How a report is to be presented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..address.mask import mask
from ..wording import speaker


@dataclass(frozen=True)
class Presentation:
    """What the reader asked for.

    lang: "en" or "ja". show_addresses: whole addresses, for a person at their own machine.
    terminal: colours and width of a terminal. examples: lines shown of a rule's findings.
    """

    lang: str = "en"
    show_addresses: bool = False
    terminal: bool = False
    examples: int = 5

    def say(self, text: str) -> str:
        """Say an English text in the reader's language."""
        return speaker(self.lang)(text)

    def column(self, name: str) -> str:
        """Return a header as it may be shown: of a list without headers it may be an address."""
        return self.mask(name) if "@" in name else name

    @property
    def mask(self) -> Callable[[str], str]:
        """Return the function that masks an address, unless it is to be shown."""
        return str if self.show_addresses else mask
