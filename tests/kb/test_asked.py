"""A question taken apart: what it asks, each part alone and with the story around it."""

from __future__ import annotations

import pytest

from kb.asked import asked_parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Hvem har rett til kake?", []),
        ("", []),
        ("Hun har spist opp. Får hun mer?", []),
        ("hvem får kake og hvor mye får de", ["hvem får kake", "hvor mye får de"]),
        (
            "Han mista stykket i går. Kan han få nytt, og hvor klager han?",
            [
                "Kan han få nytt",
                "Han mista stykket i går. Kan han få nytt",
                "hvor klager han",
                "Han mista stykket i går. hvor klager han",
            ],
        ),
        ("Kva gjer eg? Kven betaler?", ["Kva gjer eg", "Kven betaler"]),
        ("Kake for NAV: hva sier loven, og hva er gjort før?", ["Kake for NAV", "hva sier loven", "hva er gjort før"]),
    ],
)
def test_the_parts_of_a_question(question: str, parts: list[str]) -> None:
    assert asked_parts(question) == parts
