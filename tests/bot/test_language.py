"""Bokmål or nynorsk, told from a question."""

from __future__ import annotations

import pytest

from bot.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hva gjør jeg når bruker ikke har penger?", "nb"),
        ("kva gjer eg når brukaren ikkje har pengar?", "nn"),
        ("korleis klagar ho på vedtaket?", "nn"),
        ("mellombels bustad", "nn"),
        ("stl § 27", "nb"),
        ("husleie", "nb"),
        ("kor lenge kan ho få stønad?", "nn"),
        ("hvor lenge kan hun få stønad?", "nb"),
        ("dottera har framtidsfullmakt for mor si, når tek den til?", "nn"),
        ("framtidsfullmakt", "nb"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language
