"""A limit that a policy states as a count or as a share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Amount:
    """At most so many: a count (41), a share ("0.5%"), or no limit ("off")."""

    count: int | None = None
    share: float | None = None

    @classmethod
    def parse(cls, value: object) -> Amount:
        """Read 0, 41, "41", "0.5%" or "off"; raises ValueError saying what is allowed."""
        if isinstance(value, Amount):
            return value
        text = str(value).strip()
        if text == "off":
            return cls()
        try:
            if text.endswith("%"):
                share = float(Decimal(text[:-1].strip()) / 100)
                if 0 <= share <= 1:
                    return cls(share=share)
            elif not isinstance(value, bool) and int(text) >= 0:
                return cls(count=int(text))
        except (ValueError, ArithmeticError):
            pass
        raise ValueError('a count such as 0, a share such as "0.5%", or "off"')

    def exceeded(self, number: int, total: int) -> bool:
        """Tell whether `number` of `total` is more than allowed."""
        if self.count is not None:
            return number > self.count
        return self.share is not None and total > 0 and number / total > self.share

    def reached(self, share: float, total: int) -> bool:
        """Tell whether a share of a total reaches the limit (5 % reaches "5%"); nothing never."""
        if self.count is not None:
            return share > 0 and round(share * total) >= self.count
        return self.share is not None and share > 0 and share >= self.share

    def __str__(self) -> str:
        if self.count is not None:
            return str(self.count)
        return "off" if self.share is None else f"{self.share * 100:g}%"
