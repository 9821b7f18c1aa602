"""Recorded answers: a JSON file that a run can be repeated from, offline and for ever."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write_whole
from ..model.answer import Lookup, MailAnswer, Progress, Question, Records, Status
from ..model.errors import DnsError
from .alike import find_alike
from .backend import unknown
from .canary import Trial
from .mail import judge_mail
from .names import normalise
from .quiet import without_collector
from .written import Written, read_written

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

_SCHEMA = 1
_REMEDY = "Repair the line, or record the answers again with `listhygiene dns record`."


class Recorded:
    """Answers from a file; what is not in it is UNKNOWN ("not recorded")."""

    def __init__(
        self,
        answers: Mapping[Question, Records] | Written,
        trials: Sequence[Trial] = (),
        treat_as_real: tuple[str, ...] = (),
        described: Mapping[str, object] | None = None,
    ) -> None:
        self._answers = answers
        self._trials = tuple(trials)
        self._real = treat_as_real
        self._described = dict(described or {})

    def query(
        self, questions: Iterable[Question], progress: Progress | None = None
    ) -> dict[Question, Records]:
        """Look the questions up in the recording."""
        wanted = list(dict.fromkeys(questions))
        if self.failed():  # what a lying resolver said is no answer
            return dict.fromkeys(wanted, unknown("canary failed"))
        known = self._find(wanted)
        normal = {one: (normalise(one[0]), one[1].upper()) for one in wanted if one not in known}
        others = self._find(list(normal.values())) if normal else {}
        missing = unknown("not recorded")
        found = {one: known.get(one) or others.get(normal[one], missing) for one in wanted}
        if progress is not None:
            progress(len(wanted), len(wanted))
        return found

    def _find(self, questions: Sequence[Question]) -> Mapping[Question, Records]:
        return (
            self._answers.find(questions) if isinstance(self._answers, Written) else self._answers
        )

    def mail(
        self, domains: Iterable[str], progress: Progress | None = None
    ) -> dict[str, MailAnswer]:
        """Judge the domains by the recorded answers."""
        return judge_mail(domains, self.query, progress, self._real)

    def alike(self, domains: pa.Array) -> npt.NDArray[np.int64] | None:
        """Tell of which domains `mail` says the same: their MX stand there alike."""
        if self.failed() or not isinstance(self._answers, Written):
            return None
        return find_alike(domains, self._answers.shared(domains, "MX"), self._real)

    def failed(self) -> str:
        """Why the recorded run could not be trusted, or ''."""
        return next((trial.failed for trial in self._trials if trial.failed), "")

    def trials(self) -> tuple[Trial, ...]:
        """Return the canaries' results of the recorded run."""
        return self._trials

    def describe(self) -> Mapping[str, object]:
        """Say where the answers come from."""
        return self._described

    def close(self) -> None:
        """Nothing is held."""


class Recorder:
    """Passes questions on to another source, and keeps every answer that came through."""

    def __init__(self, lookup: Lookup, treat_as_real: tuple[str, ...] = ()) -> None:
        self.answers: dict[Question, Records] = {}
        self._lookup = lookup
        self._real = treat_as_real

    def query(
        self, questions: Iterable[Question], progress: Progress | None = None
    ) -> dict[Question, Records]:
        """Ask the other source and keep what it answered."""
        found = self._lookup.query(questions, progress)
        for (name, kind), records in found.items():
            self.answers[normalise(name), kind.upper()] = records
        return found

    def mail(
        self, domains: Iterable[str], progress: Progress | None = None
    ) -> dict[str, MailAnswer]:
        """Judge the domains by what the other source answers."""
        return judge_mail(domains, self.query, progress, self._real)

    def failed(self) -> str:
        """Why the answers of this run cannot be trusted, or ''."""
        return self._lookup.failed()

    def trials(self) -> tuple[Trial, ...]:
        """Return the canaries' results so far."""
        trials = getattr(self._lookup, "trials", tuple)
        return tuple(trials())

    def describe(self) -> Mapping[str, object]:
        """Say where the answers come from."""
        describe: Callable[[], Mapping[str, object]] = getattr(self._lookup, "describe", dict)
        return describe()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the recording; the closing canaries are asked first."""
        self.failed()
        save_answers(path, self.answers, self.trials())

    def close(self) -> None:
        """Close the other source."""
        self._lookup.close()


def save_answers(
    path: str | os.PathLike[str], answers: Mapping[Question, Records], trials: Sequence[Trial] = ()
) -> None:
    """Write a recording: one question a line, sorted by name, so that two can be compared."""
    lines = ",\n".join(
        f"    {_dump(f'{name} {kind}')}: {_dump(_show(one))}"
        for (name, kind), one in sorted(answers.items())
    )
    canaries = ",\n".join(f"    {_dump(_show_trial(trial))}" for trial in trials)
    text = (
        f'{{\n  "schema": {_SCHEMA},\n'
        f'  "canaries": [{_block(canaries)}],\n'
        f'  "answers": {{{_block(lines)}}}\n}}\n'
    )
    write_whole(path, text.encode("ascii"))


def load_recorded(path: str | os.PathLike[str], treat_as_real: tuple[str, ...] = ()) -> Recorded:
    """Read a recording; raises DnsError naming the line where something is wrong."""
    text = _read(path)
    file = os.fspath(path)
    written = read_written(text)
    if written is not None:
        frame, answers = written
        content = _parse(frame, file, text)
        trials = _read_trials(content.get("canaries", []), file, text)
        return Recorded(answers, trials, treat_as_real, _describe(file, answers, answers.latest))
    content = _parse(text, file, text)
    rows = content["answers"].items()
    with without_collector():
        read = dict(_read_answer(key, row, file, text) for key, row in rows)
    trials = _read_trials(content.get("canaries", []), file, text)
    latest = max((one.at for one in read.values() if one.at), default=None)
    return Recorded(read, trials, treat_as_real, _describe(file, read, latest))


def _parse(part: str, file: str, text: str) -> dict[str, Any]:
    """Read JSON that is a recording; text: the whole file, by which lines are counted."""
    try:
        with without_collector():
            content = json.loads(part, object_pairs_hook=lambda pairs: _unique(pairs, file, text))
    except json.JSONDecodeError as error:
        raise _bad(file, f"is no JSON ({error.msg})", error.lineno) from error
    except RecursionError as error:
        raise _bad(file, "is nested too deeply", 1) from error
    if not isinstance(content, dict) or not isinstance(content.get("answers"), dict):
        raise _bad(file, 'is no recording of DNS answers: "answers" is missing', 1)
    if content.get("schema") != _SCHEMA:
        raise _bad(file, f'has another "schema" than {_SCHEMA}', _line_of(text, "schema"))
    return content


def _describe(file: str, answers: Sized, latest: datetime | None) -> dict[str, object]:
    described: dict[str, object] = {"source": file, "answers": len(answers)}
    return described | ({"recorded": latest.isoformat()} if latest else {})


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=False)


def _block(lines: str) -> str:
    return f"\n{lines}\n  " if lines else ""


def _show(one: Records) -> dict[str, object]:
    row: dict[str, object] = {"status": one.status.value}
    if one.texts:
        row["texts"] = list(one.texts)
    if one.ttl:
        row["ttl"] = one.ttl
    if one.why:
        row["why"] = one.why
    if one.at:
        row["at"] = _show_time(one.at)
    return row


def _show_time(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _show_trial(trial: Trial) -> dict[str, object]:
    statuses = {f"{name} {kind}": end.value for (name, kind), end in trial.statuses.items()}
    return {"at": _show_time(trial.at), "failed": trial.failed, "statuses": statuses}


def _read(path: str | os.PathLike[str]) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DnsError(
            f"the recorded DNS answers cannot be read ({error.strerror})",
            file=os.fspath(path),
            remedy="Name a file made by `listhygiene dns record`.",
        ) from error
    except UnicodeDecodeError as error:
        raise _bad(os.fspath(path), "is not UTF-8", 1) from error


def _unique(pairs: list[tuple[str, Any]], file: str, text: str) -> dict[str, Any]:
    """Refuse a key that stands twice: JSON would silently keep the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _bad(file, f"{twice!r} stands twice", _line_of(text, twice, last=True))
    return found


def _read_answer(key: str, row: Any, file: str, text: str) -> tuple[Question, Records]:
    name, _, kind = key.rpartition(" ")
    try:
        if not name or not isinstance(row, dict):
            raise ValueError('expected "NAME TYPE": {...}')
        texts = row.get("texts", [])
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            raise ValueError("texts must be a list of texts")
        status = Status(str(row.get("status")))
        if (status is Status.OK) != bool(texts):
            raise ValueError('"ok" needs texts, the others have none')
        _check_texts(kind, texts)
        at = _time(row["at"]) if "at" in row else None
        one = Records(status, tuple(texts), int(row.get("ttl", 0)), at, str(row.get("why", "")))
    except (ValueError, TypeError) as error:
        raise _bad(file, f"{key!r}: {error}", _line_of(text, key)) from error
    return (normalise(name), kind.upper()), one


def _time(text: str) -> datetime:
    """Read a time; one without a zone, which only a person writes, is taken for UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _check_texts(kind: str, texts: list[str]) -> None:
    if kind.upper() != "MX":
        return
    for one in texts:
        preference, _, host = one.partition(" ")
        if not (preference.isascii() and preference.isdigit() and host and " " not in host):
            raise ValueError(f'{one!r} is no MX record such as "10 mx.example.com"')


def _read_trials(rows: Any, file: str, text: str) -> list[Trial]:
    trials = []
    try:
        for row in rows:
            ends = {key.rpartition(" "): Status(end) for key, end in row["statuses"].items()}
            statuses = {(name, kind): end for (name, _, kind), end in ends.items()}
            trials.append(Trial(datetime.fromisoformat(row["at"]), str(row["failed"]), statuses))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _bad(
            file, f"the canaries cannot be read ({error})", _line_of(text, "canaries")
        ) from error
    return trials


def _line_of(text: str, key: str, *, last: bool = False) -> int:
    """Find the line of a key; a person edits lines, not keys."""
    mark = json.dumps(key)
    place = text.rfind(mark) if last else text.find(mark)
    return text.count("\n", 0, max(place, 0)) + 1


def _bad(file: str, problem: str, line: int) -> DnsError:
    return DnsError(problem, file=file, place=f"line {line}", remedy=_REMEDY)
