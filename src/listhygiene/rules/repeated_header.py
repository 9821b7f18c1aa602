"""H102: two columns of the same header."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..headers import role_of
from ..model.rule import Severity, rule


@rule("H102", "repeated-header", Severity.ERROR)
def repeated_header(headers: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """Another column carries the same header.

    Why: an import takes one of the two and drops the other without a word. A warning only where
        neither plays a role here.
    Example: Email,Name,Email
    Remedy: rename one of them, メールアドレス2 or Secondary Email, or delete it.
    """
    again = headers[headers["repeated"].to_numpy(dtype=bool)]
    # A role by option or content counts like one that the header names.
    plays = (again["role"] != "") | np.array(
        [role_of(name)[0] != "" for name in again["header"]], dtype=bool
    )
    severity = plays.map({True: str(Severity.ERROR), False: str(Severity.WARNING)})
    return pd.DataFrame(
        {"detail": '"' + again["header"] + '"', "severity": severity}, index=again.index
    )
