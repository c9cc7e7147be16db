"""Which dictionary forms are kept: of words our texts know, where the stems do not meet by themselves."""

from __future__ import annotations

from ingest.lemmas import unmet

PAIRS = [
    ("søke", "søke"),
    ("søkte", "søke"),
    ("søker", "søke"),
    ("stjal", "stjele"),
    ("stjele", "stjele"),
    ("Oslo", "Oslo"),
    ("fått", "få"),
    ("få", "få"),
]


def test_only_forms_that_do_not_meet_by_themselves_are_kept() -> None:
    assert unmet(PAIRS, {"søke"}) == {"søkte": "søke"}  # «søker» has the stem of «søke»


def test_a_word_is_known_when_some_form_of_it_is() -> None:
    assert unmet(PAIRS, {"stjal"}) == {"stjal": "stjele"}


def test_function_words_and_names_are_left_out() -> None:
    assert unmet(PAIRS, {"få", "fått", "Oslo"}) == {}
