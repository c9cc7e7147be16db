"""How sure a mean is: confidence intervals by the bootstrap, the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2_000
LEVEL = 0.95
SEED = 20_261_121


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` questions and its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}–{self.high:.3f}]"


def figure(values: Sequence[float]) -> Figure:
    """The mean of one value a question with its percentile interval (Efron & Tibshirani 1993, ch. 13).

    Where all values are equal so are the ends: the bootstrap knows no other questions than those it was given.
    """
    sample = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(SEED).integers(0, len(sample), (RESAMPLES, len(sample)), dtype=np.int32)
    means = sample[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(float(sample.mean()), float(low), float(high), len(sample))
