"""Measures of refusing, with the arithmetic written out."""

from __future__ import annotations

import pytest

from evals.questions import Question, QuestionKind
from evals.refusal import Bin, bins, brier, calibration_error, refused_rightly, refused_wrongly
from evals.run import Asked


def asked(confidence: float, *, hit: bool, kind: QuestionKind = QuestionKind.LAW) -> Asked:
    figures = {"refused": float(confidence < 0.4), "hit@3": float(hit)}
    return Asked(Question("q", kind, "?"), (), confidence, 1.0, figures)


ASKED = [
    asked(0.95, hit=True),
    asked(0.91, hit=False),
    asked(0.25, hit=True),
    asked(1.0, hit=True),
    asked(0.05, hit=False, kind=QuestionKind.REFUSAL),
    asked(0.55, hit=False, kind=QuestionKind.REFUSAL),
]


def test_right_and_wrong_refusals() -> None:
    rightly, wrongly = refused_rightly(ASKED), refused_wrongly(ASKED)
    assert rightly
    assert wrongly
    assert (rightly.mean, rightly.n) == (1 / 2, 2)
    assert (wrongly.mean, wrongly.n) == (1 / 4, 4)
    assert refused_rightly(ASKED[:4]) is None


def test_confidence_against_what_happened() -> None:
    assert bins(ASKED) == [
        Bin(0.05, 0.0, 1),
        Bin(0.25, 1.0, 1),
        Bin(0.55, 0.0, 1),
        Bin(pytest.approx((0.95 + 0.91 + 1.0) / 3), pytest.approx(2 / 3), 3),  # type: ignore[arg-type]
    ]
    assert brier(ASKED) == pytest.approx((0.05**2 + 0.91**2 + 0.75**2 + 0 + 0.05**2 + 0.55**2) / 6)
    high = abs((0.95 + 0.91 + 1.0) / 3 - 2 / 3)
    assert calibration_error(ASKED) == pytest.approx((0.05 + 0.75 + 0.55 + 3 * high) / 6)
