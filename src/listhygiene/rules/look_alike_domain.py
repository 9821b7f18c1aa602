"""D416: a domain that is written to look like another."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..data.lookalikes import looks_like, mixed_scripts
from ..model.listing import TEXT
from ..model.rule import Severity, rule
from .newer_lists import is_exempt

LOOKS_LIKE = "it looks like {provider}"
MIXED = "one label mixes the scripts {scripts}"


@rule("D416", "look-alike-domain", Severity.WARNING)
def look_alike_domain(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The domain is written to look like another.

    Why: letters of another script, or rn for m, make a name that people take for a provider's
    (Unicode TR 39); such domains are made for deceit, or come of a broken copy.
    Example: ann@grnail.com
    Remedy: ask the contact; if the domain is right, add it to domains.allow.
    """
    provider, scripts = looks_like(domains["unicode"]), mixed_scripts(domains["unicode"])
    found = pd.Series(None, index=domains.index, dtype=TEXT)
    for place in scripts.index[scripts != ""]:
        found.loc[place] = MIXED.format(scripts=scripts.at[place])
    for place in provider.index[provider != ""]:
        found.loc[place] = LOOKS_LIKE.format(provider=provider.at[place])
    return found.mask(is_exempt(domains["domain"], policy.domains.allow))
