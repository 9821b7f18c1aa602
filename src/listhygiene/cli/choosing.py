"""What the blocklist's commands speak of: filters, addresses, and who decides."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ..model.errors import BlocklistError, UsageError
from ..model.quantity import quantity
from .output import tell_aside

if TYPE_CHECKING:
    import pandas as pd


WAY_OUT = (
    "Where mail is sure to arrive again: "
    'listhygiene blocklist allow ADDRESS --reason "..." --by NAME.'
)


def filters(function: Any) -> Any:
    """Add the page's filters to a command."""
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


def masked(found: pd.DataFrame, form: str, out: str | None, given: dict[str, Any]) -> pd.DataFrame:
    """Mask addresses on the screen; a file, and a machine's format, gets them whole."""
    if form != "table" or out is not None or given.get("show_addresses"):
        return found
    from ..address.mask import mask

    shown = found.assign(address=found["address"].map(mask))
    return shown.drop(columns="diagnostic", errors="ignore")


def chosen_filter(given: dict[str, Any], policy: Any, *, consent: bool = False) -> Any:
    """Read the filters of a command; consent: complaints and unsubscribes too where no type or
    other cause is asked for.
    """
    import pandas as pd

    from ..blocklist import BlockFilter
    from ..blocks import addresses_of, cause_titles
    from ..model.bounce import CAUSE_NAMES

    titles = cause_titles()
    causes = []
    for one in given["cause"]:
        code = one.upper() if one.upper() in titles.values() else titles.get(one, "")
        if not code:
            names = ", ".join(sorted(CAUSE_NAMES.values()))
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
        consent=consent and given["kind"] == "both" and (not causes or "P8" in causes),
    )


def chosen_addresses(
    addresses: tuple[str, ...],
    from_file: str | None,
    policy: Any,
    given: dict[str, Any],
) -> pd.Series:
    """Gather the addresses that a command names; UsageError where there are none."""
    import pandas as pd

    from ..blocks import addresses_of, find_no_address

    if number := find_no_address(addresses):
        raise UsageError(f"argument {number} is no address", remedy="Check how it is written.")
    parts = [pd.Series(list(addresses), dtype="str")]
    if from_file:
        parts.append(addresses_of(from_file, policy, given.get("column", "both")))
    whole = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
    if not len(whole):
        raise UsageError("there is no address", remedy="Give addresses, or --from-file LIST.")
    return whole


def require_one_way(by_filter: bool, named: bool, given: dict[str, Any]) -> None:
    """Refuse blocks that are chosen in two ways at once, and permanent ones to be lifted."""
    several = ("cause", "since", "until", "campaign", "within", "due")
    narrowed = [name for name in several if given[name]] + ["type"] * (given["kind"] != "both")
    if by_filter and named:
        raise UsageError(
            "addresses and --filter choose in two ways",
            remedy="Give addresses, or --filter with its filters.",
        )
    if narrowed and not by_filter:
        option = "--in" if narrowed[0] == "within" else f"--{narrowed[0]}"
        raise UsageError(
            "filters count with --filter only",
            place=option,
            remedy="Add --filter, or leave it out.",
        )
    if by_filter and given["kind"] == "permanent":
        raise UsageError("a permanent block is not lifted", place="--type", remedy=WAY_OUT)


def filtered_addresses(blocks: Any, policy: Any, given: dict[str, Any]) -> pd.Series:
    """Return the addresses whose temporary blocks stand under the filters; BlocklistError where
    there are none.
    """
    found = blocks.list_blocks(chosen_filter({**given, "kind": "temporary"}, policy))
    addresses: pd.Series = found.loc[found["address"].ne("").to_numpy(), "address"]
    if not len(addresses):
        raise BlocklistError(
            "no block was lifted: no temporary block stands under these filters",
            remedy="See which do: listhygiene blocklist list --type temporary.",
        )
    return addresses.drop_duplicates(ignore_index=True)


def chosen_cause(cause: str, kind: str | None) -> tuple[Any, str]:
    """Read type and code of a block set by hand: a cause is of one type, "for good" without one."""
    from ..blocks import cause_titles
    from ..model.bounce import Type

    titles = cause_titles()
    code = cause.upper() if cause.upper() in titles.values() else titles.get(cause, "")
    if not cause:
        return Type(kind or Type.PERMANENT), ""
    if not code:
        raise UsageError(f"there is no cause {cause!r}", remedy="Give a code such as P3.")
    own = Type.PERMANENT if code.startswith("P") else Type.TEMPORARY
    if kind and kind != own:
        raise UsageError(
            f"the cause {code} is {own}", place="--type", remedy="Leave --type or --cause out."
        )
    return own, code


def ask_resolved(count: int, lang: str) -> str:
    """Ask whether the cause of so many blocks is resolved, and how; UsageError where nobody can
    answer, as under cron.
    """
    from ..wording import speaker

    say = speaker(lang)
    asked = (
        f"Is the cause of {quantity(count, 'block')} resolved? Mail to an address that still "
        "bounces harms your reputation."
    )
    try:
        agreed = click.confirm(say(asked), err=True)
        if agreed:
            return str(click.prompt(say("How was it resolved"), err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise UsageError(
            "nobody confirmed that the cause is resolved; nothing was changed",
            place="--confirm-resolved",
            remedy="Say how it was resolved.",
        ) from None
    raise click.Abort


def tell_lifted(outcome: pd.DataFrame, show: bool, lang: str) -> None:
    """Say what became of each block; BlocklistError where none was lifted at all."""
    refused = outcome[~outcome["done"]]
    if len(outcome) > 1 and len(refused):
        from ..address.mask import mask
        from ..wording import speaker
        from .tables import write_table

        shown = refused["address"] if show else refused["address"].map(mask)
        told = refused.assign(address=shown, why=refused["why"].map(speaker(lang)))
        write_table(told[["address", "why"]], "table", None, lang=lang)
    if len(refused) == len(outcome) and outcome["why"].nunique() == 1:
        why = str(outcome["why"].iloc[0])
        raise BlocklistError(f"no block was lifted: {why}", remedy=_remedy(why))
    for reason, number in outcome["why"].value_counts().items():
        tell_aside(f"{number}: {reason}", lang)
    if len(refused) == len(outcome):
        raise BlocklistError("no block was lifted", remedy="The reason of each stands above.")


def _remedy(why: str) -> str:
    """Say what a person can do where a block is not lifted for this reason."""
    from ..blocklist.changes import NOT_BLOCKED, PERMANENT

    if why == PERMANENT:
        return WAY_OUT
    if why == NOT_BLOCKED:
        return "See what is known of it: listhygiene blocklist show ADDRESS."
    return "The policy's blocklist.unblocks says how often."


def decided_by(given: dict[str, Any]) -> str:
    """Say who decides: the one named, else the user."""
    import getpass

    return given.get("by") or getpass.getuser()
