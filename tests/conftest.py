"""What tests share: an invented law in Lovdata's format, a small corpus, and no network but this machine."""

from __future__ import annotations

import io
import socket
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fakes import HashingEncoder

from ingest.fetch import Lovdata
from ingest.lovdata import load_lovdata
from ingest.manifest import read_manifest
from ingest.sync import sync
from kb.index import Index, open_index
from navkb import SHIPPED_MANIFEST

TODAY = date(2026, 11, 21)
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CAKE_LAW = (Path(__file__).parent / "data" / "kakeloven.xml").read_bytes()
COMING_LAW = (Path(__file__).parent / "data" / "kakeloven-ny.xml").read_bytes()

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="de ekte lovarkivene (../shared/data) ligger ikke ved siden av prosjektet her"
)


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for another host fails at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


def write_archive(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    """A `.tar.bz2` like Lovdata's, with the given members."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.tar.bz2"
    with tarfile.open(path, "w:bz2") as tar:
        for member, data in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture(scope="session")
def lovdata_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that serves as Lovdata's API, holding the invented laws."""
    folder = tmp_path_factory.mktemp("lovdata")
    members = {"nl/nl-20200102-003.xml": CAKE_LAW, "nl/nl-20250607-008.xml": COMING_LAW}
    write_archive(folder, "gjeldende-lover", members)
    return folder


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A small office's manifest: the invented laws, a note about one of them and a digest."""
    return write_corpus(tmp_path / "corpus")


def write_corpus(folder: Path) -> Path:
    """Copy the small corpus of `tests/data` to a folder that a test may change; returns its manifest."""
    data = Path(__file__).parent / "data"
    for source in sorted((data / "corpus").rglob("*")):
        if source.is_file():
            target = folder / source.relative_to(data / "corpus")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    return folder / "manifest.toml"


@pytest.fixture(scope="session")
def cake_data(tmp_path_factory: pytest.TempPathFactory, lovdata_folder: Path) -> Path:
    """A data folder with an index of the small corpus."""
    folder = tmp_path_factory.mktemp("small")
    report = sync([write_corpus(folder / "corpus")], folder / "data", HashingEncoder(), lovdata_folder.as_uri(), TODAY)
    assert not report.failures
    return folder / "data"


@pytest.fixture(scope="session")
def real_places() -> set[str]:
    """Every citable place of the laws and regulations in the shipped manifest, read from the real archives."""
    source, places = Lovdata((SHARED / "lovdata").as_uri(), SHARED), set()
    entries = read_manifest(SHIPPED_MANIFEST).entries
    for name in {entry.where for entry in entries if entry.way == "lovdata"}:
        for id_, xml in source.archive(name).documents({entry.id for entry in entries if entry.where == name}):
            places |= {id_, *(f"{id_}/{section.locator}" for section in load_lovdata(xml, TODAY).sections)}
    return places


@pytest.fixture
def cake_index(cake_data: Path) -> Iterator[Index]:
    """The open index of the small corpus."""
    index = open_index(cake_data, HashingEncoder())
    yield index
    index.close()
