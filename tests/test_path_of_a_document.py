"""Read this first: what happens to a document on its way in, from a manifest line to a searchable passage."""

from __future__ import annotations

from pathlib import Path

from conftest import CAKE_LAW, TODAY
from fakes import HashingEncoder

from ingest.clean import clean_document
from ingest.fetch_archive import Lovdata
from ingest.lovdata import load_lovdata
from ingest.manifest import read_manifest
from ingest.plan import plan
from ingest.split import split
from ingest.sync import sync
from kb.index import open_index
from kb.search import search


def test_path_of_a_document(manifest: Path, lovdata_folder: Path, tmp_path: Path) -> None:
    # A manifest names the source: which document, and which of Lovdata's archives holds it.
    entry = next(entry for entry in read_manifest(manifest).entries if entry.id == "lov/2020-01-02-3")
    assert (entry.way, entry.where) == ("lovdata", "gjeldende-lover")

    # Fetch gives the archive; from it only the documents that were asked for are read.
    archive = Lovdata(lovdata_folder.as_uri(), tmp_path / "cache").archive(entry.where)
    assert dict(archive.documents({entry.id})) == {entry.id: CAKE_LAW}

    # Load turns XML into a source and its sections: one per §, the ledd separated by a blank line.
    document = clean_document(load_lovdata(CAKE_LAW, TODAY))
    assert document.source.names == ("kakeloven", "kakl")
    assert [section.locator for section in document.sections] == ["§1", "§2", "§2a", "§3"]

    # Split makes one passage per ledd; each is a span of its section and has a reference of its own.
    passages = split(document)
    second = next(passage for passage in passages if passage.ref == "lov/2020-01-02-3/§2/ledd/2")
    assert second.text == second.section.text[second.start : second.end]
    assert second.text.splitlines() == [
        "Kaken skal være:",
        "a. bakt samme dag,",
        "b. fri for rosiner, jf. § 1, og",
        "1. uten glasur i januar,",
        "med mindre arbeidstakeren har bedt om noe annet.",
    ]

    # Plan compares digests: what the manifest wants against what the index has. It does nothing yet.
    assert plan({entry.id: "new"}, {entry.id: "old"}, removable=set()).replace == (entry.id,)

    # Sync walks the whole path for every source and swaps the new snapshot in.
    data, encoder = tmp_path / "data", HashingEncoder()
    report = sync([manifest], data, encoder, lovdata_folder.as_uri(), TODAY)
    assert report.applied
    assert not report.failures
    assert len(report.plan.add) == 4

    # From here on anybody who opens the index finds the passage.
    index = open_index(data, encoder)
    assert search(index, "kakl § 2 annet ledd").hits[0].passage.text == second.text
    index.close()

    # The same sync once more changes nothing.
    assert sync([manifest], data, encoder, lovdata_folder.as_uri(), TODAY).plan.empty
