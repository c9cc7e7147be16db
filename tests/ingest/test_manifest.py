"""Manifests: every mistake is a named error with the line it stands on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.manifest import read_manifest, read_manifests
from kb.errors import ManifestError
from kb.types import Responsibility

GOOD = """[[source]]
id = "praksis/rutine"
kind = "praksis"
path = "rutine.md"
title = "Rutine"
date = 2025-01-02
responsibility = "kommune"
url = "https://example.org/rutine"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rutine.md").write_text("# Rutine\n\nVi åpner klokka ni.", encoding="utf-8")
    return tmp_path


def _write(folder: Path, text: str) -> Path:
    path = folder / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry(folder: Path) -> None:
    (entry,) = read_manifest(_write(folder, GOOD)).entries
    assert (entry.way, entry.line, entry.responsibility) == ("path", 1, Responsibility.KOMMUNE)
    assert entry.path == folder / "rutine.md"


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("title =", "tittel =", 5, "ukjent nøkkel 'tittel'"),
        ('"praksis"\n', '"praksiss"\n', 3, "'praksiss' er ikke kjent"),
        ("rutine.md", "borte.md", 4, "filen 'borte.md' finnes ikke"),
        ("2025-01-02", '"i fjor"', 6, "dato"),
        ('"kommune"', '"fylke"', 7, "'fylke'"),
        ('id = "praksis/rutine"\n', "", 1, "mangler id"),
        ('"praksis/rutine"', '"min rutine"', 2, "slag/navn"),
        ('kind = "praksis"\n', "", 1, "mangler kind"),
        ('path = "rutine.md"', 'lovdata = "gjeldende-lover"', 1, "nøyaktig én"),
        ('title = "Rutine"', "title = 7", 5, "tekst i anførselstegn"),
        ("[[source]]", "[[kilde]]", 1, "ukjent nøkkel 'kilde'"),
        ("[[source]]", "[source]", 1, r"\[\[source\]\]"),
    ],
)
def test_mistakes_are_told_with_their_line(folder: Path, old: str, new: str, line: int, what: str) -> None:
    with pytest.raises(ManifestError, match=what) as told:
        read_manifest(_write(folder, GOOD.replace(old, new, 1)))
    assert f"linje {line}:" in str(told.value)


def test_an_id_that_stands_twice(folder: Path) -> None:
    with pytest.raises(ManifestError, match=r"linje 9: kilden 'praksis/rutine' står allerede i .* linje 1"):
        read_manifests([_write(folder, GOOD + GOOD)])


@pytest.mark.parametrize("content", [b"[[source", b"\xff\xfe\x00", None])
def test_unreadable_manifests(folder: Path, content: bytes | None) -> None:
    path = folder / "m.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ManifestError, match=r"m\.toml"):
        read_manifest(path)
