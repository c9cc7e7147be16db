"""The best of many scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def highest(scores: npt.NDArray[np.floating[Any]], limit: int) -> list[int]:
    """Where the `limit` highest scores stand, highest first; of equal ones the earliest. `scores` has shape (n,)."""
    kept = np.arange(len(scores))
    if len(scores) > limit:
        kept = np.flatnonzero(scores >= np.partition(scores, -limit)[-limit])
    ordered: list[int] = kept[np.argsort(-scores[kept], kind="stable")][:limit].tolist()
    return ordered
