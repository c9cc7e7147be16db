"""The gate on what ships: the corpus with its laws from the archives, against evals/baseline.json."""

from __future__ import annotations

import pytest
from conftest import SHARED, TODAY, needs_shared, only_in_ci
from test_command_line import ROOT, navkb

from evals.gate import read_baseline
from ingest.manifest import SHIPPED
from ingest.sync import sync
from kb.encoder import StaticEncoder


@only_in_ci
@needs_shared
def test_no_floor_is_broken(pytestconfig: pytest.Config) -> None:
    """The index is kept from run to run, so that only what has changed is read in again."""
    assert pytestconfig.cache is not None
    data = pytestconfig.cache.mkdir("navkb-selection")
    report = sync([SHIPPED], data, StaticEncoder(), (SHARED / "lovdata").as_uri(), TODAY)
    assert not report.failures
    done = navkb("eval", "gate", "--split", "all", data=data)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_baseline_has_floors_for_every_kind_of_both_splits() -> None:
    floors = read_baseline(ROOT / "evals" / "baseline.json").floors
    kinds = {"all", "everyday", "law", "short", "nynorsk", "practice", "temporal", "multi", "refusal"}
    assert {split: set(of) for split, of in floors.items()} == {"dev": kinds, "test": kinds}
    assert all(0.5 < floor < 1 for of in floors.values() for row in of.values() for floor in row.values())
