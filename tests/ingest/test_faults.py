"""What may be wrong with sources and disks: each fault has a named outcome, the rest goes in, nothing is lost."""

from __future__ import annotations

import bz2
import os
import shutil
import subprocess
import tarfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import docx
import pptx
import pytest
from conftest import CAKE_LAW, TODAY, write_archive, write_corpus
from fakes import HashingEncoder

from ingest import archive as archives
from ingest.load import load_file
from ingest.manifest import Entry
from ingest.sync import Report, sync
from kb.errors import NavkbError, SourceError
from kb.index import open_index
from kb.search import search

ENCODER = HashingEncoder()
GIGABYTE = 1 << 30
GOOD, OTHER = "nl/nl-20200102-003.xml", "nl/nl-20250607-008.xml"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "kakekakekake">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">
]><html><body>&g;&g;&g;</body></html>"""


def _sync(tmp_path: Path, members: dict[str, bytes]) -> Report:
    folder = tmp_path / "lovdata"
    write_archive(folder, "gjeldende-lover", members)
    return sync([write_corpus(tmp_path / "corpus")], tmp_path / "data", ENCODER, folder.as_uri(), TODAY)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (CAKE_LAW[:3000], "XML-en fra Lovdata er ødelagt"),
        (b"", "ødelagt"),
        (BOMB, "ødelagt"),
        (b"<html><body/></html>", "ikke et Lovdata-dokument"),
    ],
    ids=["truncated", "empty", "entity bomb", "something else"],
)
def test_a_broken_document_is_named_and_the_others_go_in(tmp_path: Path, broken: bytes, said: str) -> None:
    report = _sync(tmp_path, {OTHER: broken, GOOD: CAKE_LAW})
    (failure,) = report.failures
    assert str(failure).startswith("lov/2025-06-07-8: ")
    assert said in str(failure)
    assert "lov/2020-01-02-3" in report.plan.add


def test_a_document_of_unreasonable_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_MEMBER", 100_000)
    report = _sync(tmp_path, {OTHER: b"\0" * 300_000, GOOD: CAKE_LAW})
    assert "urimelig store" in str(report.failures[0])
    assert "lov/2025-06-07-8" in str(report.failures[0])
    assert "lov/2020-01-02-3" in report.plan.add


def test_an_archive_that_unpacks_to_too_much_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_UNPACKED", 1_000_000)
    report = _sync(tmp_path, {"nl/nl-20000101-001.xml": b"\0" * 2_000_000, GOOD: CAKE_LAW, OTHER: CAKE_LAW})
    assert "urimelig mye" in str(report.failures[0])


@contextmanager
def _little_memory() -> Iterator[None]:
    """What runs in it may hold a fifth of a gigabyte at most."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < GIGABYTE // 5
    finally:
        tracemalloc.stop()


def _bomb(member: tarfile.TarInfo) -> bytes:
    """An archive in which a gigabyte of zeros stands before a law; bz2 streams may follow one another."""
    member.size, law = GIGABYTE, tarfile.TarInfo(GOOD)
    law.size = len(CAKE_LAW)
    zeros = bz2.compress(bytes(GIGABYTE // 64)) * 64
    padding = bytes(-len(CAKE_LAW) % tarfile.BLOCKSIZE + 2 * tarfile.BLOCKSIZE)
    return bz2.compress(member.tobuf()) + zeros + bz2.compress(law.tobuf() + CAKE_LAW + padding)


def test_a_gigabyte_of_zeros_in_an_archive_loses_nothing(tmp_path: Path) -> None:
    _sync(tmp_path, {GOOD: CAKE_LAW, OTHER: CAKE_LAW})
    (tmp_path / "lovdata" / "gjeldende-lover.tar.bz2").write_bytes(_bomb(tarfile.TarInfo(OTHER)))
    manifest = tmp_path / "corpus" / "manifest.toml"
    with _little_memory():
        report = sync([manifest], tmp_path / "data", ENCODER, (tmp_path / "lovdata").as_uri(), TODAY)
    (failure,) = report.failures
    assert str(failure).startswith("Arkivet 'gjeldende-lover' pakker ut til urimelig mye")
    assert "Slett" in str(failure)
    assert report.plan.empty
    assert {"lov/2020-01-02-3", "lov/2025-06-07-8"} <= set(report.plan.keep)


@pytest.mark.parametrize(
    ("name", "type_", "said"),
    [
        ("ukjent.bin", tarfile.REGTYPE, "pakker ut til urimelig mye"),
        (OTHER, tarfile.XHDTYPE, "er ødelagt"),
        (OTHER, tarfile.GNUTYPE_LONGNAME, "er ødelagt"),
    ],
    ids=["unknown member", "attributes", "name"],
)
def test_a_gigabyte_of_zeros_anywhere_in_an_archive(tmp_path: Path, name: str, type_: bytes, said: str) -> None:
    member = tarfile.TarInfo(name)
    member.type = type_
    (tmp_path / "lover.tar.bz2").write_bytes(_bomb(member))
    with _little_memory(), pytest.raises(SourceError, match=said):
        list(archives.Archive("lover", tmp_path / "lover.tar.bz2", "").documents())


def test_an_archive_of_several_streams_is_read(tmp_path: Path) -> None:
    whole = bz2.decompress(write_archive(tmp_path / "lovdata", "gjeldende-lover", {OTHER: CAKE_LAW}).read_bytes())
    streams = b"".join(bz2.compress(whole[at : at + 1000]) for at in range(0, len(whole), 1000))
    (tmp_path / "streams.tar.bz2").write_bytes(streams)
    found = list(archives.Archive("lover", tmp_path / "streams.tar.bz2", "").documents())
    assert found == [("lov/2025-06-07-8", CAKE_LAW)]


@pytest.fixture(scope="module")
def gigabyte_in_a_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip file with a part of a gigabyte of zeros, to which a document is added."""
    path = tmp_path_factory.mktemp("zip") / "stor.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("docProps/stor.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(64):
            part.write(bytes(GIGABYTE // 64))
    return path


@pytest.mark.parametrize("ending", [".docx", ".pptx"])
def test_a_gigabyte_of_zeros_in_a_document(tmp_path: Path, gigabyte_in_a_zip: Path, ending: str) -> None:
    whole, bomb = BytesIO(), tmp_path / f"stor{ending}"
    (docx.Document() if ending == ".docx" else pptx.Presentation()).save(whole)
    shutil.copy(gigabyte_in_a_zip, bomb)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as package:
        for name in parts.namelist():
            package.writestr(name, parts.read(name))
    with _little_memory(), pytest.raises(SourceError, match=r"'praksis/stor' er for stor pakket ut \(107\d MB"):
        load_file(bomb, Entry(tmp_path / "manifest.toml", 1, "folder", "."))


def test_members_outside_the_archive_are_never_written_or_read(tmp_path: Path) -> None:
    report = _sync(
        tmp_path, {"../../ond.xml": CAKE_LAW, "/etc/ond.xml": CAKE_LAW, "nl/../../ond.xml": CAKE_LAW, GOOD: CAKE_LAW}
    )
    assert [str(f) for f in report.failures] == [
        "manifest.toml, linje 14: 'lov/2025-06-07-8' finnes ikke i Lovdatas arkiv 'gjeldende-lover'. Rett id-en."
    ]
    assert not list(tmp_path.rglob("ond.xml"))


def test_links_in_an_archive_are_ignored(tmp_path: Path) -> None:
    folder = tmp_path / "lovdata"
    folder.mkdir()
    with tarfile.open(folder / "gjeldende-lover.tar.bz2", "w:bz2") as tar:
        link = tarfile.TarInfo(OTHER)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        info = tarfile.TarInfo(GOOD)
        info.size = len(CAKE_LAW)
        tar.addfile(info, BytesIO(CAKE_LAW))
    report = sync([write_corpus(tmp_path / "corpus")], tmp_path / "data", ENCODER, folder.as_uri(), TODAY)
    assert "lov/2020-01-02-3" in report.plan.add
    assert "finnes ikke" in str(report.failures[0])


@pytest.mark.parametrize("damage", [b"", b"not bzip2 at all", b"BZh9" + b"\0" * 500])
def test_a_damaged_archive_is_named(tmp_path: Path, damage: bytes) -> None:
    folder = tmp_path / "lovdata"
    folder.mkdir()
    (folder / "gjeldende-lover.tar.bz2").write_bytes(damage)
    report = sync([write_corpus(tmp_path / "corpus")], tmp_path / "data", ENCODER, folder.as_uri(), TODAY)
    assert "'gjeldende-lover' er ødelagt" in str(report.failures[0])
    assert set(report.plan.add) == {"notat/kakeloven-2", "praksis/fredagskomiteen-2019"}


def test_a_folder_with_other_files_names_each_and_takes_the_rest(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path / "corpus")
    notes = manifest.parent / "notater"
    (notes / "tom.md").write_bytes(b"")
    (notes / "bilde.png").write_bytes(b"\x89PNG")
    (notes / "gammel.txt").write_bytes("Vi åpner klokka ni på lørdager.".encode("latin-1"))
    (notes / "tom.pdf").write_bytes(b"")
    report = sync([manifest], tmp_path / "data", ENCODER, "http://127.0.0.1:9", TODAY)
    told = " ".join(str(failure) for failure in report.failures)
    assert all(name in told for name in ("tom.md", "bilde.png", "praksis/tom"))
    assert "notat/kakeloven-2" in report.plan.add
    assert any("gammel" in source_id for source_id in report.plan.add)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("bare root kan lage en liten disk (tmpfs) å fylle opp")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_leaves_the_live_index(tmp_path: Path, small_disk: Path, lovdata_folder: Path) -> None:
    manifest = write_corpus(tmp_path / "corpus")
    sync([manifest], small_disk, ENCODER, lovdata_folder.as_uri(), TODAY)
    big = "\n\n".join(
        f"Avsnitt {n} om vafler, lapper og annet bakverk som fyller opp plassen. " * 12 for n in range(3_000)
    )
    (manifest.parent / "notater" / "stor.md").write_text(big, encoding="utf-8")
    with pytest.raises(NavkbError, match="kunne ikke skrives"):
        sync([manifest], small_disk, ENCODER, lovdata_folder.as_uri(), TODAY)
    index = open_index(small_disk, ENCODER)
    assert search(index, "kakl § 2 annet ledd").hits[0].passage.ref == "lov/2020-01-02-3/§2/ledd/2"
    index.close()
    assert not list((small_disk / "index").glob("*.part"))
