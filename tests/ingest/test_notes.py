"""Fagnotater and digests: what they become, and that every mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_corpus

from ingest.notes import load_note, read_front_matter
from kb.errors import SourceError
from kb.types import Document, Kind


def _load(path: Path, text: str) -> Document:
    front = read_front_matter(text, path)
    assert front is not None
    return load_note(front)


@pytest.fixture
def note(tmp_path: Path) -> str:
    return (write_corpus(tmp_path).parent / "notater" / "2-rett-til-kake.md").read_text(encoding="utf-8")


def test_a_note(note: str) -> None:
    document = _load(Path("n.md"), note)
    assert [s.locator for s in document.sections] == [
        "avsnitt/kort-svar",
        "avsnitt/kort-svar-nynorsk",
        "avsnitt/vilkaar-og-vurdering",
        "avsnitt/husk",
    ]
    short, *rest = document.sections
    assert short.about == ("lov/2020-01-02-3/§2",)
    assert len(short.questions) == 3
    assert not any(section.questions for section in rest)


def test_a_digest(tmp_path: Path) -> None:
    path = write_corpus(tmp_path).parent / "praksis" / "fredagskomiteen.md"
    document = _load(path, path.read_text(encoding="utf-8"))
    assert document.source.kind is Kind.PRAKSIS
    (section,) = document.sections
    assert (section.locator, section.mark, section.title) == ("lysbilde/2", "mening", "Turnus for baking")
    assert section.questions == ("hvordan fikk fredagskomiteen folk til å møte opp?",)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("ansvar: kommune", "ansvar: fylke", 5, "ansvar"),
        ("kontrollert: 2026-11-21", "kontrollert: i dag", 6, "dato"),
        ("tittel: Rett til kake", "titel: Rett til kake", 3, "ukjent nøkkel"),
        ("## Husk", "## Pass på", 24, "overskriften"),
        ("gjelder: [lov/2020-01-02-3/§2]\n", "", 2, "gjelder"),
        ('  - "tomt fat', '  - ""tomt fat', 10, "YAML"),
        ("## Kort svar\n", "Noe først\n## Kort svar\n", 15, "før første overskrift"),
        ('ord: ["bløtkake"', 'ord: "bløtkake"\nspoersmaal_nn: [1', 13, "spoersmaal_nn"),
    ],
)
def test_mistakes_are_told_with_their_line(note: str, old: str, new: str, line: int, what: str) -> None:
    assert old in note
    with pytest.raises(SourceError, match=rf"n\.md, linje \d+: .*{what}") as told:
        _load(Path("n.md"), note.replace(old, new, 1))
    if what not in ("spoersmaal_nn", "YAML"):
        assert f"linje {line}:" in str(told.value)
