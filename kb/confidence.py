"""How probable it is that what was found answers the question; below a threshold the bot refuses.

A logistic model of three things: how high the best section scores, how near the question is to the nearest
text we have, and how near it is to topics we know we do not cover (`corpus/utenfor.toml`). Fitted on the dev
questions by `evals/calibrate.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from kb.encoder import Vectors
from kb.index import Index
from kb.types import Hit
from kb.vocabulary import Outside

WEIGHTS = (0.045, 12.4, -15.9)
BIAS = -0.29
"""Weights of `Evidence` in its order, and the constant; docs/evals.md has the fit."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an answer: the best section's score, and two cosines."""

    score: float
    inside: float
    outside: float

    @property
    def probability(self) -> float:
        """The calibrated probability that the sources answer the question."""
        values = (self.score, self.inside, self.outside)
        return 1 / (1 + exp(-BIAS - sum(w * v for w, v in zip(WEIGHTS, values, strict=True))))


NOTHING = Evidence(0.0, 0.0, 1.0)
"""The evidence of a question without any words we index."""


def weigh(index: Index, vector: Vectors, inside: float, hits: Sequence[Hit]) -> tuple[Evidence, Outside | None]:
    """Weigh the hits of a question, `inside` being the cosine of the nearest indexed text.

    Also the topic outside our field that the question is nearest to, if nearer than to any text inside.
    """
    if not hits or not vector.any():
        return NOTHING, None
    topics, vectors = index.outside
    if not topics:
        return Evidence(hits[0].score, inside, 0.0), None
    cosines = vectors @ vector
    best = int(cosines.argmax())
    weighed = Evidence(hits[0].score, inside, float(cosines[best]))
    return weighed, topics[best] if weighed.outside > inside else None
