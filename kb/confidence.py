"""How probable it is that what was found answers the question; below a threshold the bot refuses.

A logistic model of three things: how high the best section scores, how near the question is to the nearest
texts we have, and how near it is to questions we know we do not answer (`corpus/utenfor.toml`). Fitted on the dev
questions by `evals/calibrate.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from kb.encoder import Vectors
from kb.index import Index
from kb.ranking import highest
from kb.types import Hit
from kb.vocabulary import Outside

NEIGHBOURS = 3
"""How many nearest texts are averaged, inside and outside: one alone may be near by chance."""
WEIGHTS = (0.0463, 20.2, -40.1)
BIAS = 2.77
"""Weights of `Evidence` in its order, and the constant; docs/evals.md has the fit."""

NEARER, WELL_FOUND, UNSURE = 0.1, 80.0, 0.5
"""A question so much nearer to what we have than to what we do not cover, and whose best section scores so much, is
answered, if unsurely: of the dev questions out of scope none is, and «hvor lang kan saksbehandlingstiden være?» is
ours though many ask it of other offices."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an answer: the best section's score, and two mean cosines."""

    score: float
    inside: float
    outside: float

    @property
    def probability(self) -> float:
        """The calibrated probability that the sources answer the question."""
        values = (self.score, self.inside, self.outside)
        fitted = 1 / (1 + exp(-BIAS - sum(w * v for w, v in zip(WEIGHTS, values, strict=True))))
        ours = self.inside - self.outside > NEARER and self.score > WELL_FOUND
        return max(fitted, UNSURE) if ours else fitted


NOTHING = Evidence(0.0, 0.0, 1.0)
"""The evidence of a question without any words we index."""


def weigh(index: Index, vector: Vectors, near: Sequence[float], hits: Sequence[Hit]) -> tuple[Evidence, Outside | None]:
    """Weigh the hits of a question, `near` being the cosines of the nearest indexed texts.

    Also the topic outside our field, if the question is nearer to it than to the texts inside and most of the nearest
    questions are about it: one alone may be near by chance, and would send people to the wrong place.
    """
    if not hits or not near or not vector.any():
        return NOTHING, None
    topics, vectors = index.outside
    inside = sum(near) / len(near)
    if not topics:
        return Evidence(hits[0].score, inside, 0.0), None
    cosines = np.einsum("ij,j->i", vectors, vector)  # on one core: starting BLAS threads costs more than the work
    best = highest(cosines, NEIGHBOURS)
    outside = float(cosines[best].mean())
    about, named = Counter(topics[n] for n in best).most_common(1)[0]
    clear = outside > inside and named > len(best) / 2
    return Evidence(hits[0].score, inside, outside), about if clear else None
