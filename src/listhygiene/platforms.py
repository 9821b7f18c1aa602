"""Platforms: what each sending platform publishes of its limits, ranges, keys and import format."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from .headers import normalise, standard_name
from .model.errors import UsageError
from .model.rule import Severity

if TYPE_CHECKING:
    import pandas as pd

    from .model.listing import Listing

DATE_FORMATS = {"ymd": "yyyy-MM-dd", "mdy": "MM/dd/yyyy", "dmy": "dd/MM/yyyy"}
"""How people call the orders of a date."""


@dataclass(frozen=True)
class Limits:
    """Shares of a sending (0..1) from which a platform reviews or stops an account; None = none
    published."""

    bounce_review: float | None = None
    bounce_pause: float | None = None
    complaint_review: float | None = None
    complaint_pause: float | None = None

    @property
    def bounce(self) -> float | None:
        """The lowest share of bounces that has consequences."""
        return min((one for one in (self.bounce_review, self.bounce_pause) if one), default=None)


@dataclass(frozen=True)
class Platform:
    """What one platform publishes; an empty value means that it publishes nothing.

    name: "zoho-crm-jp". region: "jp", '' where none was named. ranges: the networks that it sends
        from, of the region. regions: all of them by region. dkim_selectors: that it publishes.
    headers: language -> role -> the header that its import expects. rules: the facts of its import
        (`formats`, `encodings`, `rows`, ...), as in data/platforms. sources: fact -> where it is
        from and when that was looked up. notes: fact -> what else there is to say of it.
    """

    name: str
    title: str
    region: str = ""
    limits: Limits = field(default_factory=Limits)
    ranges: tuple[str, ...] = ()
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dkim_selectors: tuple[str, ...] = ()
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def roles_refused(self) -> bool:
        """Its import drops role addresses (info@, sales@)."""
        return bool(self.rules.get("roles_refused", False))

    def row_limit(self, format: str) -> int | None:  # noqa: A002 - the field of Listing
        """Return how many contacts a file of a format ("csv", "xlsx") may hold; None = no limit."""
        book = None if format == "csv" else self.rules.get("rows_workbook")
        rows: int | None = book or self.rules.get("rows")
        return rows


@dataclass(frozen=True)
class ImportProblem:
    """What an import would refuse, skip or change.

    template: an English sentence with {placeholders}; values: what stands for them.
    column: position, -1 = the list as a whole. fact, source: which published fact, and where from.
    """

    severity: Severity
    template: str
    values: Mapping[str, object]
    fact: str
    column: int = -1
    source: str = ""

    def __str__(self) -> str:
        return self.template.format(**self.values)


def names() -> tuple[str, ...]:
    """Return the names of all platforms, those with a region too, sorted."""
    return tuple(sorted(_index()))


@cache
def platform(name: str) -> Platform:
    """Return what is published of a platform; raises UsageError with the nearest right name.

    Other names count as well ("zoho", "pardot"). Without a region `ranges` is empty where the
    platform has several regions: which one sends is not known.
    """
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    found = _index().get(wanted)
    if found is None:
        near = difflib.get_close_matches(wanted, [*_index(), *_others()], n=1, cutoff=0.5)
        known = _others().get(wanted)
        if known is not None:
            return platform(known)
        raise UsageError(
            f"there is no platform {name!r}",
            remedy=f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(names())}.",
        )
    file, region = found
    return _made(wanted, file, region)


def rename_plan(headers: pd.DataFrame, target: Platform) -> dict[int, str]:
    """Return the new header of each column whose role the platform's import calls otherwise.

    headers: the headers table. Only the first column of a role is renamed, so that no two columns
    come to share a header; a header that the platform takes in another language stays as it is.
    """
    expected = _expected(headers, target)
    taken: set[str] = set()
    plan: dict[int, str] = {}
    for place, header, role in zip(headers.index, headers["header"], headers["role"], strict=True):
        if role not in expected or role in taken:
            continue
        taken.add(role)
        accepted = {normalise(one[role]) for one in target.headers.values() if role in one}
        if normalise(header) not in accepted:
            plan[int(place)] = expected[role]
    others = {normalise(one) for at, one in headers["header"].items() if at not in plan}
    return {at: new for at, new in plan.items() if normalise(new) not in others}


def import_check(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None = None
) -> list[ImportProblem]:
    """Say what the platform's import would refuse, skip or change of this list, worst first.

    headers: the headers table of the list. size: bytes of the file, where known.
    """
    from .import_rules import RULES

    found = [problem for judge in RULES for problem in judge(headers, listing, target, size)]
    return sorted(found, key=lambda one: (list(Severity).index(one.severity), one.column))


def _expected(headers: pd.DataFrame, target: Platform) -> Mapping[str, str]:
    """Choose the platform's headers in the language of the list's own."""
    japanese = any(re.search(r"[ぁ-んァ-ヶ一-龥]", one) for one in headers["header"])
    preferred = ("ja", "en") if japanese else ("en", "ja")
    return next((target.headers[lang] for lang in preferred if lang in target.headers), {})


def role_name(role: str, target: Platform) -> str:
    """Name a role in a message: as the platform calls it, else as we do."""
    named = next((one[role] for one in target.headers.values() if role in one), "")
    return named or standard_name(role) or role


@cache
def _documents() -> Mapping[str, Mapping[str, Any]]:
    folder = resources.files("listhygiene") / "data" / "platforms"
    return {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }


@cache
def _index() -> Mapping[str, tuple[str, str]]:
    """Name -> the file that tells of it, and the region it names."""
    found = {}
    for name, document in _documents().items():
        found[name] = (name, "")
        for region in document.get("regions", {}):
            found[f"{name}-{region}"] = (name, region)
    return found


@cache
def _others() -> Mapping[str, str]:
    """Other name -> name, with the regions."""
    found = {}
    for name, document in _documents().items():
        for other in document.get("also", ()):
            found[other] = name
            for region in document.get("regions", {}):
                found[f"{other}-{region}"] = f"{name}-{region}"
    return found


def _made(name: str, file: str, region: str) -> Platform:
    document = _documents()[file]
    regions = {key: tuple(one["is"]) for key, one in document.get("regions", {}).items()}
    selectors = document.get("dkim", {}).get("selectors", {}).get("is", ())
    facts = dict(_facts(document))
    return Platform(
        name=name,
        title=document["title"],
        region=region,
        limits=Limits(**{key: one["is"] for key, one in document.get("limits", {}).items()}),
        ranges=regions.get(region, next(iter(regions.values())) if len(regions) == 1 else ()),
        regions=regions,
        dkim_selectors=tuple(selectors),
        headers=document.get("headers", {}),
        rules={key: one["is"] for key, one in document.get("import", {}).items()},
        sources={key: _source(document, one["source"]) for key, one in facts.items()},
        notes={key: one["note"] for key, one in facts.items() if "note" in one},
    )


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for table in ("limits", "import"):
        yield from document.get(table, {}).items()
    if "dkim" in document:
        yield "dkim_selectors", document["dkim"]["selectors"]
    for region, one in document.get("regions", {}).items():
        yield f"ranges_{region}", one


def _source(document: Mapping[str, Any], key: str) -> str:
    source = document["sources"][key]
    return f"{source['page']}, {source['seen']}"
