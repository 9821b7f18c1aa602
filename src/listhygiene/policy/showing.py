"""The effective policy as people read it, and a commented one to start from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from .amount import Amount
from .reading import keys
from .schema import Policy, RuleLine


def value_of(policy: Policy, key: str) -> Any:
    """Return the value of a dotted key as plain TOML or JSON knows it."""
    part: Any = policy
    for name in key.split("."):
        part = getattr(part, name)
    return _plain(part)


def _plain(value: Any) -> Any:
    if isinstance(value, Amount):
        return value.count if value.count is not None else str(value)
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, RuleLine):
        line = {"severity": value.severity, "max": _plain(value.max)}
        return {name: one for name, one in line.items() if one not in ("", None)}
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return "" if value is None else value


def effective(policy: Policy) -> dict[str, Any]:
    """Return every key and its value, dotted; rule lines as rules.CODE."""
    shown = {key: value_of(policy, key) for key in keys()}
    lines = {f"rules.{code}": _plain(line) for code, line in policy.rules.lines.items()}
    return {**shown, **lines}


def show(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Yield key, value (as TOML) and origin of every line of the policy."""
    for key, value in effective(policy).items():
        yield key, _toml(value), policy.origins.get(key, "default")


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def commented(policy: Policy | None = None) -> str:
    """Write a policy file that holds every default, each line with what it means."""
    policy = policy or Policy()
    lines = ["# The policy of listhygiene; every line shows its default.", ""]
    for one in dataclasses.fields(Policy):
        if "help" in one.metadata:
            value = value_of(policy, one.name)
            mark = "" if one.name == "version" else "# "
            lines += [f"# {one.metadata['help']}", f"{mark}{one.name} = {_toml(value)}"]
    for one in dataclasses.fields(Policy):
        section = getattr(policy, one.name)
        if not dataclasses.is_dataclass(section):
            continue
        lines += ["", f"[{one.name}]"]
        for line in dataclasses.fields(section):
            if line.name == "lines":
                lines += ["# a line a rule:", '# D411 = "off"', '# D401 = {max = "0.5%"}']
                continue
            value = value_of(policy, f"{one.name}.{line.name}")
            lines += [f"# {line.metadata['help']}", f"# {line.name} = {_toml(value)}"]
    return "\n".join(lines) + "\n"
