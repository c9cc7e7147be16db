"""The ladder: no constant of the search without an ablation, everything put back, every step on a real index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evals.ladder import MODULES, OFF, WEIGHTS, changed, constants, steps, table, without_each
from evals.questions import Question, QuestionKind
from kb import finders
from kb.index import Index

LAW = "lov/2020-01-02-3"
QUESTIONS = [
    Question("a", QuestionKind.LAW, "lederens ansvar for kakefat", (f"{LAW}/§2a",)),
    Question("b", QuestionKind.EVERYDAY, "blautkaker etter møtet på fredag", (f"{LAW}/§2",)),
]


def _constants() -> dict[str, object]:
    """What the modules of the search name themselves: constants come as `NAME = value`, imported ones do not."""
    found: dict[str, object] = {}
    for module in MODULES:
        source = Path(str(module.__file__)).read_text(encoding="utf-8").splitlines()
        named = (re.match(r"([A-Z][A-Z_]+)\b.* = ", line) for line in source)
        found |= {match[1]: getattr(module, match[1]) for match in named if match}
    return found


def test_every_constant_of_the_search_has_an_ablation() -> None:
    assert _constants().keys() == {*OFF, *WEIGHTS}


def test_every_step_and_ablation_runs_and_leaves_the_search_as_it_was(cake_index: Index) -> None:
    before = (_constants(), cake_index.store, cake_index.vectors, finders.content_words)
    ladder = dict(steps(cake_index, QUESTIONS))
    ablations = dict(without_each(cake_index, QUESTIONS))
    assert (_constants(), cake_index.store, cake_index.vectors, finders.content_words) == before
    first, *_, last = ladder.values()
    assert (first["law"], first["everyday"]) == (1, 0)  # no word of § 2 is written so in the question
    assert (last["law"], last["everyday"]) == (1, 1)
    assert len(ladder) == 7
    assert len(ablations) == len(OFF) + sum(len(getattr(finders, name)) for name in WEIGHTS)


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError), changed(finders, NO_SUCH_WEIGHT=1.0):
        pass
    with pytest.raises(AttributeError), constants(NO_SUCH_WEIGHT=1.0):
        pass


def test_a_table_is_markdown() -> None:
    row = {"all": 0.5, "law": 1.0}
    assert list(table(iter([("x", row)])))[1:] == [
        "|---|---|---|---|---|---|---|---|---|---|---|",
        "| x | 0.500 | 1.000 |",
    ]
