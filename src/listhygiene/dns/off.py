"""No DNS at all (`--dns off`): nothing is asked, nothing is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model.answer import MailAnswer, Progress, Question, Records


class Off:
    """Gives no answers, so that the evidence counts as missing and not as unknown."""

    def query(
        self, questions: Iterable[Question], progress: Progress | None = None
    ) -> dict[Question, Records]:
        """Answer nothing."""
        return {}

    def mail(
        self, domains: Iterable[str], progress: Progress | None = None
    ) -> dict[str, MailAnswer]:
        """Say nothing."""
        return {}

    def failed(self) -> str:
        """Nothing was asked, so nothing failed."""
        return ""

    def describe(self) -> Mapping[str, object]:
        """Say that DNS is off."""
        return {"source": "off"}

    def close(self) -> None:
        """Nothing is held."""
