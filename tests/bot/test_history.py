"""What is told of change: points for the paragraphs shown, and warnings about a date, or about text that is too old."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from conftest import TODAY

from bot.answer import ask
from bot.history import changes_told, out_of_time
from kb.index import Index
from kb.types import Change, Citation, Passage

LAW = "lov/2020-01-02-3"


def _passage(index: Index, *changes: Change) -> Passage:
    passage = index.store.section_passages(f"{LAW}/§2")[0]
    return replace(passage, section=replace(passage.section, changes=changes))


def _cited(index: Index, passage: Passage) -> list[Citation]:
    return [Citation(1, passage, index.store.sources()[passage.source_id], passage.text, "")]


def test_a_change_in_the_law_itself_is_read_with_it(cake_index: Index) -> None:
    section = cake_index.store.section_passages(f"{LAW}/§2")[0].section
    assert section.changes == (Change("lov/2024-02-01-9"),)


def test_the_answer_to_since_when_tells_the_changes(cake_index: Index) -> None:
    answer = ask(cake_index, "når ble retten til kake for dem som har arbeidet hele uken endret?", TODAY)
    assert "**Endringer**" in answer.text
    assert "endret ved lov 1. februar 2024 nr. 9." in answer.text
    assert "Endringer" not in ask(cake_index, "har den som har arbeidet hele uken rett til kake?", TODAY).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((), "ikke endret siden loven trådte i kraft 1. juli 2020."),
        (
            (Change("lov/2018-12-20-98", date(2019, 1, 1)), Change("lov/2023-12-20-95", date(2024, 7, 1))),
            "endret fra 1. januar 2019 (lov 20. desember 2018 nr. 98) og fra 1. juli 2024 (lov 20. desember 2023 nr. 95).",
        ),
        (tuple(Change(f"lov/201{n}-01-02-3") for n in range(5)), "2014 nr. 3; tidligere også."),
        ((Change("lov/2027-01-01-1", None, coming=True),), None),
        ((Change(""),), None),
    ],
)
def test_a_paragraph_has_its_point(cake_index: Index, changes: tuple[Change, ...], told: str | None) -> None:
    points = changes_told(cake_index, [_passage(cake_index, *changes)] * 2, "nb")
    assert len(points) == (told is not None)
    assert told is None or points[0].endswith(told)


@pytest.mark.parametrize(
    ("changes", "asked", "warned"),
    [
        ((), TODAY, None),
        ((), date(2022, 1, 1), "ikke endret siden"),
        ((Change("lov/2021-02-01-9", date(2021, 6, 1)),), date(2022, 1, 1), "ikke endret siden"),
        ((Change("lov/2021-02-01-9", date(2022, 6, 1)),), date(2022, 1, 1), "kakeloven § 2 endret"),
        ((Change("lov/2024-02-01-9"),), date(2022, 1, 1), "kakeloven § 2 endret"),
        ((Change(""),), date(2022, 1, 1), "kakeloven § 2 endret"),
        ((), date(2019, 1, 1), "trådte i kraft 1. juli 2020"),
        ((Change("lov/2025-06-20-1", date(2026, 1, 1), coming=True),), TODAY, "endret fra 1. januar 2026"),
        ((Change("lov/2025-06-20-1", date(2027, 1, 1), coming=True),), TODAY, None),
        ((Change("lov/2025-06-20-1", None, coming=True),), TODAY, None),
    ],
)
def test_a_reader_is_warned_when_the_text_is_of_another_time(
    cake_index: Index, changes: tuple[Change, ...], asked: date, warned: str | None
) -> None:
    warnings = out_of_time(cake_index, _cited(cake_index, _passage(cake_index, *changes)), asked, "nb")
    assert len(warnings) == (warned is not None)
    assert warned is None or warned in warnings[0]


@pytest.mark.parametrize(("question", "per"), [("kakl § 2 i 2022", TODAY), ("kakl § 2", date(2022, 12, 31))])
def test_a_date_in_the_question_and_a_date_for_the_answer_are_warned_of_alike(
    cake_index: Index, question: str, per: date
) -> None:
    (warning,) = ask(cake_index, question, per).warnings
    assert "31. desember 2022" in warning
    assert "kakeloven § 2 endret" in warning
    assert ask(cake_index, "kakl § 2", TODAY).warnings == ()
