"""Norwegian text to index terms: the same for what is indexed and what is asked.

A term is a Snowball stem, or a whole § number (`§20a`). Bokmål and nynorsk share the stemmer; spelling
that differs is met by the synonyms of `corpus/begreper.toml`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

_SECTION = re.compile(r"§+\s*(\d+(?:-\d+)?)(?:([a-zæøå])|\s([a-hj-z]))?(?![a-zæøå0-9])")
_TOKEN = re.compile(r"§[0-9a-zæøå-]+|[0-9]+(?:[.,][0-9]+)?|[a-zæøåäöéèòóü]+")

STOP_WORDS = frozenset(
    """
    alle allerede alt altså at av bare begge ble blei bli blir blitt bort bør både da de deg dei deim deira dem den
    denne der dere deres det dette di din disse ditt du dykk e ein eit eitt eller en enn er et ett etter for fordi
    fra frå før ha hadde han hans har hen henne hennes her hit hjå ho hoe honom hos hoss hun hva hvem hver hvilke
    hvilken hvilket hvis hvor hvordan hvorfor i ikke ikkje inn ja jeg eg kan kva kvar kven korleis kvifor kunne man
    mange me med meg meget mellom men mens mer mi min mitt mot mye må måtte nei noe noen noko nokon nå når og også
    om opp oss over på sa sagt samme seg selv si sia sidan siden sin sine sitt sjøl skal skulle slik so som somme
    somt sånn så til um under upp ut var vart varte ved vere verte vi vil ville vore vors vort være vært vår å blant
    enten finnes går gjelder gjør få får fått gi gir gjøre gjere gjer jo ta tar vel dersom
    """.split()
)
"""Function words of bokmål and nynorsk, from the Snowball lists plus verbs that questions are full of."""


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.basestemmer.BaseStemmer:
    return snowballstemmer.stemmer("norwegian")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The Snowball stem of one lower-case word; § numbers and digits stay whole."""
    return word if word[0] == "§" or word[0].isdigit() else str(_stemmer().stemWord(word))


def words(text: str) -> list[str]:
    """Lower-case words of `text` in order, § numbers joined (`§ 20 a` → `§20a`)."""
    lowered = _SECTION.sub(lambda m: f" §{m[1]}{m[2] or m[3] or ''} ", text.lower())
    return _TOKEN.findall(lowered)


def terms(text: str) -> list[str]:
    """The stems of `text` in order, function words left out."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]
