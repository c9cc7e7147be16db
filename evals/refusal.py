"""Measures of refusing: how often rightly and wrongly, and whether the confidence means what it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from evals.intervals import Figure, figure
from evals.run import Asked

BINS = 10
"""The confidence is looked at in tenths."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same confidence: its mean, and the share of them that the first three hits answer."""

    confidence: float
    right: float
    n: int


def refused_rightly(asked: Sequence[Asked]) -> Figure | None:
    """Of the questions out of scope, the share refused (recall of refusals); None when there are none."""
    return _share(one for one in asked if not one.in_scope)


def refused_wrongly(asked: Sequence[Asked]) -> Figure | None:
    """Of the questions in scope, the share refused (not 1 − precision); None when there are none."""
    return _share(one for one in asked if one.in_scope)


def _share(asked: Iterable[Asked]) -> Figure | None:
    refused = [one.figures["refused"] for one in asked]
    return figure(refused) if refused else None


def answered(one: Asked) -> float:
    """1 when the first three hits hold an answer: what the confidence is the probability of."""
    return float(one.in_scope and not one.missed)


def brier(asked: Sequence[Asked]) -> float:
    """The mean squared distance from the confidence to what happened (Brier 1950); 0 is best, 0.25 says nothing."""
    return float(np.mean([(one.confidence - answered(one)) ** 2 for one in asked]))


def bins(asked: Sequence[Asked]) -> list[Bin]:
    """The questions in bins of equal width, empty ones left out."""
    of: dict[int, list[Asked]] = {}
    for one in asked:
        of.setdefault(min(int(one.confidence * BINS), BINS - 1), []).append(one)
    return [
        Bin(
            float(np.mean([one.confidence for one in listed])),
            float(np.mean([answered(one) for one in listed])),
            len(listed),
        )
        for _, listed in sorted(of.items())
    ]


def calibration_error(asked: Sequence[Asked]) -> float:
    """The mean distance between confidence and share right over the bins, by size (ECE, Naeini et al. 2015)."""
    return sum(abs(b.confidence - b.right) * b.n for b in bins(asked)) / len(asked)
