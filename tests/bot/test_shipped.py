"""What comes with navkb, asked as a user asks: real processes over the shipped corpus, and over the real law."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import SHARED, needs_shared
from test_command_line import ROOT, navkb


@pytest.fixture(scope="module")
def shipped(pytestconfig: pytest.Config) -> Path:
    """An index of the shipped corpus and nothing else: Lovdata is out of reach, and one sentence says so.

    It is kept from run to run, as a user keeps hers, so that only what has changed is read in again.
    """
    assert pytestconfig.cache is not None
    data = pytestconfig.cache.mkdir("navkb-shipped")
    done = navkb("sync", data=data)
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1
    assert "svarer ikke nå" in done.stderr
    return data


def test_the_first_question_with_only_the_shipped_corpus(shipped: Path) -> None:
    asked = navkb("ask", "--json", "Bruker har ikke tak over hodet i natt, hva må vi gjøre?", data=shipped)
    answer = json.loads(asked.stdout)
    assert list(answer) == ["question", "language", "refused", "text", "citations", "hits", "warnings", "model", "ms"]
    assert not answer["refused"]
    assert "lov/2009-12-18-131/§27" in answer["citations"][0]["about"]
    assert answer["citations"][0]["url"] == "https://lovdata.no/lov/2009-12-18-131/%C2%A727"
    assert "midlertidig" in answer["text"].split("\n\n")[1]
    assert "Hjemmel: [sosialtjenesteloven § 27](https://lovdata.no/lov/2009-12-18-131/%C2%A727)" in answer["text"]


def test_a_veileder_s_own_words_are_understood(shipped: Path) -> None:
    expected = {
        "mora mi bruker har ikke råd til strøm, kan jeg hjelpe i dag?": "lov/2009-12-18-131/§18",
        "må vi kreve aktivitet av en på 24 som går på sosialen?": "lov/2009-12-18-131/§20a",
        "kor lenge kan ho gå i kvp?": "lov/2009-12-18-131/§32",
    }
    asked = navkb("ask", "--questions", "-", data=shipped, stdin="\n".join(expected))
    for line, (question, section) in zip(asked.stdout.splitlines(), expected.items(), strict=True):
        answer = json.loads(line)
        assert (answer["question"], answer["refused"]) == (question, False)
        assert any(section in citation["about"] for citation in answer["citations"]), question


def test_the_weather_is_refused(shipped: Path) -> None:
    asked = navkb("ask", "Hvordan blir været i Oslo i morgen?", data=shipped)
    assert asked.returncode == 0
    assert asked.stdout.startswith("Kildene mine dekker ikke dette spørsmålet")


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


def test_many_questions_one_line_each_in_order(shipped: Path) -> None:
    lines = [
        "hva er nødhjelp?",
        '{"turns": ["hvem har rett til kvalifiseringsprogram?", "og hvor lenge varer det?"], "per": "2026-01-01"}',
        "{ikke json",
        "x" * 3000,
        "gjelder 13876698743",
        "🙂",
    ]
    asked = navkb("ask", "--questions", "-", data=shipped, stdin="\n".join(lines))
    answers = [json.loads(line) for line in asked.stdout.splitlines()]
    assert [answer["refused"] for answer in answers] == [False, False, True, True, True, True]
    assert answers[1]["question"] == "og hvor lenge varer det?"
    assert "13876698743" not in asked.stdout


@needs_shared
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
