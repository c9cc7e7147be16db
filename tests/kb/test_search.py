"""Search over the small corpus: references, words, notes, and laws that wait for commencement."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fakes import HashingEncoder

from kb.index import Index, open_index
from kb.search import search
from kb.types import Finder

LAW = "lov/2020-01-02-3"


def test_a_reference_comes_first_with_its_ledd(cake_index: Index) -> None:
    hit = search(cake_index, "kakl § 2 a annet ledd").hits[0]
    assert hit.passage.ref == f"{LAW}/§2a/ledd/2"
    assert hit.found_by[0] is Finder.MEANING or Finder.REFERENCE in hit.found_by


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("lederens ansvar", "§2a"),
        ("formålet med loven", "§1"),
        ("rosiner i kaken", "§2"),
        ("tomt fat etter møtet", "§2"),
        ("eg fekk ikkje noko til kaffien", "§2"),
    ],
)
def test_everyday_words_find_their_paragraph(cake_index: Index, question: str, section: str) -> None:
    assert search(cake_index, question).hits[0].passage.section_ref == f"{LAW}/{section}"


def test_a_law_not_in_force_never_outranks_the_one_that_is(cake_index: Index) -> None:
    refs = [
        hit.passage.source_id
        for hit in search(cake_index, "rett til stykke kake hele uken").hits
        if hit.source.kind.is_law
    ]
    assert refs[0] == LAW
    assert refs.index("lov/2025-06-07-8") > max(n for n, ref in enumerate(refs) if ref == LAW and n < 2)


def test_practice_is_found_by_its_own_words(cake_index: Index) -> None:
    assert (
        search(cake_index, "turnus for å få folk til å møte opp").hits[0].passage.ref
        == "praksis/fredagskomiteen-2019/lysbilde/2"
    )


def test_nothing_matches_nonsense(cake_index: Index) -> None:
    assert search(cake_index, "🙂🙂").confidence < 0.1


def test_many_threads_may_search_a_fresh_index_at_once(cake_data: Path) -> None:
    questions = [f"hvem har rett til kake nummer {n} på fødselsdagen i kommunene?" for n in range(40)]
    index = open_index(cake_data, HashingEncoder())
    with ThreadPoolExecutor(20) as threads:
        together = list(threads.map(lambda question: search(index, question).hits[0].passage.ref, questions))
    assert together == [search(index, question).hits[0].passage.ref for question in questions]
    index.close()
