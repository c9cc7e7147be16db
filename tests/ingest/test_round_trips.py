"""Whole round trips: random edits of a small corpus, and the five seed documents through a manifest of their own."""

from __future__ import annotations

import tempfile
from pathlib import Path

from conftest import SHARED, TODAY, needs_shared
from fakes import HashingEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sync import sync
from kb.fields import EMBEDDED, entries
from kb.index import open_index

ENCODER = HashingEncoder(32)
NOWHERE = "http://127.0.0.1:9"
FILES = st.dictionaries(
    st.sampled_from(["rutine", "vakt", "møter", "skjema"]),
    st.sampled_from(
        ["# Vakt\n\nVi åpner klokka ni.", "Ring først.\n\n# Etterpå\n\nSkriv notat.", "# Vakt\n\nVi åpner klokka åtte."]
    ),
    max_size=4,
)

SEEDS = """
[[source]]
id = "praksis/solbu"
kind = "praksis"
path = "solbu-2014-partnerskapet-sett-fra-nav-kontoret.txt"
[[source]]
id = "evaluering/aars"
kind = "evaluering"
path = "aars-partnerskapet-i-nav-kontorene.txt"
[[source]]
id = "evaluering/telemark"
kind = "evaluering"
path = "telemarksforsking-2006-nav-reformen.txt"
[[source]]
id = "praksis/nordland"
kind = "praksis"
path = "nav-nordland-2019-styrket-partnerskap.txt"
[[source]]
id = "praksis/grep"
kind = "praksis"
path = "nav-gode-grep-forvaltning-og-ledelse.txt"
"""
NOISE = (
    "Presentasjon lastes",
    "Liknende presentasjoner",
    "Laste ned ppt",
    "Annonser fra",
    "Utskrift av presentasjonen",
    "Telemarksforsking-Bø\n",
)


@given(st.lists(FILES, min_size=1, max_size=3))
@settings(deadline=None, max_examples=8)
def test_after_any_edits_the_index_holds_the_files_and_nothing_is_left_to_do(edits: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "filer").mkdir()
        manifest = folder / "manifest.toml"
        manifest.write_text('[[source]]\nfolder = "filer"\nkind = "praksis"\n', encoding="utf-8")
        for files in edits:
            for old in (folder / "filer").iterdir():
                old.unlink()
            for file, text in files.items():
                (folder / "filer" / f"{file}.md").write_text(text, encoding="utf-8")
            sync([manifest], folder / "data", ENCODER, NOWHERE, TODAY)
            assert sync([manifest], folder / "data", ENCODER, NOWHERE, TODAY).plan.empty
        if not any(edits):
            return
        index = open_index(folder / "data", ENCODER)
        assert len(index.store.sources()) == len(edits[-1])
        passages = [(p, s.kind) for s in index.store.sources().values() for p in index.store.source_passages(s.id)]
        listed = [entry for passage, kind in passages for entry in entries(passage, kind)]
        assert index.vectors.ids() == {entry.id for entry in listed if entry.field in EMBEDDED}
        index.close()


@needs_shared
def test_the_seed_documents_through_a_manifest(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(SEEDS.replace('path = "', f'path = "{SHARED / "seeds"}/'), encoding="utf-8")
    report = sync([manifest], tmp_path / "data", ENCODER, NOWHERE, TODAY)
    assert not report.failures
    index = open_index(tmp_path / "data", ENCODER)
    texts = {source: [p.text + "\n" for p in index.store.source_passages(source)] for source in index.store.sources()}
    assert not [text for listed in texts.values() for text in listed if any(noise in text for noise in NOISE)]
    slides = {p.section.locator for p in index.store.source_passages("evaluering/telemark")}
    assert {"lysbilde/1", "lysbilde/9", "lysbilde/20", "lysbilde/45"} <= slides
    (ninth,) = index.store.section_passages("evaluering/telemark/lysbilde/9")
    assert "kap. 5 som et minimum" in ninth.text
    assert {p.section.locator for p in index.store.source_passages("praksis/grep")} >= {
        "avsnitt/korte-vedtak",
        "avsnitt/god-internkontroll",
    }
    index.close()
