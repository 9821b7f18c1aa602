"""XLSX: the user's own workbook back, changed in its sheet's XML alone; else a new one."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ...files import replacing
from ...model.errors import ListHygieneError, UnwritableList
from ...model.listing import Edits, Listing
from ...ooxml.archive import Archive, Member, open_archive, read_part, unpack
from ...ooxml.parts import Workbook, read_workbook
from ...ooxml.rows import decoded, encoding_of
from ...parts import make_part
from ...patch import PatchMaker, apply_patch, fingerprint
from .package import Content, write_package
from .plan import Plan, make_plan, refused_cells, remarks
from .splice import changed_since, splice_sheet
from .styles import Colours, add_colours
from .sums import find_edited, sum_cells
from .tables import widen_filter_name, widen_table

__all__ = [
    "NAME", "refused_cells", "remarks", "restore", "write", "write_sheets", "writes", "writes_new"
]  # fmt: skip

NAME = "xlsx"

_KINDS = (".xlsx", ".xlsm", ".xltx", ".xltm")
_OTHERS = ("xls", "xlsb", "ods")


def writes(listing: Listing, out: Path) -> bool:
    """Tell whether this list goes to this file as a workbook: any list to `.xlsx`, a workbook
    back to a name of its kind."""
    if listing.format == NAME:
        return out.suffix.lower() not in (".csv", ".tsv", ".txt")
    return out.suffix.lower() == ".xlsx"


def writes_new(listing: Listing, edits: Edits) -> bool:
    """Tell whether the result is a new workbook of values instead of the user's own one.

    So it is for lists of other formats, and where rows are left out: to take rows out of a sheet
    shifts what formulas, charts, links and comments refer to.
    """
    own = listing.format == NAME and "part" in listing.facts
    less = edits.contacts_only and bool(listing.facts.get("others"))
    less |= edits.keep is not None and not edits.keep.all()
    return not own or edits.values_only or less


def write(listing: Listing, edits: Edits, out: Path, level: int = 6) -> dict[str, object]:
    """Write a list back as a workbook; return what `restore` needs.

    Where the list was a workbook, only the changed cells, the appended columns and what must
    follow them change; every other part is the same, byte for byte. Cells of `refused_cells` stay
    as they are. level: how hard the changed parts are packed (0 to 9). Raises UnwritableList
    where the workbook cannot be changed safely, or changed since it was read.
    """
    restoring = write_sheets([(listing, edits)], out, level)
    sheets = restoring.pop("sheets", [{}])
    return restoring | dict(sheets[0])  # type: ignore[index]


def write_sheets(
    lists: Sequence[tuple[Listing, Edits]], out: Path, level: int = 6
) -> dict[str, object]:
    """Write the lists on several sheets of one workbook back into it; see `write`."""
    if any(writes_new(*one) for one in lists):
        from .new import write_new

        write_new(lists, out)
        return {"new": True, "input": lists[0][0].path}
    source = Path(lists[0][0].path)
    _check_kind(source, out)
    archive = open_archive(source)
    plans = []
    for listing, edits in lists:
        known = archive.find(listing.facts["part"])
        if known is None or (known.crc, known.size) != _checked(listing):
            raise changed_since(source)
        plans.append(make_plan(listing, edits, archive))
    sums = [sum_cells(*one, plan) for one, plan in zip(lists, plans, strict=True)]
    with _scratch(out) as part:
        patch = _write_parts(archive, plans, part, level)
        with replacing(out) as stream, part.open("rb") as written:
            shutil.copyfileobj(written, stream, 1 << 20)
        return {
            "input": _digest(source) if source != out else "",
            "output": _digest(part),
            "patch": base64.b64encode(patch).decode("ascii"),
            "sheets": sums,
        }


def restore(content: bytes, restoring: Mapping[str, object]) -> bytes:
    """Return the original's bytes; raises ListHygieneError where the file was edited since."""
    if restoring.get("new"):
        raise ListHygieneError(
            "a new workbook was written, which does not hold the original",
            remedy=f"The original was not changed: {restoring.get('input')}.",
        )
    if fingerprint(content) != restoring["output"]:
        raise ListHygieneError(
            f"the file has been edited since it was written ({find_edited(content, restoring)})",
            remedy="Take those edits back first, or keep the file as it is.",
        )
    return apply_patch(content, base64.b64decode(str(restoring["patch"])))


def _checked(listing: Listing) -> tuple[int, int]:
    return listing.facts["crc"], listing.facts["size"]


def _write_parts(archive: Archive, plans: Sequence[Plan], out: Path, level: int) -> bytes:
    """Write the package to a scratch file and prove it; return the way back."""
    from .proof import prove

    if all(plan.empty for plan in plans):
        shutil.copyfile(archive.path, out)
        patch = PatchMaker()
        patch.step(out.stat().st_size)
        return patch.finish()
    workbook = read_workbook(archive)
    parts: dict[str, bytes] = {}
    colours = _colour(archive, workbook, plans, parts)
    for plan in plans:
        _follow(archive, workbook, plan, parts)
    replaced: dict[str, Content] = {name: _one(content) for name, content in parts.items()}
    for plan in plans:
        if not plan.empty and (member := archive.find(plan.part)) is not None:
            replaced[member.name] = _spliced(archive, member, plan, colours)
    maker = PatchMaker()
    with out.open("w+b") as stream:
        sums = write_package(archive, stream, replaced, maker, level)
    prove(archive, out, sums)
    return maker.finish(0)


def _spliced(archive: Archive, member: Member, plan: Plan, colours: Colours | None) -> Content:
    """Return what gives the sheet's part with its plan carried out."""

    def sheet() -> Iterator[bytes]:
        pieces = unpack(archive, member)
        first = next(pieces, b"")
        encoding = encoding_of(first)
        stream = decoded(_chain(first, pieces), encoding, archive.path)
        ascii_only = not encoding.startswith("utf-")
        wanted = colours if _lacks_colours(plan) else None
        changed = splice_sheet(stream, plan, wanted, archive.path, ascii_only=ascii_only)
        return encoded(changed, encoding)

    return sheet


def _lacks_colours(plan: Plan) -> bool:
    return plan.verdicts is not None and not plan.coloured


def _colour(
    archive: Archive, workbook: Workbook, plans: Sequence[Plan], parts: dict[str, bytes]
) -> Colours | None:
    """Append the verdicts' colours to the styles, unless they are there or cannot be."""
    if not any(map(_lacks_colours, plans)) or workbook.styles is None:
        return None
    member = archive.find(workbook.styles)
    if member is None:
        return None
    made = add_colours(_read(archive, member))
    if made is None:
        return None
    parts[member.name] = _same_encoding(archive, member, made[0])
    return made[1]


def _follow(archive: Archive, workbook: Workbook, plan: Plan, parts: dict[str, bytes]) -> None:
    """Widen the table that is the list, and the name that a filter's range has in the workbook."""
    if not plan.added:
        return
    if plan.table is not None and (member := archive.find(plan.table)) is not None:
        parts[member.name] = _same_encoding(
            archive, member, widen_table(_read(archive, member), plan)
        )
    member = archive.find(workbook.part)
    if member is not None:
        old = _utf8(archive, parts[member.name]) if member.name in parts else _read(archive, member)
        new = widen_filter_name(old, plan.place, plan)
        if new != old:
            parts[member.name] = _same_encoding(archive, member, new)


def _read(archive: Archive, member: Member) -> bytes:
    """Return a small part in UTF-8."""
    return _utf8(archive, read_part(archive, member))


def _utf8(archive: Archive, raw: bytes) -> bytes:
    return b"".join(decoded(iter([raw]), encoding_of(raw), archive.path))


def _same_encoding(archive: Archive, member: Member, content: bytes) -> bytes:
    """Write a changed part in the encoding that it had."""
    return b"".join(encoded([content], encoding_of(next(unpack(archive, member)))))


def encoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield UTF-8 pieces in a part's own encoding."""
    if encoding == "utf-8":
        yield from pieces
        return
    for piece in pieces:
        yield piece.decode("utf-8").encode(encoding, "xmlcharrefreplace")


def _one(content: bytes) -> Content:
    return lambda: [content]


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _check_kind(source: Path, out: Path) -> None:
    """Refuse a suffix of another kind: Excel opens no `.xlsx` with macros, nor the reverse."""
    old, new = source.suffix.lower(), out.suffix.lower()
    if old in _KINDS and new != old:
        raise UnwritableList(
            f"a workbook of the kind {old} cannot be written as {new or 'a file without suffix'}",
            file=str(out),
            remedy=f"Name the output {out.with_suffix(old).name}.",
        )


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """Give a file beside the output that is gone afterwards."""
    try:
        number, part = make_part(Path(os.path.realpath(out)))
        os.close(number)
    except OSError as error:
        raise _unwritable(out, error) from error
    try:
        yield part
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _unwritable(out: Path, error: OSError) -> UnwritableList:
    return UnwritableList(
        f"cannot be written ({error.strerror or type(error).__name__}); nothing was changed",
        file=str(out),
        remedy="Choose another place, or free space and check the folder's permissions.",
    )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
