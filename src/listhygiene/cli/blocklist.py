"""`listhygiene blocklist`: the memory of bounces in a person's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..model.errors import UsageError
from . import options
from .tables import FORMATS, write_table

if TYPE_CHECKING:
    import pandas as pd


def _shared(function: Any) -> Any:
    return options.policy_options(options.blocklist_option(function))


def _filters(function: Any) -> Any:
    kinds = ["temporary", "permanent", "both"]
    for one in reversed(
        (
            click.option("--type", "kind", type=click.Choice(kinds), default="both"),
            click.option("--cause", multiple=True, help="Code or name of a cause (repeatable)."),
            click.option("--since", metavar="DATE", help="Blocked on this day or later."),
            click.option("--until", metavar="DATE", help="Blocked before this day."),
            click.option("--campaign", default="", help="Bounced in this campaign."),
            click.option("--in", "within", metavar="LIST", help="Only addresses of this list."),
            click.option(
                "--column",
                type=click.Choice(["primary", "secondary", "both"]),
                default="both",
                help="Which e-mail column of LIST.",
            ),
            click.option("--due", is_flag=True, help="Only those due for examination."),
        )
    ):
        function = one(function)
    return function


@click.group("blocklist")
def command() -> None:
    """The blocklist: what bounced, complained, unsubscribed, and what was decided about it."""


@command.command("list")
@_filters
@click.option("--format", "form", type=click.Choice(FORMATS), default="table")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@options.list_options
@options.show_addresses
@_shared
def list_(form: str, out: str | None, **given: Any) -> None:
    """List the blocks that stand: by type, cause, period, campaign, or those of a list."""
    policy = options.make_policy(given)
    from ..blocks import open_blocks, title

    with open_blocks(policy, write=False) as blocks:
        found = blocks.list_blocks(_chosen(given, policy))
    found = found.assign(title=found["cause"].map(lambda code: title(code, policy.lang)))
    columns = ["address", "type", "cause", "title", "since", "strikes", "source", "campaign"]
    columns += [name for name in ("due", "allowed", "diagnostic", "match") if name in found]
    write_table(_masked(found[columns], form, out, given), form, out)


def _masked(found: pd.DataFrame, form: str, out: str | None, given: dict[str, Any]) -> pd.DataFrame:
    """Mask addresses on the screen; a file, and a machine's format, gets them whole."""
    if form != "table" or out is not None or given.get("show_addresses"):
        return found
    from ..address.mask import mask

    return found.assign(address=found["address"].map(mask)).drop(columns="diagnostic")


def _chosen(given: dict[str, Any], policy: Any) -> Any:
    import pandas as pd

    from ..blocklist import BlockFilter
    from ..blocks import addresses_of, cause_titles

    titles = cause_titles()
    causes = []
    for one in given["cause"]:
        code = one.upper() if one.upper() in titles.values() else titles.get(one, "")
        if not code:
            names = ", ".join(sorted({name for name in titles if name.isascii() and "-" in name}))
            raise UsageError(f"there is no cause {one!r}", remedy=f"There are {names}.")
        causes.append(code)

    def day(text: str | None) -> Any:
        if not text:
            return None
        try:
            return pd.Timestamp(text, tz="UTC").to_pydatetime()
        except ValueError:
            raise UsageError(f"{text!r} is no day", remedy="Write it as 2026-11-23.") from None

    return BlockFilter(
        kind="" if given["kind"] == "both" else given["kind"],
        causes=tuple(causes),
        since=day(given["since"]),
        until=day(given["until"]),
        campaign=given["campaign"],
        within=addresses_of(given["within"], policy, given["column"]) if given["within"] else None,
        due=given["due"],
    )


@command.command("show")
@click.argument("address")
@options.sender_options
@_shared
def show(address: str, **given: Any) -> None:
    """Show all that is known of an address: state, words of the server, remedy, history."""
    policy = options.make_policy(given)
    from ..blocklist import BlockFilter
    from ..blocks import open_blocks, remedy, title, way_out
    from ..wording import speaker

    say = speaker(policy.lang)
    import pandas as pd

    with open_blocks(policy, write=False) as blocks:
        history = blocks.show(address)
        asked = pd.Series([address.strip()], dtype="str")
        state = blocks.list_blocks(BlockFilter(within=asked, consent=True))
    if not len(history):
        click.echo(say("The blocklist does not know this address."))
        return
    for row in state.to_dict("records"):
        click.echo(f"{say('type')}: {say(str(row['type'])) or '-'}")
        if row["cause"]:
            click.echo(f"{say('cause')}: {row['cause']} {title(str(row['cause']), policy.lang)}")
        for name in ("since", "strikes", "source", "diagnostic", "examined", "unblocks"):
            if not pd.isna(row[name]) and row[name] != "":
                click.echo(f"{say(name)}: {row[name]}")
        for name in ("complained", "unsubscribed", "allowed"):
            if not pd.isna(row[name]) and row[name] != "":
                click.echo(f"{say(name)}: {row[name]}")
        if row["cause"]:
            click.echo(f"{say('Remedy')}: {remedy(str(row['cause']), policy)}")
        click.echo(
            f"{say('What would lift it')}: {say(way_out({str(name): one for name, one in row.items()}))}"
        )
    columns = ["at", "kind", "type", "cause", "status", "reply", "source", "reason", "by"]
    write_table(history[columns], "table", None, say("history"))


@command.command("block")
@click.argument("addresses", nargs=-1)
@click.option("--from-file", metavar="LIST", help="The addresses of this list.")
@click.option("--type", "kind", type=click.Choice(["temporary", "permanent"]), default="permanent")
@click.option("--cause", default="", help="Code or name of the cause.")
@click.option("--reason", required=True, help="Why.")
@click.option("--by", default="", help="Who decides; your user name otherwise.")
@options.list_options
@_shared
def block(addresses: tuple[str, ...], from_file: str | None, **given: Any) -> None:
    """Block addresses by hand."""
    policy = options.make_policy(given)
    from ..blocks import cause_titles, open_blocks
    from ..model.bounce import Type

    cause = given["cause"]
    code = cause.upper() if len(cause) == 2 else cause_titles().get(cause, "")
    if cause and code not in cause_titles().values():
        raise UsageError(f"there is no cause {cause!r}", remedy="Give a code such as P3.")
    chosen = _addresses(addresses, from_file, None, policy, given)
    with open_blocks(policy, write=True) as blocks:
        added = blocks.block(
            chosen, Type(given["kind"]), cause=code, reason=given["reason"], by=_by(given)
        )
    click.echo(f"{added.new} addresses blocked.", err=True)


@command.command("unblock")
@click.argument("addresses", nargs=-1)
@click.option("--from-file", metavar="LIST", help="The addresses of this list.")
@click.option("--filter", "by_filter", is_flag=True, help="All blocks under the filters below.")
@click.option("--confirm-resolved", metavar="WHY", help="How the cause was resolved.")
@click.option("--by", default="", help="Who decides; your user name otherwise.")
@_filters
@options.list_options
@_shared
def unblock(
    addresses: tuple[str, ...],
    from_file: str | None,
    by_filter: bool,
    confirm_resolved: str | None,
    **given: Any,
) -> None:
    """Lift temporary blocks whose cause is resolved; permanent ones are refused."""
    policy = options.make_policy(given)
    from ..blocks import open_blocks

    with open_blocks(policy, write=True) as blocks:
        chosen = None
        if by_filter:
            filtered = blocks.list_blocks(_chosen({**given, "kind": "temporary"}, policy))
            chosen = filtered["address"][(filtered["address"] != "").to_numpy()]
        wanted = _addresses(addresses, from_file, chosen, policy, given)
        if confirm_resolved is None:
            click.confirm(
                f"Is the cause of {len(wanted)} block(s) resolved? Mail to an address that still "
                "bounces harms your reputation.",
                abort=True,
                err=True,
            )
            confirm_resolved = click.prompt("How was it resolved", err=True)
        outcome = blocks.unblock(wanted, reason=str(confirm_resolved), by=_by(given))
    for why, number in outcome["why"].value_counts().items():
        click.echo(f"{number}: {why}", err=True)


@command.command("allow")
@click.argument("addresses", nargs=-1)
@click.option("--from-file", metavar="LIST", help="The addresses of this list.")
@click.option("--reason", required=True, help="Why mail will arrive again.")
@click.option("--by", required=True, help="Who answers for it.")
@options.list_options
@_shared
def allow(addresses: tuple[str, ...], from_file: str | None, reason: str, **given: Any) -> None:
    """Override a permanent block; shown wherever the address appears."""
    policy = options.make_policy(given)
    from ..blocks import open_blocks

    chosen = _addresses(addresses, from_file, None, policy, given)
    with open_blocks(policy, write=True) as blocks:
        added = blocks.allow(chosen, reason=reason, by=given["by"])
    click.echo(f"{added.new} addresses allowed.", err=True)


def _addresses(
    addresses: tuple[str, ...],
    from_file: str | None,
    chosen: pd.Series | None,
    policy: Any,
    given: dict[str, Any],
) -> pd.Series:
    import pandas as pd

    from ..blocks import addresses_of

    parts = [pd.Series(list(addresses), dtype="str")]
    if from_file:
        parts.append(addresses_of(from_file, policy, given.get("column", "both")))
    if chosen is not None:
        parts.append(chosen)
    whole = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
    if not len(whole):
        raise UsageError("there is no address", remedy="Give addresses, or --from-file LIST.")
    return whole


def _by(given: dict[str, Any]) -> str:
    import getpass

    return given.get("by") or getpass.getuser()


@command.command("recheck")
@click.option("--all", "every", is_flag=True, help="Every block, not only those due.")
@click.option("--dry-run", is_flag=True, help="Lift nothing, only say what would be.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@options.from_option
@options.sender_options
@options.dns_options
@options.show_addresses
@_shared
def recheck(every: bool, dry_run: bool, form: str, out: str | None, **given: Any) -> int:
    """Examine the blocks that are due (every six months), and lift what is resolved."""
    policy = options.make_policy(given)
    from ..blocks import recheck as examine_due
    from ..wording import speaker

    say = speaker(policy.lang)
    result = examine_due(policy, every=every, dry_run=dry_run)
    found = result.blocks
    if result.refused:
        click.echo(say(result.refused), err=True)
    for outcome, number in found["outcome"].value_counts().items():
        click.echo(f"{say(str(outcome))}: {number}", err=True)
    shown = found.assign(why=found["why"].map(say), diagnostic="")
    write_table(_masked(shown, form, out, given), form, out)
    return 3 if result.refused else 0


@command.command("import")
@click.argument("path", metavar="LIST")
@click.option("--by", default="", help="Who decides; your user name otherwise.")
@options.list_options
@_shared
def import_(path: str, **given: Any) -> None:
    """Enter a list of blocks (CSV, XLSX, JSON lines; addresses or their SHA-256)."""
    policy = options.make_policy(given)
    from ..blocks import cause_titles, open_blocks, read_block_table

    listing = read_block_table(path, policy)
    with open_blocks(policy, write=True) as blocks:
        added, unread = blocks.import_table(listing, causes=cause_titles(), by=_by(given))
    click.echo(f"{added.new} entries added, {added.known} were known.", err=True)
    for name, number in unread.items():
        click.echo(f"{number} words of the column {name} were not understood.", err=True)


@command.command("export")
@click.option("--hashes", is_flag=True, help="SHA-256 of the addresses instead of addresses.")
@click.option("--format", "form", type=click.Choice(FORMATS[1:]), default="csv")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@_filters
@options.list_options
@_shared
def export(hashes: bool, form: str, out: str | None, **given: Any) -> None:
    """Write the blocklist as a list that `import` and `check --blocklist` read."""
    policy = options.make_policy(given)
    from dataclasses import replace

    from ..blocks import open_blocks

    with open_blocks(policy, write=False) as blocks:
        whole = given["kind"] == "both" and not given["cause"]
        found = blocks.export(replace(_chosen(given, policy), consent=whole), hashes=hashes)
    write_table(found, form, out)


@command.command("undecided")
@click.argument("number", type=int, required=False)
@click.option("--settle", metavar="WHY", help="Say that a person has seen to it.")
@click.option("--by", default="", help="Who decides; your user name otherwise.")
@_shared
def undecided(number: int | None, settle: str | None, **given: Any) -> None:
    """List the messages that no rule could decide; show or settle one."""
    policy = options.make_policy(given)
    from ..blocks import open_blocks

    with open_blocks(policy, write=settle is not None) as blocks:
        if number is None:
            write_table(blocks.undecided(), "table", None)
        elif settle is None:
            click.echo(blocks.undecided_message(number))
        elif blocks.settle(number, reason=settle, by=_by(given)):
            click.echo("Settled.", err=True)
        else:
            raise UsageError(f"message {number} does not wait", remedy="List them first.")
