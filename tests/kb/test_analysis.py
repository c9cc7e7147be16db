"""Index terms: stems that meet across forms, § numbers whole, function words gone."""

from __future__ import annotations

import pytest

from kb.analysis import terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kommunene", "kommunar"),
        ("vedtaket", "vedtak"),
        ("stønaden", "stønad"),
        ("søknader", "søknaden"),
        ("søkte", "søker"),
        ("stjålet", "stjeler"),
        ("arbeidstakeren", "arbeidstakere"),
        ("bøter", "bot"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert terms(one) == terms(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("§ 20 a", ["§20a"]),
        ("§20a og § 21-12", ["§20a", "§21-12"]),
        ("§ 18 i loven", ["§18", "lov"]),
        ("og i på", []),
        ("🙂 <b>", ["b"]),
        ("2,041 G", ["2,041", "g"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected
