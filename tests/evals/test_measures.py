"""The measures, with the arithmetic written out."""

from __future__ import annotations

import pytest

from evals.measures import hit_at_k, matches, recall_at_k, reciprocal_rank

RANKED = ["l/§1/ledd/2", "l/§2", "n/a", "l/§10/ledd/1", "l/§3"]


def test_a_ledd_is_part_of_its_section() -> None:
    assert matches("l/§1/ledd/2", "l/§1")
    assert not matches("l/§10/ledd/1", "l/§1")


@pytest.mark.parametrize(
    ("wanted", "k", "hit"), [({"l/§1"}, 1, 1), ({"l/§2"}, 1, 0), ({"l/§9", "l/§2"}, 2, 1), ({"l/§9"}, 5, 0)]
)
def test_hit_at_k(wanted: set[str], k: int, hit: float) -> None:
    assert hit_at_k(RANKED, wanted, k) == hit


def test_recall_at_k_counts_every_needed_one() -> None:
    assert recall_at_k(RANKED, {"l/§1", "l/§3"}, 3) == 1 / 2
    assert recall_at_k(RANKED, {"l/§1", "l/§3"}, 5) == 2 / 2


def test_reciprocal_rank() -> None:
    assert reciprocal_rank(RANKED, {"l/§10"}) == 1 / 4
    assert reciprocal_rank(RANKED, {"l/§9"}) == 0
