"""What may be wrong with sources and disks: each fault has a named outcome, the rest goes in, nothing is lost."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from conftest import CAKE_LAW, TODAY, write_archive, write_corpus
from fakes import HashingEncoder

from ingest import archive as archives
from ingest.sync import Report, sync
from kb.errors import NavkbError
from kb.index import open_index
from kb.search import search

ENCODER = HashingEncoder()
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
