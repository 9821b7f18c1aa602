"""Write the pages of the docs that the program itself knows: rules, policy and commands.

Run it after a change of any of them: python docs/make.py. A test says when a page is out of date.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from listhygiene.cli import options
from listhygiene.cli.main import commands
from listhygiene.policy import Policy, showing
from listhygiene.rules import catalogue

FOLDER = Path(__file__).parent

TABLES = {
    "headers": "H: headers",
    "texts": "T: texts of the e-mail columns",
    "addresses": "A: addresses",
    "domains": "D: domains",
    "contacts": "C: contacts (rows)",
    "senders": "S: senders",
}

SHARED: dict[str, Callable[..., Any]] = {
    "Policy": options.policy_options,
    "Sender": lambda function: options.from_option(options.sender_options(function)),
    "List": options.list_options,
    "DNS": options.dns_options,
    "Blocklist": options.blocklist_option,
    "Rules": options.rule_options,
    "Output": lambda function: options.show_addresses(options.progress_options(function)),
}
"""Options that several commands share, by what they are about."""


def rules_page() -> str:
    """Write the table of rules, and a section a rule."""
    lines = [
        "# Rules",
        "",
        "The letter of a code names what the rule looks at. `listhygiene rules CODE` shows the",
        "same page at the terminal, with `--lang ja` in Japanese.",
    ]
    for table, title in TABLES.items():
        found = [one for one in catalogue().values() if one.table == table]
        lines += [
            "",
            f"## {title}",
            "",
            "| code | name | severity | finding |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| [{one.code}](#{one.code.lower()}-{one.name}) | {one.name} | {one.severity} "
            f"| {_cell(one.message)} |"
            for one in found
        ]
        for one in found:
            lines += ["", f"### {one.code} {one.name}", "", f"**{one.message}**"]
            lines += ["", f"Why: {one.why}", "", f"Example: {_code(one.example)}"]
            lines += ["", f"Remedy: {one.remedy}"]
            if one.needs:
                lines += ["", f"Needs: {', '.join(one.needs)}"]
    return "\n".join(lines) + "\n"


def policy_page() -> str:
    """Write a table a section of the policy: key, default, meaning."""
    policy = Policy()
    lines = [
        "# The policy",
        "",
        "A policy is a TOML file: `--policy FILE`, else `listhygiene.toml` in the working folder,",
        "else the table `[tool.listhygiene]` of `pyproject.toml`. Options of the command line win",
        "over it, and a platform's published limits stand under it. `listhygiene policy init`",
        "writes a commented file, `listhygiene policy show` prints the effective values and where",
        "each comes from. An unknown key or value ends the run with exit code 2.",
        "",
        'An amount is a count (`0`), a share (`"0.5%"`) or `"off"`.',
    ]
    for name, keys in _sections(policy):
        lines += ["", f"## {f'[{name}]' if name else 'At the top'}", ""]
        lines += ["| key | default | meaning |", "|---|---|---|"]
        lines += keys
    lines += [
        "",
        "## A line a rule",
        "",
        "Under `[rules]` each rule may have a line of its own:",
        "",
        "```toml",
        "[rules]",
        'D411 = "off"                # do not ask it',
        'C532 = "error"              # weigh it as an error',
        'D401 = {max = "0.5%"}       # so many do not close the gate',
        'T204 = {severity = "error", max = 3}',
        "```",
    ]
    return "\n".join(lines) + "\n"


def _sections(policy: Policy) -> Iterator[tuple[str, list[str]]]:
    fields = dataclasses.fields(Policy)
    values = {key: value for key, value, _ in showing.show(policy)}
    yield "", [_policy_row(one, "", values) for one in fields if "help" in one.metadata]
    for one in fields:
        section = getattr(policy, one.name)
        if dataclasses.is_dataclass(section):
            rows = [line for line in dataclasses.fields(section) if line.name != "lines"]
            yield one.name, [_policy_row(line, f"{one.name}.", values) for line in rows]


def _policy_row(one: dataclasses.Field[Any], section: str, values: dict[str, str]) -> str:
    key = f"{section}{one.name}"
    return f"| `{key}` | `{values[key]}` | {_cell(one.metadata['help'])} |"


def commands_page() -> str:
    """Write a section a command with its own options, and the shared ones at the end."""
    shared = shared_options()
    lines = [
        "# Commands",
        "",
        "Options that several commands share are explained [at the end](#shared-options). Help",
        "texts of the command line are English; what a command says of lists is English or",
        "Japanese (`--lang`). For exit codes see [exit_codes.md](exit_codes.md).",
    ]
    for path, command in walk(commands):
        lines += ["", *_command(path, command, shared)]
    lines += ["", "## Shared options"]
    for title, found in shared.items():
        lines += ["", f"### {title}", "", *_option_table(found)]
    return "\n".join(lines) + "\n"


def walk(group: click.Group, above: str = "listhygiene") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name, a group before what is in it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield f"{above} {name}", command
            if isinstance(command, click.Group):
                yield from walk(command, f"{above} {name}")


def shared_options() -> dict[str, list[click.Option]]:
    """Return the options of each shared group, in their order."""
    made = {}
    for title, decorate in SHARED.items():

        def empty() -> None: ...

        decorate(empty)
        params: list[click.Option] = getattr(empty, "__click_params__", [])
        made[title] = params[::-1]
    return made


def _command(path: str, command: click.Command, shared: dict[str, list[click.Option]]) -> list[str]:
    level = "#" * len(path.split())
    context = click.Context(command, info_name=path)
    lines = [f"{level} {path.removeprefix('listhygiene ')}", ""]
    lines += ["```", command.get_usage(context).removeprefix("Usage: ").strip(), "```", ""]
    lines += [" ".join(part.split()) + "\n" for part in (command.help or "").split("\n\n")]
    lines = [*lines[:-1], lines[-1].rstrip()]
    known = {(tuple(one.opts), one.help) for found in shared.values() for one in found}
    given = [one for one in command.params if isinstance(one, click.Option)]
    own = [one for one in given if (tuple(one.opts), one.help) not in known]
    if own:
        lines += ["", *_option_table(own)]
    for title, found in shared.items():
        names = {tuple(one.opts) for one in given if one not in own}
        here = [f"`{_longest(one)}`" for one in found if tuple(one.opts) in names]
        if here:
            lines += ["", f"Shared, {title.lower()}: {', '.join(here)}."]
    return lines


def _longest(option: click.Option) -> str:
    return max(option.opts, key=len)


def _option_table(found: list[click.Option]) -> list[str]:
    rows = ["| option | meaning |", "|---|---|"]
    for one in found:
        names = ", ".join(f"`{name}`" for name in sorted(one.opts, key=len))
        rows.append(f"| {names}{_value(one)} | {_cell(_meaning(one))} |")
    return rows


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return " " + " \\| ".join(f"`{one}`" for one in option.type.choices)
    return f" {option.metavar or option.type.name.upper().removesuffix(' RANGE')}"


def _meaning(option: click.Option) -> str:
    parts = [option.help or ""]
    if option.required:
        parts.append("Required.")
    if option.multiple and "repeatable" not in parts[0]:
        parts.append("Repeatable.")
    if isinstance(option.type, click.Choice) and isinstance(option.default, str):
        parts.append(f"Default: `{option.default}`.")
    return " ".join(part for part in parts if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    """Set a text as code, whatever back-quotes it holds."""
    marks = "``" if "`" in text else "`"
    return f"{marks}{text}{marks}"


PAGES = {"rules.md": rules_page, "policy.md": policy_page, "commands.md": commands_page}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
