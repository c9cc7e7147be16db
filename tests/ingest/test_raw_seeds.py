"""Slide transcripts and articles as an office finds them, in a manifest of its own: questions about them find them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import SHARED, TODAY, needs_shared

from ingest import manifest as manifests
from ingest.sync import sync
from kb.encoder import StaticEncoder
from kb.index import Index, open_index
from kb.search import search

pytestmark = needs_shared
SEEDS = {
    "praksis/solbu": "solbu-2014-partnerskapet-sett-fra-nav-kontoret.txt",
    "praksis/nordland": "nav-nordland-2019-styrket-partnerskap.txt",
    "praksis/gode-grep": "nav-gode-grep-forvaltning-og-ledelse.txt",
    "evaluering/aars": "aars-partnerskapet-i-nav-kontorene.txt",
    "evaluering/telemark": "telemarksforsking-2006-nav-reformen.txt",
}
QUESTIONS = (
    ("hvorfor mente Solbu at partnerskapet er en kjærlighetserklæring verdt?", "praksis/solbu/lysbilde/3"),
    ("hva skal til for et godt og langvarig samliv mellom stat og kommune", "praksis/solbu/lysbilde/6"),
    ("hvordan var kontorene i Trondheim organisert i bydelene?", "praksis/solbu/lysbilde/7"),
    ("hva betyr to eiere og to styringslinjer for partnerskapet?", "evaluering/aars/lysbilde/9"),
    (
        "hvordan ser staten på partnerskapet når en tredel ikke kan styres med statlige mål",
        "evaluering/aars/lysbilde/10",
    ),
    ("hva er erfaringene med vertskommunemodellen i Indre Salten og Narvik?", "praksis/nordland"),
    ("hva viste samordningsforsøkene om tverretatlige team og felles mottak?", "evaluering/telemark/lysbilde/16"),
    ("hvordan så trygdeetaten på sosialtjenesten, klientenes advokat?", "evaluering/telemark/lysbilde/32"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """NAV-loven with our notes about it, no digests, and the raw files in an office's manifest."""
    folder = tmp_path_factory.mktemp("seeds")
    ours, theirs = folder / "manifest.toml", folder / "lokalt.toml"
    notes = manifests.SHIPPED.parent / "notater" / "navloven"
    ours.write_text(
        f'[[source]]\nfolder = "{notes.as_posix()}"\n\n'
        '[[source]]\nid = "lov/2006-06-16-20"\nkind = "lov"\nlovdata = "gjeldende-lover"\n',
        encoding="utf-8",
    )
    theirs.write_text(
        "".join(
            f'[[source]]\nid = "{id_}"\nkind = "{id_.partition("/")[0]}"\npath = "{(SHARED / "seeds" / name).as_posix()}"\n'
            for id_, name in SEEDS.items()
        ),
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifests, "SHIPPED", ours)
        report = sync([ours, theirs], folder / "data", StaticEncoder(), (SHARED / "lovdata").as_uri(), TODAY)
    assert not report.failures
    opened = open_index(folder / "data", StaticEncoder())
    yield opened
    opened.close()


def test_practice_questions_find_their_document_and_slide_in_the_first_three(index: Index) -> None:
    """The law that bears on a question goes first, so two places are left; today 7 documents and 6 slides of 8."""
    found = [(ref, [hit.passage.ref for hit in search(index, question, 3).hits]) for question, ref in QUESTIONS]
    documents = [ref for ref, hits in found if any(hit.startswith("/".join(ref.split("/")[:2])) for hit in hits)]
    places = [ref for ref, hits in found if any(f"{hit}/".startswith(f"{ref}/") for hit in hits)]
    assert len(documents) >= 6, found
    assert len(places) >= 5, found
