"""Kill a sync at any moment: the snapshot from before answers, and the next sync completes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TODAY, write_corpus

from ingest.sync import sync
from kb.encoder import StaticEncoder
from kb.index import Snapshots, open_index
from kb.search import search

ROOT = Path(__file__).parent.parent.parent
KILLS = int(os.environ.get("NAVKB_TEST_KILLS", "2"))
"""How often a sync is killed; `make bench` does it twenty times."""
EARLIEST, LATEST = 0.3, 1.1
"""Seconds after its start: from reading the manifest to making the new snapshot the live one."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, lovdata_folder: Path) -> tuple[Path, Path, str]:
    """Manifest, data folder and address of a corpus that has been synced once."""
    folder = tmp_path_factory.mktemp("killed")
    manifest = write_corpus(folder / "corpus")
    sync([manifest], folder / "data", StaticEncoder(), lovdata_folder.as_uri(), TODAY)
    return manifest, folder / "data", lovdata_folder.as_uri()


def _start(manifest: Path, data: Path, url: str) -> subprocess.Popen[bytes]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("NAVKB_")}
    environment = {**settings, "NAVKB_DATA": str(data), "NAVKB_LOVDATA_URL": url, "NAVKB_TODAY": TODAY.isoformat()}
    command = [sys.executable, str(ROOT / "navkb.py"), "sync", "--rebuild", str(manifest)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_killed_sync_loses_nothing(corpus: tuple[Path, Path, str]) -> None:
    manifest, data, url = corpus
    choose = random.Random(4)
    for _ in range(KILLS):
        with _start(manifest, data, url) as process:
            try:
                process.wait(timeout=choose.uniform(EARLIEST, LATEST))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        index = open_index(data, StaticEncoder())
        assert search(index, "kakl § 2 annet ledd").hits[0].passage.ref == "lov/2020-01-02-3/§2/ledd/2"
        assert index.vectors.count() == int(index.store.meta("vectors"))
        index.close()
    assert sync([manifest], data, StaticEncoder(), url, TODAY, rebuild=True).applied
    assert not list(Snapshots(data / "index").folder.glob("*.part"))
