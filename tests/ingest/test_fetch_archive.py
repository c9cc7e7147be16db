"""Fetching Lovdata's archives over real HTTP: only newer ones, continued where a transfer broke off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import CAKE_LAW, write_archive
from web import Handler, Web

from ingest import fetch_archive
from ingest.fetch_archive import Lovdata
from kb.errors import SourceError


class Archives:
    """Lovdata's API with one archive, which can break off, and honour or ignore requests for a part."""

    def __init__(self, web: Web, data: bytes) -> None:
        self.web, self.data, self.published = web, data, "2026-11-01T00:00:00Z"
        self.break_after: int | None = None
        self.status = 206
        self.moved = 0
        web.answers["/list"] = self.list
        web.answers["/get/gjeldende-lover.tar.bz2"] = self.get

    def list(self, handler: Handler) -> None:
        item = {"filename": "gjeldende-lover.tar.bz2", "sizeBytes": len(self.data), "lastModified": self.published}
        handler.say(200, {}, json.dumps([item]).encode())

    def get(self, handler: Handler) -> None:
        asked = handler.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if asked and self.status == 416:
            handler.say(416, {})
            return
        if asked and self.status == 206:
            start += self.moved
            place = {"Content-Range": f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"}
            handler.say(206, place, self.data[start:])
            return
        handler.say(200, {}, self.data[: self.break_after], length=len(self.data))
        if self.break_after is not None:
            handler.break_off()

    @property
    def ranges(self) -> list[str | None]:
        return [headers.get("range") for path, headers in self.web.asked if path != "/list"]


@pytest.fixture
def archives(web: Web, tmp_path: Path) -> Archives:
    """An archive whose first transfer breaks off after a hundred bytes."""
    whole = write_archive(tmp_path / "lovdata", "gjeldende-lover", {"nl/nl-20200102-003.xml": CAKE_LAW}).read_bytes()
    api = Archives(web, whole)
    api.break_after = 100
    with pytest.raises(SourceError, match=r"brutt underveis.*det som er hentet, blir brukt"):
        Lovdata(web.url(""), tmp_path / "cache").archive("gjeldende-lover")
    api.break_after = None
    return api


def test_a_broken_download_goes_on_where_it_broke(archives: Archives, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    lovdata = Lovdata(archives.web.url(""), tmp_path / "cache", lambda *told: seen.append(told))
    archive = lovdata.archive("gjeldende-lover")
    assert archive.path.read_bytes() == archives.data
    assert archives.ranges == [None, "bytes=100-"]
    assert seen[0][1] > 100
    assert seen[-1] == ("gjeldende-lover.tar.bz2", len(archives.data), len(archives.data))
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == [
        "gjeldende-lover.tar.bz2",
        "gjeldende-lover.tar.bz2.stamp",
    ]


@pytest.mark.parametrize(
    ("change", "ranges"),
    [
        ("the server ignores it", [None, "bytes=100-"]),
        ("the server refuses it", [None, "bytes=100-", None]),
        ("another place comes", [None, "bytes=100-", None]),
        ("a new archive is out", [None, None]),
    ],
)
def test_a_part_that_does_not_fit_is_started_over(
    archives: Archives, tmp_path: Path, change: str, ranges: list[str | None]
) -> None:
    match change:
        case "the server ignores it":
            archives.status = 200
        case "the server refuses it":
            archives.status = 416
        case "another place comes":
            archives.moved = 7
        case _:
            archives.data = archives.data[::-1]
            archives.published = "2026-11-02T00:00:00Z"
    archive = Lovdata(archives.web.url(""), tmp_path / "cache").archive("gjeldende-lover")
    assert archive.path.read_bytes() == archives.data
    assert archives.ranges == ranges


def test_an_archive_of_unreasonable_size_leaves_nothing(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_archive, "LARGEST_ARCHIVE", 200)
    with pytest.raises(SourceError, match="urimelig stort"):
        Lovdata(archives.web.url(""), tmp_path / "cache").archive("gjeldende-lover")
    assert not (tmp_path / "cache" / "gjeldende-lover.tar.bz2.part").exists()


def test_a_disk_that_refuses_is_named(archives: Archives, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("en fil, ikke en mappe")
    with pytest.raises(SourceError, match="kunne ikke lagres"):
        Lovdata(archives.web.url(""), tmp_path / "elsewhere").archive("gjeldende-lover")


@pytest.mark.parametrize("body", [b"<html>", b"\xff\xfe", b"[1, 2]", b'{"a": 1}', b'[{"filename": "x"}]'])
def test_an_answer_that_is_no_list_of_archives_is_named(web: Web, tmp_path: Path, body: bytes) -> None:
    web.serve("/list", body, "application/json")
    with pytest.raises(SourceError, match=r"ikke en arkivliste.*NAVKB_LOVDATA_URL"):
        Lovdata(web.url(""), tmp_path).archive("gjeldende-lover")


@pytest.mark.parametrize("url", ["http://[", "http://lovdata:nei", "lovdata.example", "ftp://127.0.0.1"])
def test_an_api_address_that_is_none_is_named(tmp_path: Path, url: str) -> None:
    with pytest.raises(SourceError, match=r"svarer ikke nå \((ikke en gyldig adresse|ingen forbindelse)"):
        Lovdata(url, tmp_path).archive("gjeldende-lover")
