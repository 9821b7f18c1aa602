"""The parts of a workbook: which sheets there are, and where their XML stands in the package."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from ..model.errors import UnreadableList
from .archive import Archive, damaged, read_part, refused

_SMALL = 64 << 20
"""How long a part may be that is parsed as a tree: workbook, styles, relationships, tables."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part (ECMA-376 part 2, 6.5); target: a part name, or a link as it is."""

    key: str
    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook. state: "visible", "hidden" or "veryHidden"; place: 0-based."""

    name: str
    part: str
    state: str
    place: int
    worksheet: bool


@dataclass(frozen=True)
class Workbook:
    """The workbook part, read. kind: of its content ("xlsx", "xlsm", "xltx", ...)."""

    part: str
    sheets: tuple[Sheet, ...]
    epoch1904: bool
    strings: str | None
    styles: str | None
    signed: bool
    macros: bool
    shared: bool


def parse_part(archive: Archive, name: str) -> ElementTree.Element:
    """Parse a small part; refuses a document type declaration (entity bombs, XXE)."""
    member = archive.find(name)
    if member is None:
        raise damaged(archive.path, f"its part {name} is missing")
    parser = ElementTree.XMLParser(target=_NoDoctype(archive, name))
    try:
        parser.feed(read_part(archive, member, _SMALL))
        tree: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise damaged(archive.path, f"its part {name} is no well-formed XML") from error
    return tree


def relations(archive: Archive, part: str) -> dict[str, Relation]:
    """Return the relationships of a part by their id; {} where it has none. '' is the package."""
    folder, name = posixpath.split(part)
    file = posixpath.join(folder, "_rels", f"{name}.rels")
    if archive.find(file) is None:
        return {}
    found = {}
    for element in parse_part(archive, file):
        target, key = element.get("Target", ""), element.get("Id", "")
        external = element.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
        kind = element.get("Type", "").rsplit("/", 1)[-1]
        found[key] = Relation(key, kind, target, external)
    return found


def read_workbook(archive: Archive) -> Workbook:
    """Find the workbook part and its sheets; Strict and Transitional files alike.

    Relationship types are compared by their last word, which both kinds share.
    """
    root = relations(archive, "")
    main = next((one for one in root.values() if one.kind == "officeDocument"), None)
    if main is None or archive.find(main.target) is None:
        raise UnreadableList(
            "is no Excel workbook, though it is a zip file",
            file=str(archive.path),
            remedy="Give an XLSX, XLSM or CSV file.",
        )
    tree = parse_part(archive, main.target)
    if local(tree.tag) != "workbook":
        raise UnreadableList(
            "is an Office document, but no workbook",
            file=str(archive.path),
            remedy="Give an XLSX, XLSM or CSV file.",
        )
    links = relations(archive, main.target)
    properties = next(children(tree, "workbookPr"), None)
    return Workbook(
        part=main.target,
        sheets=tuple(_sheets(archive, tree, links)),
        epoch1904=properties is not None and truth(properties.get("date1904")),
        strings=_only(links, "sharedStrings"),
        styles=_only(links, "styles"),
        signed=any("digital-signature" in one.kind or one.kind == "origin" for one in root.values())
        or any(member.name.startswith("_xmlsignatures/") for member in archive.members),
        macros=any(one.kind == "vbaProject" for one in links.values()),
        shared=any(one.kind == "revisionHeaders" for one in links.values()),
    )


def local(tag: str) -> str:
    """Return a tag's name without its namespace."""
    return tag.rsplit("}", 1)[-1]


def children(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Yield the children of a local name, whatever the namespace."""
    return (child for child in element if local(child.tag) == name)


def attribute(element: ElementTree.Element, name: str) -> str | None:
    """Return an attribute by its local name (`r:id` under the Strict and other namespaces)."""
    return next((value for key, value in element.attrib.items() if local(key) == name), None)


def truth(text: str | None) -> bool:
    """Read an xsd:boolean; missing is False."""
    return text is not None and text.strip() in ("1", "true", "on")


def _sheets(
    archive: Archive, tree: ElementTree.Element, links: dict[str, Relation]
) -> Iterator[Sheet]:
    for group in children(tree, "sheets"):
        for place, element in enumerate(children(group, "sheet")):
            key = next((v for k, v in element.attrib.items() if re.search(r"\}id$", k)), "")
            link = links.get(key)
            if link is None or link.external or archive.find(link.target) is None:
                continue
            state = element.get("state", "visible")
            name = element.get("name", "")
            yield Sheet(name, link.target, state, place, link.kind == "worksheet")


def _only(links: dict[str, Relation], kind: str) -> str | None:
    return next((one.target for one in links.values() if one.kind == kind), None)


class _NoDoctype(ElementTree.TreeBuilder):
    """Builds a tree, and refuses a document that declares a type."""

    def __init__(self, archive: Archive, name: str) -> None:
        super().__init__()
        self._archive, self._name = archive, name

    def doctype(self, name: str, pubid: str, system: str) -> None:
        raise refused(self._archive.path, f"its part {self._name} declares a document type (DTD)")
