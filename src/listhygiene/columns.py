"""Columns: which role each one plays, and what the contacts' own columns say by these roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from .consent import BLANK, NO, UNKNOWN, YES, read_consent, read_opt_out
from .content import look
from .dates import AMBIGUOUS, OK, UNREADABLE, column_order, read_dates
from .headers import STRONG, columns_seen, is_label, normalise, role_of
from .model.contacts import Role
from .model.errors import UsageError
from .model.listing import TEXT

DATES = (Role.LAST_MAILED, Role.LAST_OPENED, Role.CONSENT_DATE)
"""The roles whose cells are days."""

_HARMLESS = (
    *Role.EMAILS,
    Role.FIRST_NAME,
    Role.LAST_NAME,
    Role.FULL_NAME,
    Role.COMPANY,
    Role.PHONE,
)
"""Roles that a weak alias may give where the cells agree: nothing is decided by them alone."""

_STATES = (OK, AMBIGUOUS, UNREADABLE, BLANK)
"""How a date cell was read, best first: of several columns of a role the best counts."""


def assign_roles(
    header: Sequence[str],
    frame: pd.DataFrame,
    email_columns: Sequence[str] = (),
    last_mailed_column: str | Sequence[str] = "",
    as_of: pd.Timestamp | None = None,
    date_order: str = "",
) -> pd.DataFrame:
    """Decide once, on the whole list, what each column is for.

    header, frame: of a `Listing`. email_columns, last_mailed_column: headers that the user named;
    they win over everything else. as_of: the day of the send, which bounds two-digit years.
    date_order: "dmy", "mdy" or "ymd", what the user says of date columns that don't settle it.
    Result: the headers table of `Contacts`. Raises UsageError where a named column is not there,
    naming those that are.

    A strong alias decides. A weak one is a guess: it gives an e-mail, name, company or phone role
    where the cells agree, and no other. Content decides only where no header names an e-mail
    column: the column with most addresses is it.
    """
    as_of = pd.Timestamp(2068, 1, 1) if as_of is None else as_of  # POSIX: the latest of "00".."68"
    header = [*header, *[""] * (frame.shape[1] - len(header))]
    return decide_roles(
        header,
        look(frame, as_of),
        lambda place: column_order(frame.iloc[:, place], as_of),
        email_columns,
        last_mailed_column,
        date_order,
    )


def decide_roles(
    header: Sequence[str],
    looks: Sequence[tuple[int, str]],
    order_of: Callable[[int], str],
    email_columns: Sequence[str] = (),
    last_mailed_column: str | Sequence[str] = "",
    date_order: str = "",
) -> pd.DataFrame:
    """Decide as `assign_roles` does, of columns that were looked at elsewhere, part by part.

    looks: what `content.look` says of each whole column. order_of: what `dates.column_order` says
    of the column at a place; asked of date columns only.
    """
    named = [last_mailed_column] if isinstance(last_mailed_column, str) else last_mailed_column
    mails = _named(header, [one for one in email_columns if one])
    mailed = _named(header, [one for one in named if one])
    table = _described(header, looks)
    _take_aliases(table)
    for places, role in ((mails, Role.EMAIL), (mailed, Role.LAST_MAILED)):
        if places:
            if role == Role.LAST_MAILED:  # the named one stands for the others, not beside them
                table.loc[table["role"] == role, ["role", "by"]] = ""
            table.loc[places, "role"] = role
            table.loc[places, "by"] = "option"
    _take_content(table)
    table["order"] = [
        order_of(place) if role in DATES else "" for place, role in enumerate(table["role"])
    ]
    if date_order:
        table.loc[table["order"] == AMBIGUOUS, "order"] = date_order
    return table.astype({"role": TEXT, "by": TEXT, "content_role": TEXT, "order": TEXT})


def likely_emails(header: Sequence[str], email_columns: Sequence[str] = ()) -> list[int]:
    """Return the places of the e-mail columns, main ones first, as far as the header alone tells.

    email_columns: headers that the user named. What the cells say may still add others.
    """
    named = [role_of(name) for name in header]
    roles = [role if strength == STRONG else "" for role, strength in named]
    for place in _named(header, [one for one in email_columns if one]):
        roles[place] = Role.EMAIL
    return [place for role in Role.EMAILS for place, one in enumerate(roles) if one == role]


def activity(frame: pd.DataFrame, headers: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return last_mailed, last_mailed_state, last_opened, last_opened_state of each row.

    Days are datetime64[s] (NaT = unknown); states as in `Contacts.contacts`, '' where no column
    plays the role. Of several columns the latest readable day counts.
    """
    columns: dict[str, pd.Series] = {}
    for name, role in (("last_mailed", Role.LAST_MAILED), ("last_opened", Role.LAST_OPENED)):
        day, state = _latest(frame, headers, role, as_of)
        columns[name], columns[f"{name}_state"] = day, state
    return pd.DataFrame(columns, index=frame.index)


def consent_state(frame: pd.DataFrame, headers: pd.DataFrame) -> pd.DataFrame:
    """Return consent ("yes", "no", "blank", "unknown", '' = no such column), opted_out, source.

    Of several consent columns a "no" outweighs a "yes", which outweighs what is unknown or blank;
    one opt-out is enough. An opt-out cell that cannot be read makes the consent unknown, unless it
    is "no" already. Of several sources the first one filled counts.
    """
    consent = _worst(frame, headers, Role.CONSENT)
    out = pd.Series(False, index=frame.index)
    for place in _places(headers, Role.OPT_OUT):
        told = read_opt_out(frame.iloc[:, place])
        out |= told == YES
        consent = consent.mask((told == UNKNOWN) & (consent != NO), UNKNOWN)
    source = pd.Series("", index=frame.index, dtype=TEXT)
    for place in _places(headers, Role.SOURCE):
        source = source.where(source.str.strip() != "", frame.iloc[:, place].astype(TEXT))
    return pd.DataFrame({"consent": consent.astype(TEXT), "opted_out": out, "source": source})


def _named(header: Sequence[str], names: Sequence[str]) -> list[int]:
    """Return the places of the columns that the user named; their exact form wins."""
    places: list[int] = []
    for name in names:
        exact = [place for place, one in enumerate(header) if one.strip() == name.strip()]
        wanted = normalise(name)
        alike = [place for place, one in enumerate(header) if wanted and normalise(one) == wanted]
        if not (exact or alike):
            raise UsageError(
                f"there is no column {name!r}; the columns are {columns_seen(header)}",
                remedy="Name one of them, as it stands in the header.",
            )
        places += [place for place in exact or alike if place not in places]
    return places


def _described(header: Sequence[str], looks: Sequence[tuple[int, str]]) -> pd.DataFrame:
    """Return a row a column: what it is called and what its cells look like."""
    filled, content = [one for one, _ in looks], [one for _, one in looks]
    names = pd.Series(list(header), dtype=TEXT)
    plain = pd.Series([normalise(one) or one.strip() for one in header], dtype=object)
    repeated = plain.duplicated() & (plain != "")
    columns = {"header": names, "role": "", "by": "", "content_role": content, "filled": filled}
    return pd.DataFrame({**columns, "repeated": repeated.to_numpy(dtype=bool)})


def _take_aliases(table: pd.DataFrame) -> None:
    named = [role_of(name) for name in table["header"]]
    sure = [
        role if strength == STRONG or (role in _HARMLESS and _agrees(role, content)) else ""
        for (role, strength), content in zip(named, table["content_role"], strict=True)
    ]
    table["role"] = sure
    table["by"] = ["alias" if role else "" for role in sure]


def _agrees(role: str, content: str) -> bool:
    """Tell whether the cells bear a weak alias out."""
    if role in Role.EMAILS:
        return content == Role.EMAIL
    if role in (Role.COMPANY, Role.PHONE):
        return content == role
    return content == Role.FULL_NAME


def _take_content(table: pd.DataFrame) -> None:
    """Where no header names an e-mail column, take the one with most addresses, leftmost first."""
    if table["role"].isin(Role.EMAILS).any():
        return
    looks = (table["content_role"] == Role.EMAIL) & (table["role"] == "")
    looks &= ~table["header"].map(is_label).astype(bool)
    if looks.any():
        place = table.loc[looks, "filled"].idxmax()
        table.loc[place, ["role", "by"]] = [Role.EMAIL, "content"]


def _places(headers: pd.DataFrame, role: str) -> list[int]:
    return [int(place) for place in headers.index[(headers["role"] == role).to_numpy()]]


def _latest(
    frame: pd.DataFrame, headers: pd.DataFrame, role: str, as_of: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    places = _places(headers, role)
    if not places:
        nothing = pd.Series(pd.NaT, index=frame.index).astype("datetime64[s]")
        return nothing, pd.Series("", index=frame.index, dtype=TEXT)
    days, ranks = [], []
    for place in places:
        order = str(headers.loc[place, "order"])
        day, state, _ = read_dates(frame.iloc[:, place], order, as_of)
        days.append(day.to_numpy())
        ranks.append(state.cat.set_categories(list(_STATES)).cat.codes.to_numpy())
    latest = np.fmax.reduce(days)
    best = np.minimum.reduce(ranks)
    states = pd.array(list(_STATES), dtype=TEXT).take(best)
    return pd.Series(latest, index=frame.index), pd.Series(states, index=frame.index)


def _worst(frame: pd.DataFrame, headers: pd.DataFrame, role: str) -> pd.Series:
    """Return what the consent columns say together: the weightiest word of each row."""
    places = _places(headers, role)
    words = [BLANK if places else "", UNKNOWN, YES, NO]
    worst = np.zeros(len(frame), dtype=np.int8)
    for place in places:
        told = read_consent(frame.iloc[:, place])
        for weight, word in enumerate(words):
            worst[(told == word).to_numpy(dtype=bool) & (worst < weight)] = weight
    return pd.Series(pd.array(words, dtype=TEXT).take(worst), index=frame.index)
