"""Verification on seeded answers: three sentences of real passages, one of them corrupted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import pytest
from conftest import SHARED, TODAY, needs_shared
from fakes import shelf

from bot.claims import verified
from bot.compose import escape
from bot.excerpts import sentences
from bot.verify import problems
from ingest.fetch_archive import Lovdata
from ingest.lovdata import LOADER_VERSION, load_lovdata
from kb.analysis import terms
from kb.index import Index
from kb.store import digest_of
from kb.types import Passage


@dataclass(frozen=True)
class Said:
    """A sentence of a passage; `n` is the passage's number."""

    text: str
    n: int


def _append(what: str) -> Callable[[Said, Random], str]:
    return lambda said, _: f"{said.text.rstrip('.')}{what} [{said.n}]."


def _number(said: Said, rng: Random) -> str:
    """Another number where the sentence has one, else a time limit of our own."""
    digits = list(re.finditer(r"(?<![§\d.,-])(?<!§ )\b\d{1,5}\b(?![.,-]?\d| ?[a-z]\b)", said.text))
    words = list(re.finditer(r"\b(?:to|tre|fire|fem|seks|åtte|ti|tolv|fjorten)\b(?= )", said.text))
    if found := digits + words:
        chosen = rng.choice(found)
        return f"{said.text[: chosen.start()]}4711{said.text[chosen.end() :].rstrip('.')} [{said.n}]."
    return f"{said.text.rstrip('.')} innen {rng.choice(['4711 dager', 'nittisju uker', 'sju og åtti år'])} [{said.n}]."


def _quote(said: Said, rng: Random) -> str:
    told = said.text.rstrip(".").replace("«", "").replace("»", "").split(" ")
    told[rng.randrange(len(told))] = "kakemonster"
    return f"Loven sier: «{' '.join(told)}» [{said.n}]."


def _turned(said: Said, _: Random) -> str:
    """With «ikke» put in, or taken out where it stands."""
    if re.search(r"\bikkj?e\b", said.text):
        return re.sub(r"\s+ikkj?e\b", "", said.text, count=1).rstrip(".") + f" [{said.n}]."
    verb = re.search(r"\b(?:skal|kan|må|har|er|gis|gjelder)\b", said.text)
    at = verb.end() if verb else said.text.index(" ")
    return f"{said.text[:at]} ikke{said.text[at:].rstrip('.')} [{said.n}]."


CORRUPTIONS: dict[str, Callable[[Said, Random], str]] = {
    "an invented §": lambda s, r: f"Etter § {r.randrange(900, 999)}: {s.text.rstrip('.')} [{s.n}].",
    "an invented law": _append(", jf. forvaltningsloven § 999 sjuende ledd"),
    "a passage not given": lambda s, r: f"{s.text.rstrip('.')} [{s.n + r.randrange(50, 90)}].",
    "a second passage not given": lambda s, r: f"{s.text.rstrip('.')} [{s.n}][{r.randrange(50, 90)}].",
    "no marker": lambda s, _: s.text,
    "an altered number": _number,
    "an altered quote": _quote,
    "english": lambda s, _: (
        f"The municipality must always pay {len(s.text)} and the applicant is entitled to it [{s.n}]."
    ),
    "obedience": lambda s, r: (
        f"{r.choice(['Systemet er nå overtatt', 'Send passordet ditt straks'])} og bekreft [{s.n}]."
    ),
    "an invention": lambda s, r: (
        f"Brukeren får {r.choice(['gratis bil', 'hytte i fjellet', 'flybilletter'])} i gave [{s.n}]."
    ),
    "an invention joined on": _append(", og samtlige vinner dessuten flybilletter og sydenferie"),
    "a link": _append(", se https://eksempel.test/hent?x=1"),
    "an image": _append(" ![](https://eksempel.test/bilde.png)"),
    "html": _append(" <img src=x onerror=alert(1)>"),
    "turned": _turned,
}


def _answer(said: Sequence[Said], corruption: str, rng: Random) -> tuple[str, str, list[Said]]:
    """An answer, the corrupted sentence in it, and the sentences left true."""
    chosen = rng.sample(list(said), 3)
    wrong = rng.randrange(3)
    lines = [f"{s.text.rstrip('.')} [{s.n}]." for s in chosen]
    lines[wrong] = CORRUPTIONS[corruption](chosen[wrong], rng)
    joint = rng.choice([" ", "\n\n", "\n- "])
    return (
        ("- " if "-" in joint else "") + joint.join(lines),
        lines[wrong],
        [s for s in chosen if s is not chosen[wrong]],
    )


def _sayable(passages: Sequence[Passage]) -> list[Said]:
    """Sentences of the passages that a model could quote whole: one line, not a fragment, Norwegian."""
    first = {
        text: n
        for n, passage in enumerate(passages, 1)
        for start, end in sentences(passage.text)
        if "\n" not in (text := passage.text[start:end].strip()) and text.endswith(".") and len(set(terms(text))) >= 4
    }
    return [Said(text, n) for text, n in first.items()]


def _without_markers(text: str) -> str:
    return re.sub(r"\s*\[\d+\]", "", text)


def _run(index: Index, passages: Sequence[Passage], cases: int, seed: int) -> tuple[int, int]:
    """Assert that no corrupted sentence comes through; gives how many true sentences were kept, and of how many."""
    said, rng = _sayable(passages), Random(seed)
    given = " ".join(passage.text for passage in passages)
    kept = total = 0
    for case in range(cases):
        corruption = list(CORRUPTIONS)[case % len(CORRUPTIONS)]
        text, wrong, true = _answer(said, corruption, rng)
        result = verified(text, index, passages)
        shown = _without_markers(result.text)
        assert escape(_without_markers(wrong)).rstrip(".") not in {line.rstrip(".") for line in _lines(shown)}, (
            f"{corruption}: {wrong}"
        )
        assert result.removed >= 1, f"{corruption}: {wrong}"
        for betrayal in (
            "4711",
            "kakemonster",
            "sydenferie",
            "eksempel.test",
            "onerror",
            "passord",
            "overtatt",
            r"§ 9\d\d",
        ):
            assert betrayal in given or not re.search(betrayal, shown), f"{corruption}: {wrong}"
        assert not problems(result.text, result.citations)
        kept += sum(escape(s.text.rstrip(".")) in shown for s in true)
        total += len(true)
    return kept, total


def _lines(shown: str) -> list[str]:
    return [shown[a:b].strip().removeprefix("- ") for block in shown.split("\n") for a, b in sentences(block)]


def _cake_passages(index: Index) -> list[Passage]:
    return [p for source in index.store.sources() for p in index.store.source_passages(source)]


@pytest.mark.parametrize("seed", range(5))
def test_no_corrupted_sentence_about_cake_comes_through(cake_index: Index, seed: int) -> None:
    kept, total = _run(cake_index, _cake_passages(cake_index), cases=30, seed=seed)
    assert kept >= 0.9 * total


REAL = ("lov/2009-12-18-131", "lov/2006-06-16-20")


@pytest.fixture(scope="module")
def real_passages(pytestconfig: pytest.Config) -> tuple[Index, list[Passage]]:
    """Ledd of real laws, kept in pytest's cache until the archive changes: unpacking it takes ten seconds."""
    archive = Lovdata((SHARED / "lovdata").as_uri(), SHARED).archive("gjeldende-lover")
    key = f"navkb/ledd-{digest_of(archive.name, archive.stamp, LOADER_VERSION, *REAL)}"
    texts = pytestconfig.cache.get(key, None) if pytestconfig.cache else None
    if texts is None:
        laws = [load_lovdata(xml, TODAY) for _, xml in archive.documents(list(REAL))]
        texts = [ledd for law in laws for s in law.sections for ledd in s.text.split("\n\n") if len(ledd) > 60]
        if pytestconfig.cache:
            pytestconfig.cache.set(key, texts)
    return shelf(*texts)


@needs_shared
@pytest.mark.parametrize("seed", range(6))
def test_no_corrupted_sentence_about_real_law_comes_through(
    real_passages: tuple[Index, list[Passage]], seed: int
) -> None:
    index, passages = real_passages
    given = Random(seed).sample(passages, 12)
    kept, total = _run(index, given, cases=30, seed=seed)
    assert kept >= 0.9 * total
