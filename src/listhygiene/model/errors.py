"""What can go wrong outside a contact list: one tree, each error naming file, place and remedy."""

from __future__ import annotations


class ListHygieneError(Exception):
    """An error that is told in one sentence; never an address in it.

    problem: what is wrong, without the final full stop.
    file, place: where (place: "line 12", "sheet 顧客", "key gate.hold").
    remedy: what to do about it, an imperative sentence.
    """

    exit_code = 3

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        place: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = file
        self.place = place
        self.remedy = remedy
        super().__init__(problem)

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        text = f"{where}: {self.problem}" if where else self.problem
        return f"{text}. {self.remedy}" if self.remedy else f"{text}."


class UsageError(ListHygieneError):
    """The command, an option or an argument is wrong (exit code 2)."""

    exit_code = 2


class PolicyError(UsageError):
    """The policy cannot be read or holds a wrong value (exit code 2)."""


class UnreadableList(ListHygieneError):
    """A list is missing or could not be read as a whole (exit code 3)."""


class UnwritableList(ListHygieneError):
    """The result could not be written; nothing was changed (exit code 3)."""


class UnreadableBounces(ListHygieneError):
    """A file of bounces could not be read (exit code 3)."""


class BlocklistError(ListHygieneError):
    """The blocklist is missing, damaged, locked, too new, or refuses (exit code 3)."""


class DnsError(ListHygieneError):
    """The source of DNS answers cannot be used at all (exit code 3); a failed look-up is none."""


class EditedSince(ListHygieneError):
    """A file was edited since it was written, on the lines from `first` to `last` (1-based)."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        super().__init__(
            "the file has been edited since it was written",
            place=f"line {first}" if first == last else f"lines {first} to {last}",
            remedy="Take those edits back first, or keep the file as it is.",
        )
