"""Sync: only what changed, nothing lost when something fails, a snapshot swapped in whole."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter

import pytest
from conftest import CAKE_LAW, TODAY, write_archive
from fakes import HashingEncoder

from ingest import apply as applying
from ingest.archive import id_of_member
from ingest.sync import Report, sync
from kb.errors import IndexMismatch, IndexMissing, NavkbError
from kb.fields import EMBEDDED, Field, entries
from kb.index import Index, Snapshots, open_index
from kb.store import PassageStore

ENCODER = HashingEncoder()


@pytest.fixture
def run(manifest: Path, tmp_path: Path, lovdata_folder: Path) -> partial[Report]:
    return partial(sync, [manifest], tmp_path / "data", ENCODER, lovdata_folder.as_uri(), TODAY)


def _entry_ids(index: Index) -> set[str]:
    sources = index.store.sources().values()
    return {
        entry.id
        for source in sources
        for p in index.store.source_passages(source.id)
        for entry in entries(p, source.kind)
        if entry.field in EMBEDDED
    }


def _sources(data: Path) -> set[str]:
    index = open_index(data, ENCODER)
    found = set(index.store.sources())
    index.close()
    return found


def test_a_changed_note_replaces_only_itself(run: partial[Report], manifest: Path, tmp_path: Path) -> None:
    run()
    note = manifest.parent / "notater" / "2-rett-til-kake.md"
    note.write_text(
        note.read_text(encoding="utf-8").replace("Det skal være ferskt", "Det må være ferskt"), encoding="utf-8"
    )
    report = run()
    assert (report.plan.add, report.plan.replace, report.plan.remove) == ((), ("notat/kakeloven-2",), ())
    index = open_index(tmp_path / "data", ENCODER)
    assert index.vectors.count() == int(index.store.meta("vectors"))
    assert index.vectors.ids() == _entry_ids(index)
    index.close()


def test_a_source_taken_out_leaves_store_words_and_vectors(
    run: partial[Report], manifest: Path, tmp_path: Path
) -> None:
    run()
    (manifest.parent / "praksis" / "fredagskomiteen.md").unlink()
    assert run().plan.remove == ("praksis/fredagskomiteen-2019",)
    index = open_index(tmp_path / "data", ENCODER)
    assert not any(index.store.words.search(field, [[["bakelist"]]], 5) for field in Field)
    assert index.vectors.ids() == _entry_ids(index)
    index.close()


def test_sources_of_other_manifests_stay(
    run: partial[Report], manifest: Path, tmp_path: Path, lovdata_folder: Path
) -> None:
    run()
    local = tmp_path / "lokalt" / "manifest.toml"
    local.parent.mkdir()
    (local.parent / "rutine.md").write_text("# Vakt\n\nVi har kakevakt på torsdager.", encoding="utf-8")
    local.write_text(
        '[[source]]\nid = "praksis/vakt"\nkind = "praksis"\npath = "rutine.md"\ntitle = "Kakevakt"\n', encoding="utf-8"
    )
    report = sync([local], tmp_path / "data", ENCODER, lovdata_folder.as_uri(), TODAY)
    assert report.plan.add == ("praksis/vakt",)
    assert not report.plan.remove
    assert "lov/2020-01-02-3" in _sources(tmp_path / "data")


def test_offline_keeps_the_law_and_takes_in_the_notes(run: partial[Report], tmp_path: Path) -> None:
    run(offline=True)
    assert _sources(tmp_path / "data") == {"notat/kakeloven-2", "praksis/fredagskomiteen-2019"}
    run()
    assert run(offline=True).plan.empty
    assert "lov/2020-01-02-3" in _sources(tmp_path / "data")


def test_a_dry_run_does_nothing(run: partial[Report], tmp_path: Path) -> None:
    assert len(run(dry_run=True).plan.add) == 4
    with pytest.raises(IndexMissing):
        open_index(tmp_path / "data", ENCODER)


def test_a_broken_note_is_named_and_the_rest_goes_in(run: partial[Report], manifest: Path, tmp_path: Path) -> None:
    run()
    note = manifest.parent / "notater" / "2-rett-til-kake.md"
    note.write_text(note.read_text(encoding="utf-8").replace("ansvar: kommune", "ansvar: fylke"), encoding="utf-8")
    report = run()
    assert [str(failure).partition(":")[0] for failure in report.failures] == ["2-rett-til-kake.md, linje 5"]
    assert "notat/kakeloven-2" in _sources(tmp_path / "data"), "the version from before must stay"


def test_a_crash_while_building_leaves_the_live_snapshot(
    run: partial[Report], manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    before = Snapshots(tmp_path / "data" / "index").current()
    (manifest.parent / "praksis" / "fredagskomiteen.md").unlink()

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(PassageStore, "remove_source", full_disk)
        with pytest.raises(NavkbError, match="kunne ikke skrives"):
            run()
    assert Snapshots(tmp_path / "data" / "index").current() == before
    assert run().applied


def test_the_one_before_is_kept_for_roll_back(run: partial[Report], manifest: Path, tmp_path: Path) -> None:
    note = manifest.parent / "notater" / "2-rett-til-kake.md"
    for word in ("først", "så", "sist"):
        note.write_text(note.read_text(encoding="utf-8") + f"- {word}\n", encoding="utf-8")
        run()
    snapshots = Snapshots(tmp_path / "data" / "index")
    assert len(snapshots.all()) == applying.KEPT_SNAPSHOTS
    assert snapshots.all()[-1] == snapshots.current()


def test_an_index_from_another_encoder_is_named_and_cured(
    run: partial[Report], manifest: Path, tmp_path: Path, lovdata_folder: Path
) -> None:
    run()
    other = HashingEncoder(64)
    with pytest.raises(IndexMismatch, match=r"hashing-1024.*hashing-64.*navkb sync"):
        open_index(tmp_path / "data", other)
    assert sync([manifest], tmp_path / "data", other, lovdata_folder.as_uri(), TODAY).applied
    open_index(tmp_path / "data", other).close()


def test_lost_vectors_are_noticed(run: partial[Report], tmp_path: Path) -> None:
    run()
    current = Snapshots(tmp_path / "data" / "index").current()
    assert current is not None
    shutil.rmtree(current / "vectors")
    index = open_index(tmp_path / "data", ENCODER)
    with pytest.raises(IndexMismatch, match="--rebuild"):
        _ = index.vectors
    assert run(rebuild=True).applied


def test_two_syncs_at_once_are_refused(run: partial[Report], tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "data").mkdir()
    with FileLock(tmp_path / "data" / "sync.lock"), pytest.raises(NavkbError, match="En annen"):
        run()


def test_a_whole_archive_comes_in_and_is_not_read_again(tmp_path: Path, lovdata_folder: Path) -> None:
    manifest = tmp_path / "alt.toml"
    manifest.write_text('[[source]]\narchive = "gjeldende-lover"\nkind = "lov"\n', encoding="utf-8")
    run = partial(sync, [manifest], tmp_path / "data", ENCODER, lovdata_folder.as_uri(), TODAY)
    assert run().plan.add == ("lov/2020-01-02-3", "lov/2025-06-07-8")
    read: list[str] = []
    assert run(progress=read.append).plan.empty
    assert read == []


def test_roll_back_answers_from_the_one_before(run: partial[Report], manifest: Path, tmp_path: Path) -> None:
    run()
    (manifest.parent / "praksis" / "fredagskomiteen.md").unlink()
    run()
    snapshots = Snapshots(tmp_path / "data" / "index")
    with pytest.raises(IndexMissing):
        applying.roll_back(Snapshots(tmp_path / "nothing"))
    applying.roll_back(snapshots)
    assert "praksis/fredagskomiteen-2019" in _sources(tmp_path / "data")


def test_damaged_archives_are_named(manifest: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    whole = write_archive(folder, "gjeldende-lover", {"nl/nl-20200102-003.xml": CAKE_LAW}).read_bytes()
    (folder / "gjeldende-lover.tar.bz2").write_bytes(whole[: len(whole) // 2])
    report = sync([manifest], tmp_path / "data", ENCODER, folder.as_uri(), TODAY)
    assert "ødelagt" in str(report.failures[0])
    assert _sources(tmp_path / "data") == {"notat/kakeloven-2", "praksis/fredagskomiteen-2019"}


@pytest.mark.parametrize(
    ("member", "id_"),
    [
        ("nl/nl-20091218-131.xml", "lov/2009-12-18-131"),
        ("nl/nl-19670210-000.xml", "lov/1967-02-10"),
        ("sf/sf-20070126-0107.xml", "forskrift/2007-01-26-107"),
        ("../../etc/passwd", ""),
        ("nl/../nl-20091218-131.xml", ""),
    ],
)
def test_members_name_their_document(member: str, id_: str) -> None:
    assert id_of_member(member) == id_


class _Api(SimpleHTTPRequestHandler):
    """Lovdata's API over real HTTP: /list and /get/{file}."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/list":
            path = Path(self.directory) / "gjeldende-lover.tar.bz2"
            body = f'[{{"filename": "{path.name}", "sizeBytes": "{path.stat().st_size}", "lastModified": "2025-11-08T02:31:59Z"}}]'.encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)
        else:
            self.path = self.path.removeprefix("/get")
            super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api(lovdata_folder: Path) -> Iterator[tuple[str, list[str]]]:
    handler = type("Api", (_Api,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(lovdata_folder)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler.asked
    server.shutdown()
    server.server_close()


def test_over_http_an_archive_is_fetched_once(manifest: Path, tmp_path: Path, api: tuple[str, list[str]]) -> None:
    url, asked = api
    assert sync([manifest], tmp_path / "data", ENCODER, url, TODAY).applied
    assert sync([manifest], tmp_path / "data", ENCODER, url, TODAY).plan.empty
    assert asked == ["/list", "/get/gjeldende-lover.tar.bz2", "/list"]


def test_an_unreachable_lovdata_is_one_sentence_within_three_seconds(manifest: Path, tmp_path: Path) -> None:
    started = perf_counter()
    report = sync([manifest], tmp_path / "data", ENCODER, "http://127.0.0.1:9", TODAY)
    assert perf_counter() - started < 3
    (failure,) = report.failures
    assert "svarer ikke nå" in str(failure)
    assert report.applied
