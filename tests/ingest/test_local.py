"""An office's own manifest beside ours: what it takes in is marked local, is found, and never stands above the law."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest
from conftest import TODAY, write_corpus
from fakes import HashingEncoder
from reportlab.pdfgen import canvas

from ingest import manifest as manifests
from ingest.sync import sync
from kb.index import Index, open_index
from kb.search import search

LAW = "lov/2020-01-02-3"
QUESTION = "hvor mange stykker kake har den som har arbeidet hele uken, rett til?"
PARAGRAPH = "Den som har arbeidet hele uken, har rett til minst ett stykke kake."
DIGEST = f"""---
id: praksis/kloking
kind: praksis
tittel: Klok praksis
dato: 2026-11-01
kontrollert: 2026-11-21
spoersmaal:
  avsnitt/kake: ["{QUESTION}", "{PARAGRAPH}"]
ord:
  avsnitt/kake: ["stykker kake", "arbeidet hele uken"]
---
## Avsnitt · praksis · Kake
{QUESTION} {PARAGRAPH}
"""


def _docx() -> bytes:
    document, buffer = docx.Document(), BytesIO()
    document.add_heading("Nøkler til kjøleskapet", 1)
    document.add_paragraph("Nøkkelen til kjøleskapet henger hos vaktmester Ødegård i kjelleren.")
    document.save(buffer)
    return buffer.getvalue()


def _pdf() -> bytes:
    buffer = BytesIO()
    page = canvas.Canvas(buffer, (595, 842), invariant=True)
    for n, line in enumerate(("Parkering for syklister", "Syklene skal stå i skuret bak lasterampen.")):
        page.drawString(60, 700 - 40 * n, line)
    page.save()
    return buffer.getvalue()


FILES = {
    "vakt.md": "# Kakevakt\n\nVi har kakevakt på torsdager, og Bodil setter opp lista.".encode(),
    "oppvask.txt": "Oppvaskmaskinen slås på klokka fire, av den som går sist fra pauserommet.\r\n".encode("latin-1"),
    "dypt/nøkler.docx": _docx(),
    "sykler.pdf": _pdf(),
    "avskrift.md": f"# {QUESTION}\n\n{PARAGRAPH}".encode(),
    "mange.txt": f"{QUESTION}\n\n{PARAGRAPH}\n\n".encode() * 20,
    "klok.md": DIGEST.encode(),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, lovdata_folder: Path) -> Iterator[Index]:
    """An index of our small corpus, which stands for the one that comes with navkb, and an office's folder."""
    folder = tmp_path_factory.mktemp("office")
    ours, theirs = write_corpus(folder / "corpus"), folder / "lokalt" / "manifest.toml"
    for name, data in FILES.items():
        path = theirs.parent / "filer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    theirs.write_text(
        '[[source]]\nfolder = "filer"\nkind = "praksis"\nresponsibility = "kommune"\n\n'
        '[[source]]\narchive = "gjeldende-lover"\nkind = "lov"\n',
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifests, "SHIPPED", ours)
        report = sync([ours, theirs], folder / "data", HashingEncoder(), lovdata_folder.as_uri(), TODAY)
    assert not report.failures
    opened = open_index(folder / "data", HashingEncoder())
    yield opened
    opened.close()


def test_only_what_the_office_has_taken_in_is_local(index: Index) -> None:
    marked = {id_: source.local for id_, source in index.store.sources().items()}
    theirs = ("vakt", "oppvask", "noekler", "sykler", "avskrift", "mange", "kloking")
    ours = ("notat/kakeloven-2", "praksis/fredagskomiteen-2019", LAW, "lov/2025-06-07-8")
    assert marked == {f"praksis/{name}": True for name in theirs} | dict.fromkeys(ours, False)


@pytest.mark.parametrize(
    ("question", "ref", "said"),
    [
        ("hvem setter opp lista over kakevakt?", "praksis/vakt/avsnitt/kakevakt", "Bodil"),
        ("når slås oppvaskmaskinen på?", "praksis/oppvask/avsnitt/innledning", "slås på klokka fire"),
        ("hvor er nøkkelen til kjøleskapet?", "praksis/noekler/avsnitt/noekler-til-kjoeleskapet", "Ødegård"),
        ("hvor skal syklene stå?", "praksis/sykler/side/1", "lasterampen"),
    ],
)
def test_what_only_the_office_knows_is_found_first(index: Index, question: str, ref: str, said: str) -> None:
    hit = search(index, question).hits[0]
    assert hit.passage.ref == ref
    assert hit.source.local
    assert said in hit.passage.text


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        PARAGRAPH,
        "rett til ett stykke kake",
        f"{QUESTION} {PARAGRAPH}",
        "hvor mange stykker kake har jeg rett til?",
    ],
)
def test_a_copy_of_question_and_law_stands_below_the_law(index: Index, question: str) -> None:
    found = [(hit.passage.section_ref, hit.source.local) for hit in search(index, question).hits]
    assert any(local for _, local in found), "the copies are found"
    assert found.index((f"{LAW}/§2", False)) < min(n for n, (_, local) in enumerate(found) if local)
