"""The measures, with the arithmetic written out, and the TREC files they can be measured from again."""

from __future__ import annotations

from math import log2
from pathlib import Path

import ir_measures
import pytest
from ir_measures import RR, R, Success

from evals.measures import matches, measured, stands_for, write_trec
from evals.questions import Question, QuestionKind

RANKED = ("l/§2", "x", "l/§1", "l/§5", "l/§3")


def question(gold: tuple[str, ...], also: tuple[str, ...] = (), id_: str = "q") -> Question:
    return Question(id_, QuestionKind.LAW, "?", gold, also)


def test_a_ledd_is_part_of_its_section() -> None:
    assert matches("l/§1/ledd/2", "l/§1")
    assert not matches("l/§10/ledd/1", "l/§1")


@pytest.mark.parametrize(
    ("hits", "wanted", "counted"),
    [
        ([("l/§1/ledd/2", ())], ["l/§1"], ["l/§1"]),
        ([("n/a", ("l/§9", "l/§1"))], ["l/§1"], ["l/§1"]),
        (
            [("n/a", ("l/§1", "l/§2")), ("l/§1/ledd/1", ()), ("l/§2", ())],
            ["l/§1", "l/§2"],
            ["l/§1", "l/§1/ledd/1", "l/§2"],
        ),
        ([("l/§1", ()), ("n/a", ("l/§1", "l/§2"))], ["l/§1", "l/§2"], ["l/§1", "l/§2"]),
        ([("n/a", ("l/§1",)), ("l/§1", ())], ["l/§1"], ["l/§1", "l/§1~2"]),
        ([("n/a", ("l/§3",)), ("l/§4", ())], ["l/§1"], ["n/a", "l/§4"]),
    ],
)
def test_what_a_hit_stands_for(hits: list[tuple[str, tuple[str, ...]]], wanted: list[str], counted: list[str]) -> None:
    """A § counts once, and what counts twice keeps its place, so that nothing below it moves up."""
    assert stands_for(hits, wanted) == counted


def test_one_is_needed_and_one_answers_as_well() -> None:
    figures = measured([(question(("l/§1",), also=("l/§2",)), RANKED)])["q"]
    assert figures["hit@1"] == 1  # § 2 answers and stands first
    assert figures["recall@5"] == 1  # § 1, which is needed, stands third
    assert figures["MRR"] == 1 / 1
    assert figures["nDCG@10"] == pytest.approx((1 / log2(3 + 1)) / (1 / log2(1 + 1)))  # § 1 third instead of first
    assert figures["all@5"] == 1


def test_two_are_needed() -> None:
    figures = measured([(question(("l/§1", "l/§9")), RANKED)])["q"]
    assert (figures["hit@1"], figures["hit@3"]) == (0, 1)
    assert figures["recall@5"] == 1 / 2
    assert figures["MRR"] == pytest.approx(1 / 3)
    assert figures["nDCG@10"] == pytest.approx((1 / log2(3 + 1)) / (1 / log2(1 + 1) + 1 / log2(2 + 1)))
    assert figures["all@5"] == 0


def test_nothing_found_is_nothing_and_a_refusal_has_no_figures() -> None:
    refusal = Question("r", QuestionKind.REFUSAL, "?")
    assert measured([(question(("l/§1",)), ()), (refusal, RANKED)]) == {"q": dict.fromkeys(measured_names(), 0.0)}


def measured_names() -> list[str]:
    return ["hit@1", "hit@3", "hit@5", "recall@5", "nDCG@10", "MRR", "all@5"]


def test_others_measure_the_same_from_the_trec_files(tmp_path: Path) -> None:
    rankings = [(question(("l/§1", "l/§9"), ("l/§2",)), RANKED), (question(("l/§7",), id_="p"), ("y", "l/§7"))]
    write_trec(tmp_path, rankings, "navkb")
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels.trec")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "run.trec")))
    found = ir_measures.calc_aggregate([Success @ 1, R(rel=2) @ 5, RR @ 10], qrels, run)
    assert found == {Success @ 1: (1 + 0) / 2, R(rel=2) @ 5: (1 / 2 + 1) / 2, RR @ 10: (1 / 1 + 1 / 2) / 2}
    assert (tmp_path / "run.trec").read_text(encoding="utf-8").splitlines()[0] == "q Q0 l/§2 1 5 navkb"
