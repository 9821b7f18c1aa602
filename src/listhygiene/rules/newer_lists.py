"""What several rules of domains ask of the policy: newer lists, and the names it exempts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.names import find_any, names_of


def newer_lists(policy: Any) -> Path | None:
    """Return the folder of newer lists of domains that the policy names."""
    return Path(policy.domains.data_dir) if policy.domains.data_dir else None


def is_exempt(domains: pd.Series, names: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Tell of each domain whether it is one of the names, or below one."""
    return find_any(domains, names_of(name.lower().strip(".") for name in names))
