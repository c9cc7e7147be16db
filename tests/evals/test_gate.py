"""The gate on a cut of the shipped notes: it holds as they are, and falls when what finds an answer is taken away."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from conftest import TODAY
from test_command_line import navkb

from evals.gate import Baseline, falls, floors_of, gate, read_baseline
from evals.questions import Question, QuestionKind, read_questions
from ingest.sync import sync
from kb import finders
from kb.encoder import StaticEncoder, Vectors
from kb.errors import UsageError
from kb.index import Index, open_index

ROOT = Path(__file__).parent.parent.parent
PARAGRAPHS = ("18", "20a", "27")
REFUSALS = 6
ENCODER = StaticEncoder()


def _sync(corpus: Path) -> Index:
    report = sync([corpus / "manifest.toml"], corpus / "data", ENCODER, "http://127.0.0.1:9", TODAY)
    assert not report.failures
    return open_index(corpus / "data", ENCODER)


def _questions(known: set[str]) -> list[Question]:
    """The dev questions that the cut can answer, and some that it cannot."""
    dev = [question for question in read_questions(ROOT / "evals" / "questions") if question.split == "dev"]
    refusals = [question for question in dev if question.kind is QuestionKind.REFUSAL]
    return [*(q for q in dev if q.gold and set(q.gold) <= known), *refusals[:REFUSALS]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some notes with the shipped vocabulary, the index of them, questions about them and the baseline of today."""
    folder = tmp_path_factory.mktemp("cut")
    (folder / "notater").mkdir()
    (folder / "q").mkdir()
    for paragraph in PARAGRAPHS:
        for note in (ROOT / "corpus" / "notater" / "sotjl").glob(f"{paragraph}-*.md"):
            shutil.copy(note, folder / "notater")
    for name in ("begreper.toml", "utenfor.toml"):
        shutil.copy(ROOT / "corpus" / name, folder)
    manifest = 'vocabulary = ["begreper.toml", "utenfor.toml"]\n[[source]]\nfolder = "notater"\n'
    (folder / "manifest.toml").write_text(manifest, encoding="utf-8")
    index = _sync(folder)
    asked = _questions({about[0] for about in index.about.values()})
    assert len(asked) > 25
    lines = "".join(f"{json.dumps(asdict(question))}\n" for question in asked)
    (folder / "q" / "q.jsonl").write_text(lines, encoding="utf-8")
    assert gate(index, folder / "q", folder / "baseline.json", update=True) == 0
    index.close()
    return folder


@pytest.fixture
def index(corpus: Path) -> Iterator[Index]:
    index = open_index(corpus / "data", ENCODER)
    yield index
    index.close()


def _gate(index: Index, corpus: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    status = gate(index, corpus / "q", corpus / "baseline.json")
    return status, capsys.readouterr().out


def test_untouched_it_holds(corpus: Path) -> None:
    arguments = ("--questions", str(corpus / "q"), "--baseline", str(corpus / "baseline.json"))
    done = navkb("eval", "gate", *arguments, data=corpus / "data")
    assert (done.returncode, done.stdout) == (0, "Alle gulv holder.\n")


def test_it_fails_without_the_questions_of_a_note(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(corpus, cut, ignore=shutil.ignore_patterns("data"))
    (note,) = (cut / "notater").glob("27-*")
    text = note.read_text(encoding="utf-8")
    note.write_text(re.sub(r"^spoersmaal(_nn)?:\n(?:  - .*\n)+", "", text, flags=re.MULTILINE), encoding="utf-8")
    index = _sync(cut)
    status, said = _gate(index, cut, capsys)
    index.close()
    assert status == 1
    assert re.search(r"dev, all: nDCG@10 er 0\.\d+, gulvet er 0\.\d+\.", said)
    assert "notat/sotjl-27 har 0 typiske spørsmål" in said
    assert "Notatene og sammendragene er ikke de gulvene ble målt på." in said
    assert "Fasitspørsmålene" not in said
    assert "Encoderen" not in said


def test_it_fails_with_broken_fusion(
    index: Index, corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WORD_WEIGHT", "MEANING_WEIGHT"):
        monkeypatch.setattr(finders, name, dict.fromkeys(getattr(finders, name), 0.0))
    status, said = _gate(index, corpus, capsys)
    assert status == 1
    assert "dev, everyday: hit@3" in said
    assert "ikke de gulvene ble målt på" not in said


class _Noise:
    """Vectors that say nothing, under the name of the real encoder."""

    stamp = ENCODER.stamp
    size = ENCODER.encode(["a"]).shape[1]

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        drawn = [np.random.default_rng(crc32(text.encode())).normal(size=self.size) for text in texts]
        return np.array([row / np.linalg.norm(row) for row in drawn], dtype=np.float32)


def test_it_fails_with_noise_for_an_encoder(index: Index, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index.encoder = _Noise()
    status, said = _gate(index, corpus, capsys)
    assert status == 1
    assert "nDCG@10 er" in said


NOW = Baseline(
    {"questions": "1", "notes": "1", "laws": "1", "encoder": "1"},
    {"test": {"law": {"hit@3": 0.9, "recall@5": 0.9, "nDCG@10": 0.8, "answered": 1.0}, "refusal": {"refused": 0.95}}},
    {"notat/a": 7, "notat/b": 0},
)


def test_floors_lie_a_margin_below_and_half_a_note_s_questions_may_go() -> None:
    floors = floors_of(NOW)
    assert floors.floors["test"]["law"] == {"hit@3": 0.87, "recall@5": 0.87, "nDCG@10": 0.77, "answered": 0.97}
    assert floors.notes == {"notat/a": 4}
    assert falls(floors, NOW) == []


def test_what_is_no_longer_there_has_fallen() -> None:
    now = Baseline(NOW.data, {"test": {"law": NOW.floors["test"]["law"]}}, {})
    assert falls(floors_of(NOW), now) == [
        "test, refusal: det er ingen slike spørsmål lenger.",
        "notat/a har 0 typiske spørsmål, gulvet er 4.",
    ]
    assert falls(floors_of(NOW), now, split="dev") == ["notat/a har 0 typiske spørsmål, gulvet er 4."]


def test_update_lowers_nothing_unless_told(
    cake_index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, questions = tmp_path / "baseline.json", tmp_path / "q"
    questions.mkdir()
    asked = {
        "id": "a",
        "kind": "law",
        "question": "formålet med loven",
        "gold": ["lov/2020-01-02-3/§1"],
        "split": "dev",
    }
    (questions / "q.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    assert gate(cake_index, questions, path, update=True) == 0
    written = path.read_bytes()
    (questions / "q.jsonl").write_text(json.dumps({**asked, "gold": ["lov/1/§1"]}), encoding="utf-8")
    assert gate(cake_index, questions, path, update=True) == 1
    assert "dev, law: hit@3 er 0.000, gulvet er 0.970." in capsys.readouterr().out
    assert path.read_bytes() == written
    assert gate(cake_index, questions, path, update=True, lower=True) == 0
    assert read_baseline(path).floors["dev"]["law"]["hit@3"] == 0.0
    assert gate(cake_index, questions, path) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gate", "--lower"], "--update"),
        (["gate", "--update", "--split", "dev"], "--split"),
        (["gate", "--baseline", "finnes-ikke.json"], "--update"),
        (["run", "--update"], "navkb eval gate"),
        (["report"], "--out"),
        (["gate", "--json"], "navkb eval run"),
    ],
)
def test_bad_use_is_told(corpus: Path, arguments: list[str], said: str) -> None:
    done = navkb("eval", *arguments, data=corpus / "data")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_baseline_that_cannot_be_written_or_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kan ikke skrives"):
        NOW.write(tmp_path / "finnes-ikke" / "b.json")
    (tmp_path / "b.json").write_text('{"data": {}}', encoding="utf-8")
    with pytest.raises(UsageError, match="slett den"):
        read_baseline(tmp_path / "b.json")
