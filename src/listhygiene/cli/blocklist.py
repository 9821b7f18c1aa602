"""`listhygiene blocklist`: the memory of bounces in a person's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..model.errors import BlocklistError, UsageError
from ..model.quantity import quantity
from . import options
from .choosing import (
    ask_resolved,
    chosen_addresses,
    chosen_cause,
    chosen_filter,
    decided_by,
    filtered_addresses,
    filters,
    masked,
    require_one_way,
    tell_lifted,
)
from .output import tell_aside
from .tables import FORMATS, write_table

if TYPE_CHECKING:
    pass


def _shared(function: Any) -> Any:
    return options.policy_options(options.blocklist_option(function))


@click.group("blocklist")
def command() -> None:
    """The blocklist: what bounced, complained, unsubscribed, and what was decided about it."""


@command.command("list")
@filters
@click.option("--format", "form", type=click.Choice(FORMATS), default="table")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@click.option("--consent", is_flag=True, help="Also who complained or unsubscribed.")
@options.list_options
@options.show_addresses
@_shared
def list_(form: str, out: str | None, consent: bool, **given: Any) -> None:
    """List the blocks that stand, and who allowed which: all, or those under the filters.

    --cause spam also names those who complained, --consent those who unsubscribed too.
    """
    policy = options.make_policy(given)
    from ..blocks import open_blocks, title, with_consent

    with open_blocks(policy, write=False) as blocks:
        found = blocks.list_blocks(chosen_filter(given, policy, consent=True))
    wanted = consent or bool(given["cause"])
    found = with_consent(found if wanted else found[found["type"].ne("").to_numpy()])
    found = found.assign(title=found["cause"].map(lambda code: title(code, policy.lang)))
    columns = ["address", "type", "cause", "title", "since", "strikes", "source", "campaign"]
    columns += ["due", "allowed", "complained", "unsubscribed", "diagnostic"]
    columns += ["match"] * ("match" in found)
    write_table(masked(found[columns], form, out, given), form, out, lang=policy.lang)
    if form == "table":
        tell_aside(f"{quantity(len(found), 'block')} listed.", policy.lang)


@command.command("show")
@click.argument("address")
@options.sender_options
@_shared
def show(address: str, **given: Any) -> None:
    """Show all that is known of an address: state, words of the server, remedy, history."""
    policy = options.make_policy(given)
    from ..address.mask import printable
    from ..blocks import open_blocks, with_consent
    from ..wording import speaker

    say = speaker(policy.lang)
    with open_blocks(policy, write=False) as blocks:
        history = blocks.show(address)
        state = with_consent(blocks.state_of(address))
    if not len(history):
        click.echo(say("The blocklist does not know this address."))
        return
    if not len(state):
        click.echo(f"{say('What would lift it')}: {say('nothing blocks it')}")
    for row in state.to_dict("records"):
        _tell_state({str(name): one for name, one in row.items()}, policy)
    for moved in history.loc[history["new_address"].fillna("").ne(""), "new_address"].unique():
        click.echo(f"{say('new address (proposed)')}: {printable(moved)}")
    columns = ["at", "kind", "type", "cause", "status", "reply", "source", "campaign"]
    columns += ["reason", "by"]
    write_table(history[columns], "table", None, say("history"), policy.lang)


def _tell_state(row: dict[str, Any], policy: Any) -> None:
    """Tell the present state of an address, a line a fact."""
    import pandas as pd

    from ..blocks import remedy, title, way_out
    from ..wording import speaker

    say = speaker(policy.lang)
    cause = str(row["cause"])
    lines = {
        "type": say(str(row["type"])) or "-",
        "cause": f"{cause} {title(cause, policy.lang)}".strip(),
    }
    names = ("since", "strikes", "source", "diagnostic", "examined", "unblocks")
    for name in (*names, "complained", "unsubscribed", "allowed"):
        lines[name] = "" if pd.isna(row[name]) else str(row[name])
    lines["Remedy"] = remedy(cause, policy)
    lines["What would lift it"] = say(way_out(row))
    for name, text in lines.items():
        if text:
            click.echo(f"{say(name)}: {text}")


@command.command("block")
@click.argument("addresses", nargs=-1)
@click.option("--from-file", metavar="LIST", help="The addresses of this list.")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["temporary", "permanent"]),
    help="The type of the cause otherwise, permanent without one.",
)
@click.option("--cause", default="", help="Code or name of the cause.")
@click.option("--reason", required=True, help="Why.")
@click.option("--by", default="", help="Who decides; your user name otherwise.")
@options.list_options
@_shared
def block(addresses: tuple[str, ...], from_file: str | None, **given: Any) -> None:
    """Block addresses by hand."""
    policy = options.make_policy(given)
    from ..blocks import open_blocks

    kind, code = chosen_cause(given["cause"], given["kind"])
    chosen = chosen_addresses(addresses, from_file, policy, given)
    with open_blocks(policy, write=True) as blocks:
        added = blocks.block(chosen, kind, cause=code, reason=given["reason"], by=decided_by(given))
    tell_aside(f"{quantity(added.new, 'address', 'addresses')} blocked.", policy.lang)


@command.command("unblock")
@click.argument("addresses", nargs=-1)
@click.option("--from-file", metavar="LIST", help="The addresses of this list.")
@click.option("--filter", "by_filter", is_flag=True, help="All blocks under the filters below.")
@click.option("--confirm-resolved", metavar="WHY", help="How the cause was resolved.")
@click.option("--by", default="", help="Who decides; your user name otherwise.")
@filters
@options.list_options
@options.show_addresses
@_shared
def unblock(
    addresses: tuple[str, ...],
    from_file: str | None,
    by_filter: bool,
    confirm_resolved: str | None,
    **given: Any,
) -> None:
    """Lift temporary blocks whose cause is resolved; permanent ones are refused.

    Exit code: 0, 3 where no block was lifted at all.
    """
    policy = options.make_policy(given)
    from ..blocks import open_blocks

    require_one_way(by_filter, bool(addresses or from_file), given)
    wanted = None if by_filter else chosen_addresses(addresses, from_file, policy, given)
    with open_blocks(policy, write=True) as blocks:
        if wanted is None:
            wanted = filtered_addresses(blocks, policy, given)
        why = (
            ask_resolved(len(wanted), policy.lang) if confirm_resolved is None else confirm_resolved
        )
        outcome = blocks.unblock(wanted, reason=why, by=decided_by(given))
    tell_lifted(outcome, bool(given["show_addresses"]), policy.lang)


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
    from ..blocks import count_unblocked, open_blocks

    chosen = chosen_addresses(addresses, from_file, policy, given)
    with open_blocks(policy, write=True) as blocks:
        free = count_unblocked(blocks, chosen)
        added = blocks.allow(chosen, reason=reason, by=given["by"])
    tell_aside(f"{quantity(added.new, 'address', 'addresses')} allowed.", policy.lang)
    if free:
        told = f"Not blocked for good, so that the allowance overrides nothing: {free}."
        tell_aside(told, policy.lang)


@command.command("recheck")
@click.option("--all", "every", is_flag=True, help="Every block, not only those due.")
@click.option("--dry-run", is_flag=True, help="Lift nothing, only say what would be.")
@click.option("--trust-clock", is_flag=True, help="Today's date is right, whatever it was before.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@options.from_option
@options.sender_options
@options.dns_options
@options.show_addresses
@_shared
def recheck(form: str, out: str | None, **given: Any) -> None:
    """Examine the blocks that are due (every six months), and lift what is resolved.

    Exit code: 0, 3 where the clock went back or far ahead, and nothing was examined.
    """
    policy = options.make_policy(given)
    from ..blocks import recheck as examine_due
    from ..wording import speaker

    say = speaker(policy.lang)
    ways = {name: bool(given[name]) for name in ("every", "dry_run", "trust_clock")}
    result = examine_due(policy, **ways)
    found = result.blocks
    if result.refused:
        raise BlocklistError(
            f"nothing was examined: {result.refused}",
            remedy="Set the clock right; if it is, say so with --trust-clock.",
        )
    for outcome, number in found["outcome"].value_counts().items():
        click.echo(f"{say(str(outcome))}: {number}", err=True)
    if found.empty:
        tell_aside("No block is due for examination.", policy.lang)
    shown = found.assign(why=found["why"].map(say))
    write_table(masked(shown, form, out, given), form, out, lang=policy.lang)


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
        added, unread = blocks.import_table(listing, causes=cause_titles(), by=decided_by(given))
    if added.repeated:
        tell_aside("This very list was imported before; nothing was changed.", policy.lang)
        return
    entries = quantity(added.new, "entry", "entries")
    known = quantity(added.known, "was", "were")
    tell_aside(f"{entries} added, {known} known.", policy.lang)
    if added.replies:
        told = f"Automatic replies, which neither block nor strike: {added.replies}."
        tell_aside(told, policy.lang)
    for name, number in unread.items():
        words = quantity(number, "word")
        tell_aside(f"Not understood in the column {name}: {words}.", policy.lang)
    if unread.keys() & {"type", "cause"}:
        told = "Rows that say nothing else are blocked temporarily; unblock what is none."
        tell_aside(told, policy.lang)


@command.command("export")
@click.option("--hashes", is_flag=True, help="SHA-256 of the addresses instead of addresses.")
@click.option("--format", "form", type=click.Choice(FORMATS[1:]), default="csv")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@filters
@options.list_options
@_shared
def export(hashes: bool, form: str, out: str | None, **given: Any) -> None:
    """Write the blocklist as a list that `import` and `check --blocklist` read."""
    policy = options.make_policy(given)
    from ..blocks import open_blocks

    with open_blocks(policy, write=False) as blocks:
        found = blocks.export(chosen_filter(given, policy, consent=True), hashes=hashes)
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
            waiting = blocks.undecided()
            if waiting.empty:
                tell_aside("No message waits for a person.", policy.lang)
            write_table(waiting, "table", None, lang=policy.lang)
        elif settle is None:
            click.echo(blocks.undecided_message(number))
        elif blocks.settle(number, reason=settle, by=decided_by(given)):
            tell_aside("Settled.", policy.lang)
        else:
            raise UsageError(f"message {number} does not wait", remedy="List them first.")
