"""`listhygiene rules`: the catalogue, or one rule's page."""

from __future__ import annotations

from typing import Any

import click

from ..model.errors import UsageError
from ..policy.nearest import nearest_code


@click.command("rules")
@click.argument("code", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--lang", type=click.Choice(["en", "ja"]), help="Language; the locale's else.")
def command(code: str | None, form: str, lang: str | None) -> None:
    """List the rules, or explain one (by code or name)."""
    from ..rules import catalogue
    from ..wording import default_language, speaker

    say = speaker(lang or default_language())
    rules = list(catalogue().values())
    if code:
        names = {one.code: one for one in rules} | {one.name: one for one in rules}
        key = code.upper() if code.upper() in names else code.lower()
        if key not in names:
            near = nearest_code(key, names)
            hint = f"Did you mean {near}?" if near else "See listhygiene rules."
            raise UsageError(f"there is no rule {code!r}", remedy=hint)
        rules = [names[key]]
    click.echo(_written(rules, form, say, whole=bool(code)))


def _written(rules: list[Any], form: str, say: Any, whole: bool) -> str:
    if form == "json":
        import json

        return json.dumps([_page(one, say) for one in rules], ensure_ascii=False, indent=1)
    if form == "markdown":
        rows = [
            f"| {one.code} | {one.name} | {one.severity} | {say(one.message)} |" for one in rules
        ]
        return "\n".join(["| code | name | severity | finding |", "|---|---|---|---|", *rows])
    if not whole:
        return "\n".join(
            f"{one.code}  {one.severity:<8} {one.name:<26} {say(one.message)}" for one in rules
        )
    page = _page(rules[0], say)
    head = f"{page['code']} {page['name']} ({say(page['severity'])})"
    parts = [head, page["message"], ""]
    parts += [
        f"{say(label.capitalize())}: {page[label]}"
        for label in ("why", "example", "remedy")
        if page[label]
    ]
    if page["needs"]:
        parts.append(f"{say('Needs')}: {', '.join(page['needs'])}")
    return "\n".join(parts)


def _page(one: Any, say: Any) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "severity": str(one.severity),
        "table": one.table,
        "needs": list(one.needs),
        "message": say(one.message),
        "why": say(one.why),
        "example": one.example,
        "remedy": say(one.remedy),
    }
