"""Norwegian text to index terms: the same for what is indexed and what is asked.

A term is the Snowball stem of a word's dictionary form (`lemmas.txt`), or a whole § number (`§20a`). A compound gives
its two parts as well, so that «sosialhjelpsmottaker» and «mottaker av sosialhjelp» meet. A nynorsk word is read as the
bokmål word for it (`nynorsk.txt`), so that both forms meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from snowballstemmer.norwegian_stemmer import NorwegianStemmer

_SECTION = re.compile(r"§+\s*(\d+)(?:\s?([a-z])(?=-\d))?(-\d+)?(?:([a-zæøå])|\s([a-hj-z]))?(?![a-zæøå0-9])")
_TOKEN = re.compile(r"§[0-9a-zæøå-]+|[0-9]+(?:[.,][0-9]+)?|[a-zæøåäöéèòóü]+")
_LETTERS = re.compile(r"[^\W\d_]+")

KNOWN_WORDS = Path(__file__).parent / "static-nb" / "words.txt"
NYNORSK_WORDS = Path(__file__).parent / "nynorsk.txt"
LEMMAS = Path(__file__).parent / "lemmas.txt"
SHORTEST_PART = 4
"""Letters a part of a compound must have: shorter ones («til», «ene») are endings more often than words."""

STOP_WORDS = frozenset(
    """
    alle allerede alt altså at av bare begge ble blei bli blir blitt bort bør både da de deg dei deim deira dem den
    denne der dere deres det dette di din disse ditt du dykk e ein eit eitt eller en enn er et ett etter for fordi
    fra frå før ha hadde han hans har hen henne hennes her hit hjå ho hoe honom hos hoss hun hva hver hvilke hvilken
    hvilket hvis hvordan hvorfor i inn ja jeg eg kan kva kvar korleis kvifor kunne man mange me med meg meget mellom
    men mens mer mi min mitt mot må måtte nei noe noen noko nokon nå og også om opp oss over på sa sagt samme seg
    selv si sia sidan siden sin sine sitt sjøl skal skulle slik so som somme somt sånn så til um under upp ut var
    vart varte ved vere verte vi vil ville vore vors vort være vært vår å blant enten finnes går gjelder gjør få får
    fått gi gir gjøre gjere gjer jo ta tar vel dersom
    """.split()
)
"""Function words of bokmål and nynorsk, from the Snowball lists plus verbs that questions are full of. «Hvor», «hvem»,
«når», «mye» and «ikke» are not among them: they tell a question of time from one of place, and who from how much."""


_STEMMING = Lock()
"""A Snowball stemmer keeps the word it works on in itself: two threads would mix theirs."""


@lru_cache(maxsize=1)
def _stemmer() -> NorwegianStemmer:
    """The Python one by name: `snowballstemmer.stemmer` takes PyStemmer's where that is installed, and its stems differ."""
    return NorwegianStemmer()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one lower-case word's dictionary form; § numbers and digits stay whole."""
    return without_ending(_lemmas().get(word, word))


def without_ending(word: str) -> str:
    """The Snowball stem of one lower-case word as it is; § numbers and digits stay whole.

    No Norwegian word ends in -mm, so «programmet» is made to meet «program».
    """
    if word[0] == "§" or word[0].isdigit():
        return word
    with _STEMMING:
        stemmed = str(_stemmer().stemWord(word))
    return stemmed[:-1] if stemmed.endswith("mm") else stemmed


def words(text: str) -> list[str]:
    """Lower-case words of `text` in order, § numbers joined (`§ 20 a` → `§20a`)."""
    lowered = _SECTION.sub(lambda m: f" §{''.join(filter(None, m.groups()))} ", text.lower())
    return _TOKEN.findall(lowered)


@lru_cache(maxsize=1)
def known_words() -> dict[str, int]:
    """Words of the law archives and our notes, and how common they are (made by ingest/train_encoder.py)."""
    lines = KNOWN_WORDS.read_text(encoding="utf-8").splitlines()
    return {word: int(count) for word, count in (line.split() for line in lines)}


@lru_cache(maxsize=200_000)
def compound_parts(word: str) -> tuple[str, ...]:
    """The two words a compound is made of, empty when it is none: «strømregning» → strøm, regning.

    Both parts must be known words of at least four letters, the first perhaps with a joining -s. Where
    several cuts are possible, the one whose rarer part is most common wins (Koehn & Knight 2003,
    "Empirical methods for compound splitting", choose by the geometric mean of frequencies).
    """
    if len(word) < 2 * SHORTEST_PART or not word.isalpha():
        return ()
    known, best = known_words(), 0
    chosen: tuple[str, ...] = ()
    for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        first, last = word[:cut], word[cut:]
        if first.endswith("s") and first[:-1] in known:
            first = first[:-1]
        rarer = min(known.get(first, 0), known.get(last, 0))
        if rarer > best:
            best, chosen = rarer, (first, last)
    return chosen


@lru_cache(maxsize=1)
def _lemmas() -> dict[str, str]:
    """The dictionary form of words whose stem does not meet its stem (made by ingest/lemmas.py)."""
    return _pairs(LEMMAS)


@lru_cache(maxsize=1)
def _bokmal() -> dict[str, str]:
    """The bokmål word for words that are nynorsk alone (made by ingest/nynorsk.py)."""
    return _pairs(NYNORSK_WORDS)


def _pairs(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))


def in_bokmal(text: str) -> str:
    """`text` with its nynorsk words as bokmål ones in lower case, word by word."""
    return _LETTERS.sub(lambda match: _bokmal().get(match[0].lower(), match[0]), text)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written and as the index knows it: the stem of the whole, and of the parts if it is a compound."""

    text: str
    stem: str
    parts: tuple[str, ...] = ()


def content_words(text: str) -> Iterator[Word]:
    """The words of `text` in order, function words left out."""
    for word in words(text):
        if word in STOP_WORDS:
            continue
        known = _bokmal().get(word, word)
        parts = (stem(part) for part in compound_parts(known) if part not in STOP_WORDS)
        yield Word(known, stem(known), tuple(parts))


def terms(text: str) -> list[str]:
    """The index terms of `text` in order: the stem of each word, a compound followed by its parts."""
    return [term for word in content_words(text) for term in (word.stem, *word.parts)]
