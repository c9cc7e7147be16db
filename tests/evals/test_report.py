"""The report: one page that needs nothing else, safe to open, and silent about the test questions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evals.report import write_report
from evals.run import as_dict, chosen, put, report, run
from kb.errors import UsageError
from kb.index import Index

LAW = "lov/2020-01-02-3"
QUESTIONS = [
    {"id": "a", "kind": "law", "question": "formålet med loven", "gold": [f"{LAW}/§1"], "split": "dev"},
    {"id": "b", "kind": "everyday", "question": "tomt fat etter møtet", "gold": [f"{LAW}/§2"], "split": "dev"},
    {"id": "c", "kind": "law", "question": "<script>alert(1)</script>", "gold": ["lov/1/§1"], "split": "dev"},
    {"id": "d", "kind": "law", "question": "hemmelig testspørsmål", "gold": ["lov/1/§1"], "split": "test"},
    {"id": "e", "kind": "refusal", "question": "kommer det regn i morgen tidlig?", "split": "dev"},
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    lines = "\n".join(json.dumps(question) for question in QUESTIONS)
    (tmp_path / "q.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_the_page_needs_nothing_else_and_runs_nothing(cake_index: Index, questions: Path, tmp_path: Path) -> None:
    assert write_report(cake_index, questions, "all", tmp_path / "ut") == 0
    page = (tmp_path / "ut" / "rapport.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|img|iframe|object)|\b(src|href|url)\s*[=(]|@import|https?:", page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    drawn = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]
    assert [sum(len(list(svg.iter(tag))) > 0 for svg in drawn) for tag in ("circle", "rect")] == [2, 1]
    run_lines = (tmp_path / "ut" / "run.trec").read_text(encoding="utf-8").splitlines()
    assert {line.split()[0] for line in run_lines} <= {"a", "b", "c", "d"}
    assert f"a Q0 {LAW}/§1 1 " in run_lines[0]
    assert len((tmp_path / "ut" / "qrels.trec").read_text(encoding="utf-8").splitlines()) == 4


def test_misses_of_the_test_questions_are_counted_not_shown(cake_index: Index, questions: Path, tmp_path: Path) -> None:
    for split, shown in (("all", False), ("test", True)):
        write_report(cake_index, questions, split, tmp_path / split)
        page = (tmp_path / split / "rapport.html").read_text(encoding="utf-8")
        assert ("hemmelig testspørsmål" in page) is shown
    assert "1 av dem er fra test-delen" in (tmp_path / "all" / "rapport.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_told(cake_index: Index, questions: Path) -> None:
    with pytest.raises(UsageError, match="--out"):
        write_report(cake_index, questions, "all", questions / "q.jsonl")


def test_a_split_without_questions_is_told(cake_index: Index, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps(QUESTIONS[4]), encoding="utf-8")
    with pytest.raises(UsageError, match="--split"):
        run(cake_index, tmp_path, "test")
    assert list(report(put(cake_index, chosen(tmp_path, "dev")))) == ["refusal"]


def test_means_and_intervals_as_json(cake_index: Index, questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cake_index, questions, "dev", as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["split", "questions", "kinds", "intervals"]
    assert printed["questions"] == 4
    assert list(printed["kinds"]) == ["all", "everyday", "law", "refusal"]
    expected = as_dict(report(put(cake_index, chosen(questions, "dev"))))
    assert printed["intervals"] == json.loads(json.dumps(expected["intervals"]))
    assert printed["kinds"]["law"]["hit@3"] == 1 / 2
    assert printed["intervals"]["law"]["hit@3"] == [0.0, 1.0]
