"""Confidence intervals: the ends that can be worked out, and what is always true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.intervals import Figure, figure


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_the_mean_lies_inside_and_all_is_the_same_next_time(values: list[float]) -> None:
    found = figure(values)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found.mean == pytest.approx(sum(values) / len(values))
    assert found == figure(values)


def test_two_questions_say_nothing() -> None:
    """Drawn with replacement they give 0, ½ and 1 in the shares ¼, ½ and ¼: both ends lie outermost."""
    assert figure([0.0, 1.0]) == Figure(0.5, 0.0, 1.0, 2)


def test_four_times_the_questions_halve_the_interval() -> None:
    few, many = figure([0.0, 1.0] * 50), figure([0.0, 1.0] * 200)
    assert (few.high - few.low) / (many.high - many.low) == pytest.approx(2, rel=0.15)
    assert few.high - few.low == pytest.approx(2 * 1.96 * (0.25 / 100) ** 0.5, rel=0.1)  # the normal approximation
