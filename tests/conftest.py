"""What tests share: an invented law in Lovdata's format, a small corpus, and no network but this machine."""

from __future__ import annotations

import io
import os
import socket
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fakes import HashingEncoder
from hypothesis import settings
from web import Web, serving

from ingest import manifest as manifests
from ingest.fetch_archive import Lovdata
from ingest.load import files_of, load_file
from ingest.lovdata import LOADER_VERSION, load_lovdata
from ingest.manifest import SHIPPED, read_manifest
from ingest.sync import sync
from kb.index import Index, open_index
from kb.references import parse
from kb.store import digest_of
from kb.types import Document

TODAY = date(2026, 11, 21)
settings.register_profile("quick", max_examples=20)
settings.register_profile("thorough", max_examples=100)
settings.load_profile("thorough" if os.environ.get("CI") == "true" else "quick")
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
CAKE_LAW = (Path(__file__).parent / "data" / "kakeloven.xml").read_bytes()
COMING_LAW = (Path(__file__).parent / "data" / "kakeloven-ny.xml").read_bytes()

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="de ekte lovarkivene (../shared/data) ligger ikke ved siden av prosjektet her"
)

IN_CI = os.environ.get("CI") == "true"
only_in_ci = pytest.mark.skipif(not IN_CI, reason="tar mange sekunder og kjøres i CI (CI=true make test)")


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
def web() -> Iterator[Web]:
    """A web server on this machine."""
    with serving() as site:
        yield site


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
    """A data folder with an index of the small corpus, which stands for the one that comes with navkb."""
    folder = tmp_path_factory.mktemp("small")
    corpus = write_corpus(folder / "corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifests, "SHIPPED", corpus)
        report = sync([corpus], folder / "data", HashingEncoder(), lovdata_folder.as_uri(), TODAY)
    assert not report.failures
    return folder / "data"


@pytest.fixture(scope="session")
def shipped_documents() -> list[Document]:
    """Every note, digest and rate of the shipped corpus."""
    entries = read_manifest(SHIPPED).entries
    return [load_file(path, entry) for entry in entries if entry.way == "folder" for path in files_of(entry)]


@pytest.fixture(scope="session")
def real_places(shipped_documents: list[Document], pytestconfig: pytest.Config) -> set[str]:
    """Every citable place of the laws and regulations the corpus takes in or points at, from the real archives.

    Unpacking the archives takes ten seconds, so the places are kept in pytest's cache until an archive changes.
    """
    wanted = {entry.id for entry in read_manifest(SHIPPED).entries if entry.way == "lovdata"}
    for document in shipped_documents:
        for section in document.sections:
            wanted |= {place.source_id for ref in (*section.about, *section.see_also) if (place := parse(ref))}
    source, places = Lovdata((SHARED / "lovdata").as_uri(), SHARED), set()
    for name, kind in (("gjeldende-lover", "lov"), ("gjeldende-sentrale-forskrifter", "forskrift")):
        archive, ids = source.archive(name), sorted(id_ for id_ in wanted if id_.startswith(f"{kind}/"))
        key = f"navkb/places-{digest_of(archive.name, archive.stamp, LOADER_VERSION, *ids)}"
        listed = pytestconfig.cache.get(key, None) if pytestconfig.cache else None
        if listed is None:
            laws = (load_lovdata(xml, TODAY) for _, xml in archive.documents(ids))
            listed = [
                ref for law in laws for ref in (law.source.id, *(f"{law.source.id}/{s.locator}" for s in law.sections))
            ]
            if pytestconfig.cache:
                pytestconfig.cache.set(key, listed)
        places |= set(listed)
    return places


@pytest.fixture
def cake_index(cake_data: Path) -> Iterator[Index]:
    """The open index of the small corpus."""
    index = open_index(cake_data, HashingEncoder())
    yield index
    index.close()
