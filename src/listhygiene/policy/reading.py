"""Policies read from TOML, checked line by line."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_origin, get_type_hints

import pandas as pd

from ..model.errors import PolicyError, UsageError
from ..platforms import platform
from .amount import Amount
from .names import FORMS
from .nearest import nearest_code, nearest_key
from .schema import VERSION, Policy, RuleLine, RulesSection
from .strikes import KEY as STRIKES
from .strikes import read_strikes

FILE = "listhygiene.toml"
MOST, MOST_MONTHS = 1_000_000, 1200
"""No threshold is a larger number: infinity is none, and a thousand years ago no date."""
PYPROJECT = "pyproject.toml"


def load_policy(
    path: str | None = None,
    *,
    folder: str | Path = ".",
    changes: Mapping[str, tuple[Any, str]] | None = None,
    rules: Iterable[str] = (),
) -> Policy:
    """Read the policy of a run.

    path: a TOML file; else `listhygiene.toml`, else `[tool.listhygiene]` of `pyproject.toml`, in
        `folder`; else the defaults. changes: dotted key -> (value, origin), of the command line,
        which win. rules: the codes there are, to tell a wrong one.
    Raises PolicyError naming file, line, key and the nearest right word.
    """
    file, tables, text = _find(path, Path(folder))
    policy = Policy(folder=str(Path(file).parent) if file else "")
    lines = _Lines(text)
    flat = dict(_flatten(tables, file, lines))
    flat.update(changes or {})
    _check_version(flat)
    known = tuple(rules)
    for key, (value, origin) in flat.items():
        policy = _set(policy, key.split("."), value, origin, known)
    origins = {key: origin for key, (_, origin) in flat.items()}
    return _with_platform(dataclasses.replace(policy, origins=origins))


def _with_platform(policy: Policy) -> Policy:
    """Let the platform's published limits take the place of defaults; what was said stays."""
    if not policy.platform:
        return policy
    try:
        target = platform(policy.platform)
    except UsageError as error:
        error.file = policy.origins.get("platform")
        raise
    origin = f"platform {target.name}"
    origins = dict(policy.origins)
    gate, rules = policy.gate, policy.rules
    if target.limits.bounce is not None and "gate.bounce_floor" not in origins:
        gate = dataclasses.replace(gate, bounce_floor=Amount(share=target.limits.bounce))
        origins["gate.bounce_floor"] = origin
    if target.roles_refused and "A311" not in rules.lines:
        lines = {**rules.lines, "A311": RuleLine(severity="warning")}
        rules = dataclasses.replace(rules, lines=lines)
        origins["rules.A311"] = origin
    return dataclasses.replace(policy, gate=gate, rules=rules, origins=origins)


def _find(path: str | None, folder: Path) -> tuple[str, dict[str, Any], str]:
    if path is not None:
        text = _text(path)
        tables = _parse(path, text)
        if Path(path).name == PYPROJECT:
            tables = tables.get("tool", {}).get("listhygiene", {})
        return path, tables, text
    own = folder / FILE
    if own.is_file():
        text = _text(str(own))
        return str(own), _parse(str(own), text), text
    project = folder / PYPROJECT
    if project.is_file():
        text = _text(str(project))
        tables = _parse(str(project), text).get("tool", {}).get("listhygiene")
        if tables is not None:
            return str(project), tables, text
    return "", {}, ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PolicyError(
            f"the policy cannot be read ({error.strerror})",
            file=path,
            remedy="Name an existing file with --policy, or write one: listhygiene policy init.",
        ) from error
    except UnicodeDecodeError as error:
        raise PolicyError(
            "the policy is not UTF-8 text", file=path, remedy="Save it as UTF-8."
        ) from error


def _parse(path: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(
            f"not TOML: {error}",
            file=path,
            remedy="Correct that line; see listhygiene policy init.",
        ) from error


class _Lines:
    """Where a key stands in the text, which the TOML reader does not tell."""

    def __init__(self, text: str) -> None:
        self.places: dict[str, int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if head := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
                table = head[1].removeprefix("tool.listhygiene").strip(". ").replace('"', "")
                self.places.setdefault(table, number)
            elif key := re.match(r"\s*([\w.\"-]+)\s*=", line):
                name = key[1].replace('"', "")
                self.places.setdefault(f"{table}.{name}" if table else name, number)

    def of(self, key: str) -> int | None:
        while key:
            if key in self.places:
                return self.places[key]
            key = key.rpartition(".")[0]
        return None


def _flatten(
    tables: Mapping[str, Any], file: str, lines: _Lines, prefix: str = ""
) -> Iterable[tuple[str, tuple[Any, str]]]:
    for key, value in tables.items():
        full = f"{prefix}.{key}" if prefix else key
        line = lines.of(full)
        origin = f"{file}, line {line}" if line else file
        if full == STRIKES and isinstance(value, dict):
            _check_strikes(value, file, lines)
        if isinstance(value, dict) and prefix != "rules" and full != STRIKES:
            yield from _flatten(value, file, lines, full)
        else:
            yield full, (value, origin)


def _check_strikes(value: Mapping[str, Any], file: str, lines: _Lines) -> None:
    """Refuse an unknown cause with the line on which it stands; wrong counts are told later."""

    def place(cause: str) -> str:
        line = lines.of(f"{STRIKES}.{cause}")
        return f"{file}, line {line}" if line else file

    with contextlib.suppress(ValueError):
        read_strikes(value, place)


def _check_version(flat: Mapping[str, tuple[Any, str]]) -> None:
    value, origin = flat.get("version", (VERSION, ""))
    if isinstance(value, int) and value > VERSION:
        raise PolicyError(
            f"this policy is of version {value}, newer than this program reads ({VERSION})",
            file=origin,
            remedy="Install a newer listhygiene.",
        )


def _set(
    policy: Policy, path: list[str], value: Any, origin: str, rules: tuple[str, ...]
) -> Policy:
    """Return the policy with one dotted key set; PolicyError where key or value is wrong."""
    if path[0] == "rules" and len(path) == 2 and path[1] not in ("select", "ignore"):
        return _set_rule(policy, path[1], value, origin, rules)
    section: Any = policy if len(path) == 1 else getattr(policy, path[0], None)
    names = [one.name for one in dataclasses.fields(section)] if _is_section(section) else []
    hidden = {"origins", "folder", "lines"}
    if len(path) > 2 or path[-1] not in names or path[-1] in hidden:
        raise _unknown_key(".".join(path), origin)
    name = path[-1]
    kind = get_type_hints(type(section))[name]
    form = FORMS.get(".".join(path))
    try:
        table = get_origin(kind) is Mapping
        made: Any = read_strikes(value, lambda _: origin) if table else _convert(value, kind)
        if form is not None:
            made = tuple(form(one) for one in made)
        _check_choice(made, section, name)
        if name.endswith("months") and made > MOST_MONTHS:
            raise ValueError(f"{MOST_MONTHS} months at most")
    except ValueError as error:
        shown = "" if path[0] == "addresses" else f" = {value!r}"
        raise PolicyError(
            f"{'.'.join(path)}{shown} is not allowed", file=origin, remedy=f"Give {error}."
        ) from error
    if path[0] == "rules":
        _check_codes(made, origin, rules)
    changed = dataclasses.replace(section, **{name: made})
    return changed if len(path) == 1 else dataclasses.replace(policy, **{path[0]: changed})


def _check_choice(value: Any, section: Any, name: str) -> None:
    line = next(one for one in dataclasses.fields(section) if one.name == name)
    choices = line.metadata.get("choices", ())
    given = value if isinstance(value, tuple) else (value,)
    if choices and value and not set(given) <= set(choices):
        raise ValueError(" or ".join(f'"{one}"' for one in choices))


def _is_section(value: object) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, (type, Amount))


def _convert(value: Any, kind: Any) -> Any:
    """Turn a TOML value into a field's type; ValueError says what is allowed."""
    if kind is Amount:
        return Amount.parse(value)
    if get_origin(kind) is tuple:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, (list, tuple)) or not all(isinstance(one, str) for one in listed):
            raise ValueError('a list of texts, ["a", "b"]')
        return tuple(listed)
    if kind is bool and isinstance(value, bool):
        return value
    if kind in (int, float) and isinstance(value, (int, float)) and not isinstance(value, bool):
        if not 0 <= value <= MOST or (kind is int and value != int(value)):
            raise ValueError("a number, 0 or more")
        return kind(value)
    if kind is str and isinstance(value, str):
        return value
    if kind == pd.Timestamp | None:
        return _day(value)
    raise ValueError(
        {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "a text")
    )


def _day(value: Any) -> pd.Timestamp | None:
    if value in (None, ""):
        return None
    try:
        return pd.Timestamp(datetime.date.fromisoformat(str(value)))
    except (ValueError, OverflowError):
        raise ValueError('a day, "2026-11-23"') from None


def _set_rule(policy: Policy, code: str, value: Any, origin: str, rules: tuple[str, ...]) -> Policy:
    _check_codes((code,), origin, rules, whole=True)
    try:
        line = _rule_line(value)
    except ValueError as error:
        raise PolicyError(
            f"rules.{code} = {value!r} is not allowed", file=origin, remedy=f"Give {error}."
        ) from error
    lines = {**policy.rules.lines, code: line}
    section: RulesSection = dataclasses.replace(policy.rules, lines=lines)
    return dataclasses.replace(policy, rules=section)


def _rule_line(value: Any) -> RuleLine:
    severities = ("error", "warning", "info", "off")
    allowed = '"error", "warning", "info", "off", or {severity = "warning", max = "0.5%"}'
    if isinstance(value, RuleLine):
        return value
    if isinstance(value, str):
        value = {"severity": value}
    if not isinstance(value, dict) or set(value) - {"severity", "max"}:
        raise ValueError(allowed)
    if value.get("severity", "error") not in severities:
        raise ValueError(allowed)
    limit = Amount.parse(value["max"]) if "max" in value else None
    return RuleLine(severity=value.get("severity", ""), max=limit)


def _check_codes(
    codes: Iterable[str], origin: str, rules: tuple[str, ...], whole: bool = False
) -> None:
    for code in codes:
        found = code in rules if whole else any(one.startswith(code) for one in rules)
        if rules and not (found and code):
            near = nearest_code(code, rules)
            raise PolicyError(
                f"there is no rule {code!r}",
                file=origin,
                remedy=f"Did you mean {near}?" if near else "See listhygiene rules.",
            )


def _unknown_key(key: str, origin: str) -> PolicyError:
    hint = nearest_key(key, keys())
    return PolicyError(f"there is no policy key {key}", file=origin, remedy=hint)


def keys() -> list[str]:
    """List every dotted key that a policy may hold, in the order of the schema."""
    found = []
    for one in dataclasses.fields(Policy):
        if one.name in ("origins", "folder"):
            continue
        section = getattr(Policy(), one.name)
        if _is_section(section):
            found += [f"{one.name}.{line.name}" for line in dataclasses.fields(section)]
        else:
            found.append(one.name)
    return [key for key in found if key != "rules.lines"]
