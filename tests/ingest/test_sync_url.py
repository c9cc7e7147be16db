"""Syncing an address: a page is taken in, kept when it fails, and read by what it is."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from conftest import TODAY
from fakes import HashingEncoder
from web import Web

from ingest.sync import Report, sync
from kb.errors import SourceError
from kb.index import open_index
from kb.types import Document

PAGE = "<html><head><title>Kakevakt</title></head><body><main><h2>Torsdag</h2><p>{} baker.</p></main></body></html>"
TAG = '"utgave-1"'


def _office(tmp_path: Path, url: str, more: str = "") -> partial[Report]:
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(f'[[source]]\nid = "praksis/vakt"\nkind = "praksis"\nurl = "{url}"\n{more}', encoding="utf-8")
    return partial(sync, [manifest], tmp_path / "data", HashingEncoder(), "http://127.0.0.1:9", TODAY)


def _indexed(tmp_path: Path, encoder: HashingEncoder | None = None) -> Document:
    index = open_index(tmp_path / "data", encoder or HashingEncoder())
    sections = tuple(passage.section for passage in index.store.source_passages("praksis/vakt"))
    document = Document(index.store.sources()["praksis/vakt"], sections)
    index.close()
    return document


def test_sync_takes_in_a_page_and_then_only_asks(web: Web, tmp_path: Path) -> None:
    url = web.serve("/vakt", PAGE.format("Åse"), etag=TAG)
    run = _office(tmp_path, url)
    assert run().plan.add == ("praksis/vakt",)
    document = _indexed(tmp_path)
    assert (document.source.title, document.source.url) == ("Kakevakt", url)
    assert [(section.locator, section.text) for section in document.sections] == [("avsnitt/torsdag", "Åse baker.")]
    assert run().plan.empty
    assert len(web.asked) == 2
    web.serve("/vakt", PAGE.format("Bodil"))
    assert run().plan.replace == ("praksis/vakt",)
    assert _office(tmp_path, url, 'title = "Vakten"\n')().plan.replace == ("praksis/vakt",), "the manifest says more"
    assert _indexed(tmp_path).source.title == "Vakten"


@pytest.mark.parametrize("what", ["404", "500", "broken page", "gone"])
def test_sync_keeps_what_it_had_when_a_page_fails(web: Web, tmp_path: Path, what: str) -> None:
    run = _office(tmp_path, web.serve("/vakt", PAGE.format("Åse")))
    run()
    if what == "broken page":
        web.serve("/vakt", b"%PDF-1.7")
    elif what == "gone":
        run = _office(tmp_path, "http://127.0.0.1:9/vakt")
    else:
        web.refuse("/vakt", int(what))
    report = run()
    (failure,) = report.failures
    assert str(failure).startswith("praksis/vakt: ")
    assert not report.plan.remove
    assert _indexed(tmp_path).sections[0].text == "Åse baker."


def test_offline_nothing_is_asked_and_nothing_lost(web: Web, tmp_path: Path) -> None:
    run = _office(tmp_path, web.serve("/vakt", PAGE.format("Åse")))
    assert not run(offline=True).applied
    assert web.asked == []
    run()
    report = run(offline=True)
    assert (report.plan.empty, report.failures, len(web.asked)) == (True, (), 1)


@pytest.mark.parametrize("offline", [True, False])
def test_an_index_built_anew_takes_the_page_from_the_cache(web: Web, tmp_path: Path, offline: bool) -> None:
    run = _office(tmp_path, web.serve("/vakt", PAGE.format("Åse")))
    run()
    web.refuse("/vakt", 503)
    report = run(rebuild=True, offline=offline)
    assert report.applied
    assert len(report.failures) == (0 if offline else 1)
    assert _indexed(tmp_path).sections[0].text == "Åse baker."


@pytest.mark.parametrize(
    ("path", "kind", "body", "says"),
    [
        ("/bilde", "image/png", b"\x89PNG", r"kan ikke leses|ikke kan leses \(image/png\)"),
        ("/rapport.pdf", "text/html", PAGE.encode(), "skulle gi en .pdf-fil, men ga en nettside"),
        ("/vakt", "text/html", b"%PDF-1.7", "ikke en nettside"),
        ("/vakt", "application/octet-stream", b"x", "ikke kan leses"),
        ("/tom.txt", "text/plain", b"", "er tom"),
        ("/tom", "text/html", b"", "er tom"),
    ],
)
def test_what_is_not_what_it_seems_is_named(
    web: Web, tmp_path: Path, path: str, kind: str, body: bytes, says: str
) -> None:
    report = _office(tmp_path, web.serve(path, body, kind))()
    (failure,) = report.failures
    with pytest.raises(SourceError, match=says):
        raise failure
    assert not report.applied


@pytest.mark.parametrize(
    ("path", "kind", "body", "text"),
    [
        ("/vakt.txt", "text/plain", "Åse bakte.".encode("latin-1"), "Åse bakte."),
        ("/vakt.md", "application/octet-stream", "# Vakt\n\nÅse bakte.".encode(), "Åse bakte."),
        ("/vakt.html", "text/plain", PAGE.format("Åse").encode(), "Åse baker."),
        ("/vakt.php?side=2", "text/html;charset=iso-8859-15", PAGE.format("Š").encode("iso-8859-15"), "Š baker."),
    ],
)
def test_the_loader_follows_type_and_ending(
    web: Web, tmp_path: Path, path: str, kind: str, body: bytes, text: str
) -> None:
    report = _office(tmp_path, web.serve(path, body, kind))()
    assert not report.failures
    assert _indexed(tmp_path).sections[0].text == text


def test_an_id_a_file_has_taken_is_named(web: Web, tmp_path: Path) -> None:
    (tmp_path / "filer").mkdir()
    (tmp_path / "filer" / "vakt.md").write_text("# Vakt\n\nFilens egen tekst.", encoding="utf-8")
    run = _office(tmp_path, web.serve("/vakt", PAGE.format("Åse")))
    manifest = tmp_path / "manifest.toml"
    folder = '[[source]]\nkind = "praksis"\nfolder = "filer"\n\n'
    manifest.write_text(folder + manifest.read_text(encoding="utf-8"), encoding="utf-8")
    (failure,) = run().failures
    assert str(failure).startswith("praksis/vakt: id-en er alt brukt i en fil")
    assert web.asked == []
