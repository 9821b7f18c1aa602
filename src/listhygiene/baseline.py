"""Baselines: the findings that were accepted, kept so that nobody can read whose they are."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .model.errors import UsageError
from .model.rule import Severity

SCHEMA = 1
"""The newest form of the file that this program reads."""

KEY_VARIABLE = "LISTHYGIENE_KEY"
SHORTEST_KEY = 16
SAMPLE = 64
"""Addresses whose marks tell a list from another one: those with the smallest marks."""

Marks = Mapping[str, Mapping[str, str]]
"""Rule code -> mark of (subject, rule) -> severity."""

RANK = {str(one): place for place, one in enumerate(reversed(Severity))}


@dataclass(frozen=True)
class AcceptedList:
    """What is accepted of one list.

    header: the mark of its header. sample: the smallest marks of its addresses.
    """

    header: str
    sample: tuple[str, ...]
    accepted: Marks


@dataclass(frozen=True)
class Baseline:
    """An accepted state; `senders` holds the accepted findings on From addresses."""

    key: str
    lists: tuple[AcceptedList, ...] = ()
    senders: Marks = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many findings are accepted."""
        return sum(len(found) for one in self.parts() for found in one.values())

    def parts(self) -> list[Marks]:
        return [*(one.accepted for one in self.lists), self.senders]


@dataclass(frozen=True)
class Key:
    """The secret that makes marks; place: where it was found. made: it is a new one."""

    secret: bytes = field(repr=False)
    place: str
    made: bool = False

    def mark(self, *parts: str) -> str:
        """Return the HMAC-SHA-256 (RFC 2104) of texts: without the key nobody can guess them."""
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self.secret, text, hashlib.sha256).hex()

    @property
    def check(self) -> str:
        """Return what tells this key from another one."""
        return self.mark("listhygiene", "baseline")


def key_file() -> Path:
    """Return the place of the user's own key, outside any repository."""
    import platformdirs

    return Path(platformdirs.user_config_dir("listhygiene", appauthor=False)) / "key"


def load_key(make: bool = False) -> Key:
    """Take the key from the environment, else from the user's key file.

    make: write a new key file (mode 0600) where there is neither. Raises UsageError.
    """
    given = os.environ.get(KEY_VARIABLE, "").strip()
    place = key_file()
    if given:
        return Key(_long_enough(given, KEY_VARIABLE), KEY_VARIABLE)
    try:
        return Key(_long_enough(place.read_text("utf-8").strip(), str(place)), str(place))
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "the key of the baseline cannot be read", file=str(place), remedy=_GIVE
        ) from error
    if not make:
        raise UsageError(
            f"there is no key for the baseline: neither {KEY_VARIABLE} nor {place}", remedy=_GIVE
        )
    return Key(_make_key(place), str(place), made=True)


_GIVE = f"Set {KEY_VARIABLE} to the key with which the baseline was written."


def _long_enough(text: str, place: str) -> bytes:
    if len(text) < SHORTEST_KEY:
        raise UsageError(
            f"the key in {place} is shorter than {SHORTEST_KEY} characters",
            remedy="Use a random one, for example 64 hexadecimal digits.",
        )
    return text.encode("utf-8", "surrogateescape")


def _make_key(place: Path) -> bytes:
    text = secrets.token_hex(32)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
    except OSError as error:
        raise UsageError(
            f"no key can be written there ({error.strerror})",
            file=str(place),
            remedy=f"Set {KEY_VARIABLE} to a random text instead.",
        ) from error
    return text.encode("utf-8")


def read_baseline(path: str, key: Key) -> Baseline:
    """Read a baseline; UsageError where it is none, of a newer version, or of another key."""
    try:
        content = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"the baseline cannot be read ({error.strerror})",
            file=path,
            remedy="Write one: listhygiene check LIST --write-baseline FILE.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise _no_baseline(path) from error
    schema = content.get("schema") if isinstance(content, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise UsageError(
            f"this baseline is of version {schema}, newer than this program reads ({SCHEMA})",
            file=path,
            remedy="Install a newer listhygiene.",
        )
    try:
        made = _baseline(content)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _no_baseline(path) from error
    if not hmac.compare_digest(made.key.encode(), key.check.encode()):
        raise UsageError(
            f"the baseline was written with another key than the one in {key.place}",
            file=path,
            remedy=_GIVE,
        )
    return made


def _no_baseline(path: str) -> UsageError:
    return UsageError(
        "this is no baseline",
        file=path,
        remedy="Name the file that --write-baseline wrote.",
    )


def _baseline(content: Mapping[str, Any]) -> Baseline:
    lists = tuple(
        AcceptedList(str(one["header"]), tuple(map(str, one["sample"])), _marks(one["accepted"]))
        for one in content["lists"]
    )
    return Baseline(str(content["key"]), lists, _marks(content["senders"]))


def _marks(tables: Mapping[str, Mapping[str, list[str]]]) -> Marks:
    """Read rule -> severity -> marks."""
    found: dict[str, dict[str, str]] = {}
    for code, by_severity in tables.items():
        for severity, marks in by_severity.items():
            if severity not in RANK:
                raise ValueError(severity)
            found.setdefault(code, {}).update(dict.fromkeys(map(str, marks), severity))
    return found


def write_baseline(path: str, baseline: Baseline, version: str) -> None:
    """Write a baseline: sorted, one mark a line, so that only real changes show in a diff."""
    from .files import write_whole

    content = {
        "schema": SCHEMA,
        "version": version,
        "key": baseline.key,
        "lists": [
            {"header": one.header, "sample": list(one.sample), "accepted": _tables(one.accepted)}
            for one in baseline.lists
        ],
        "senders": _tables(baseline.senders),
    }
    write_whole(path, (json.dumps(content, indent=1) + "\n").encode("ascii"))


def _tables(marks: Marks) -> dict[str, dict[str, list[str]]]:
    made: dict[str, dict[str, list[str]]] = {}
    for code in sorted(marks):
        for mark, severity in sorted(marks[code].items()):
            made.setdefault(code, {}).setdefault(severity, []).append(mark)
    return made


def accepts(marks: Marks, code: str, mark: str, severity: str) -> bool:
    """Tell whether a finding is accepted: never a heavier one than was accepted."""
    accepted = marks.get(code, {}).get(mark)
    return accepted is not None and RANK[severity] <= RANK[accepted]


def without(marks: Marks, gone: Iterable[tuple[str, str]]) -> Marks:
    """Return the marks without some of them."""
    out = set(gone)
    kept = {
        code: {mark: severity for mark, severity in found.items() if (code, mark) not in out}
        for code, found in marks.items()
    }
    return {code: found for code, found in kept.items() if found}
