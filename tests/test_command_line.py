"""The command line as others use it: real processes, stable JSON keys, exit statuses, messages without tracebacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SHARED, needs_shared

ROOT = Path(__file__).parent.parent


def navkb(*arguments: str, data: Path, stdin: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NAVKB_DATA": str(data), "NAVKB_LOVDATA_URL": "http://127.0.0.1:9", **settings}
    return subprocess.run(
        [sys.executable, str(ROOT / "navkb.py"), *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the shipped corpus and nothing else: Lovdata is out of reach, and one sentence says so."""
    data = tmp_path_factory.mktemp("shipped")
    done = navkb("sync", data=data)
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1
    assert "svarer ikke nå" in done.stderr
    return data


@pytest.mark.xdist_group("shipped")
def test_the_first_question_with_only_the_shipped_corpus(shipped: Path) -> None:
    asked = navkb("ask", "--json", "Bruker har ikke tak over hodet i natt, hva må vi gjøre?", data=shipped)
    answer = json.loads(asked.stdout)
    assert list(answer) == ["question", "language", "refused", "text", "citations", "hits", "warnings", "model", "ms"]
    assert not answer["refused"]
    assert "lov/2009-12-18-131/§27" in answer["citations"][0]["about"]
    assert answer["citations"][0]["url"] == "https://lovdata.no/lov/2009-12-18-131/%C2%A727"
    assert "midlertidig" in answer["text"].split("\n\n")[1]


@pytest.mark.xdist_group("shipped")
def test_the_weather_is_refused(shipped: Path) -> None:
    asked = navkb("ask", "Hvordan blir været i Oslo i morgen?", data=shipped)
    assert asked.returncode == 0
    assert asked.stdout.startswith("Kildene mine dekker ikke dette spørsmålet")


@pytest.mark.xdist_group("shipped")
def test_search_and_sources(shipped: Path) -> None:
    found = json.loads(navkb("search", "--json", "-k", "3", "klagefrist", data=shipped).stdout)
    assert list(found) == ["question", "ms", "hits"]
    assert [list(hit) for hit in found["hits"]] == [
        ["ref", "source", "locator", "title", "kind", "score", "found_by", "about", "text", "url"]
    ] * 3
    listed = json.loads(navkb("sources", "--json", data=shipped).stdout)
    assert {
        "praksis/solbu-2014",
        "evaluering/aars-2014",
        "praksis/nav-nordland-2019",
        "evaluering/telemarksforsking-2006",
        "praksis/nav-gode-grep",
    } <= {source["id"] for source in listed}


@pytest.mark.xdist_group("shipped")
def test_many_questions_one_line_each_in_order(shipped: Path) -> None:
    lines = [
        "hva er nødhjelp?",
        '{"turns": ["hva er kvp?", "og hvor lenge?"], "per": "2026-01-01"}',
        "{ikke json",
        "x" * 3000,
        "gjelder 13876698743",
        "🙂",
    ]
    asked = navkb("ask", "--questions", "-", data=shipped, stdin="\n".join(lines))
    answers = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [answer["refused"] for answer in answers] == [False, False, True, True, True, True]
    assert answers[1]["question"] == "og hvor lenge?"
    assert "13876698743" not in asked.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["ask", "hei"], 3, "Kjør «navkb sync» først"),
        (["search", "hei"], 3, "Kjør «navkb sync» først"),
        (["sources"], 3, "Kjør «navkb sync» først"),
        (["chat"], 3, "Kjør «navkb sync» først"),
        (["ask", ""], 2, "Spørsmålet er tomt"),
        (["ask", "a" * 10_000], 2, "for langt"),
        (["ask", "gjelder 13876698743"], 2, "fødselsnummer"),
        (["sync", "finnes-ikke.toml"], 2, "kan ikke leses"),
        (["ask", "--questions", "finnes-ikke.txt"], 3, "navkb sync"),
        (["chat", "--host", "0.0.0.0"], 3, "navkb sync"),
        ([], 2, "usage: navkb"),
    ],
)
def test_bad_use_is_told_without_a_traceback(tmp_path: Path, arguments: list[str], status: int, message: str) -> None:
    done = navkb(*arguments, data=tmp_path)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_unknown_and_impossible_settings_are_told(tmp_path: Path) -> None:
    assert "NAVKB_DATTA" in navkb("sources", data=tmp_path, NAVKB_DATTA="x").stderr
    done = navkb("sources", data=tmp_path, NAVKB_PORT="åtte")
    assert (done.returncode, "NAVKB_PORT" in done.stderr) == (2, True)


@needs_shared
@pytest.mark.xdist_group("real")
def test_a_ledd_is_looked_up_in_the_real_law(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.toml"
    vocabulary = os.path.relpath(ROOT / "corpus" / "begreper.toml", tmp_path)
    manifest.write_text(
        f'vocabulary = ["{vocabulary}"]\n[[source]]\nid = "lov/2009-12-18-131"\nkind = "lov"\nlovdata = "gjeldende-lover"\n',
        encoding="utf-8",
    )
    real = (SHARED / "lovdata").as_uri()
    assert navkb("sync", str(manifest), data=tmp_path, NAVKB_LOVDATA_URL=real).returncode == 0
    answer = json.loads(navkb("ask", "--json", "sotjl § 20 a fjerde ledd", data=tmp_path).stdout)
    (citation,) = answer["citations"]
    assert citation["ref"] == "lov/2009-12-18-131/§20a/ledd/4"
    assert citation["quote"].startswith("Ved brudd på vilkår")
    assert citation["url"] == "https://lovdata.no/lov/2009-12-18-131/%C2%A720a"
