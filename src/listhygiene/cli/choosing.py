"""What the blocklist's commands speak of: filters, addresses, and who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..model.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


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

    return found.assign(address=found["address"].map(mask)).drop(columns="diagnostic")


def chosen_filter(given: dict[str, Any], policy: Any) -> Any:
    """Read the filters of a command."""
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
    )


def chosen_addresses(
    addresses: tuple[str, ...],
    from_file: str | None,
    chosen: pd.Series | None,
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
    if chosen is not None:
        parts.append(chosen)
    whole = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
    if not len(whole):
        raise UsageError("there is no address", remedy="Give addresses, or --from-file LIST.")
    return whole


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


def tell_refused(outcome: pd.DataFrame, show: bool, lang: str) -> None:
    """Name the addresses whose blocks were not lifted, where several were asked for."""
    refused = outcome[~outcome["done"]]
    if len(outcome) < 2 or not len(refused):
        return
    from ..address.mask import mask
    from ..wording import speaker
    from .tables import write_table

    shown = refused["address"] if show else refused["address"].map(mask)
    told = refused.assign(address=shown, why=refused["why"].map(speaker(lang)))
    write_table(told[["address", "why"]], "table", None)


def decided_by(given: dict[str, Any]) -> str:
    """Say who decides: the one named, else the user."""
    import getpass

    return given.get("by") or getpass.getuser()
