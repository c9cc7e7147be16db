"""What other programs may send and what they get: the JSON of API, MCP and command line as pydantic models.

The answers themselves are written by `bot/render.py` and `bot/provision.py`; a test holds every key of theirs against these
models. Titles and descriptions are Norwegian, because people read them in the OpenAPI document and in the
tool list of an assistant.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.answer import HITS, LONGEST_QUESTION
from kb.types import Finder, Kind

VERSION = "1.0.0"
"""Of the JSON: raised when a key comes (middle number), or goes or changes its meaning (first number)."""
MOST_HITS = 100
MOST_TURNS = 10
LONGEST_REFERENCE = 200
QUESTION = "Bruker har ikke tak over hodet i natt, hva må vi gjøre?"
_LAW = "lov/2009-12-18-131"


def _written_day(value: object) -> object:
    """Only `YYYY-MM-DD`: pydantic would also take timestamps, which nobody means by a date in law."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("not YYYY-MM-DD")
    if value is not None and not isinstance(value, str):
        raise ValueError("not a string")
    return value


def _whole_number(value: object) -> object:
    """A number of JSON without decimals; pydantic would also take `true` and `"5"`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    return value


NOT_EMPTY = r"[^\s\x1c-\x1f\x85]"
"""Something `str.strip` leaves: Python counts five more characters as space than regular expressions in JSON schemas do."""
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION, pattern=NOT_EMPTY)]
"""Something a person wrote: not empty, not a case file."""
Day = Annotated[datetime.date, BeforeValidator(_written_day)]
Count = Annotated[int, Field(ge=1, le=MOST_HITS), BeforeValidator(_whole_number)]


class _Closed(BaseModel):
    """No keys but the ones that are listed."""

    model_config = ConfigDict(extra="forbid")


class AskRequest(_Closed):
    """Et spørsmål, eventuelt i lys av det som er spurt om før, og for en bestemt dato."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": QUESTION},
                {"question": "og hvor lenge?", "turns": ["Hva er KVP?"], "per": "2026-11-21"},
            ]
        }
    )
    question: Annotated[Line, Field(description="Spørsmålet med egne ord, uten personopplysninger.")]
    turns: Annotated[
        list[Line],
        Field(
            default_factory=list,
            max_length=MOST_TURNS,
            description="Det som er spurt om før i samtalen, eldst først.",
        ),
    ]
    per: Annotated[Day | None, Field(default=None, description="Datoen svaret skal gjelde for; i dag når den mangler.")]


class SearchRequest(_Closed):
    """Et søk etter passasjer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "klagefrist sosialhjelp", "k": 5}]})
    question: Annotated[Line, Field(description="Ord, et spørsmål eller en henvisning som «sotjl § 18».")]
    k: Annotated[Count, Field(default=HITS, description="Hvor mange treff, høyst.")]


class ProvisionRequest(_Closed):
    """En bestemmelse i en lov eller forskrift."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": "sotjl § 18"}]})
    reference: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST_REFERENCE,
            pattern=NOT_EMPTY,
            description="Slik folk skriver den («sotjl § 18», «NAV-loven § 13 andre ledd») eller slik svarene gjør det "
            f"({_LAW}/§18). «§ 18» alene er sosialtjenesteloven.",
        ),
    ]


class HitBody(_Closed):
    """Et treff: en passasje og hvordan den ble funnet."""

    ref: Annotated[str, Field(description="Varig henvisning til passasjen.", examples=[f"{_LAW}/§27/ledd/1"])]
    source: Annotated[str, Field(description="Id-en til kilden.", examples=[_LAW])]
    locator: Annotated[str, Field(description="Stedet i kilden.", examples=["§27/ledd/1"])]
    title: Annotated[str, Field(description="Overskriften passasjen står under.")]
    kind: Annotated[Kind, Field(description="Kildetypen, med loven som den med høyest rang.")]
    score: Annotated[float, Field(description="Hvor godt den passer; bare til å sammenligne treff i samme søk.")]
    found_by: Annotated[list[Finder], Field(description="Hvordan den ble funnet.")]
    about: Annotated[list[str], Field(description="Bestemmelsene et fagnotat forklarer.")]
    text: Annotated[str, Field(description="Passasjen, ordrett.")]
    url: Annotated[str, Field(description="Lenke til originalen; tom når den ikke har noen.")]


class CitationBody(_Closed):
    """Kilden bak markøren [n] i svaret."""

    n: Annotated[int, Field(ge=1, description="Nummeret i markøren.")]
    ref: Annotated[str, Field(description="Varig henvisning til passasjen.")]
    about: Annotated[list[str], Field(description="Bestemmelsene et fagnotat forklarer.")]
    source: Annotated[str, Field(description="Id-en til kilden.")]
    title: Annotated[str, Field(description="Tittelen på kilden.")]
    kind: Annotated[Kind, Field(description="Kildetypen.")]
    quote: Annotated[str, Field(description="Sitatet, kontrollert ordrett mot passasjen.")]
    url: Annotated[str, Field(description="Lenke til originalen; tom når den ikke har noen.")]


class AnswerBody(_Closed):
    """Svaret, med en kilde bak hver markør – eller et ærlig nei."""

    question: Annotated[str, Field(description="Spørsmålet som ble besvart.")]
    language: Annotated[str, Field(description="nb eller nn.", pattern="^(nb|nn)$")]
    refused: Annotated[bool, Field(description="Sant når kildene ikke dekker spørsmålet.")]
    text: Annotated[str, Field(description="Svaret som Markdown, med markørene [1], [2] …")]
    citations: Annotated[list[CitationBody], Field(description="En kilde for hver markør.")]
    hits: Annotated[list[HitBody], Field(description="Det søket fant, best først.")]
    warnings: Annotated[list[str], Field(description="Det leseren bør vite om svaret.")]
    model: Annotated[str, Field(description="Det som skrev svaret; «extractive» er sitater uten språkmodell.")]
    ms: Annotated[float, Field(description="Tid brukt, i millisekunder.")]


class SearchBody(_Closed):
    """Treffene i et søk."""

    question: Annotated[str, Field(description="Det som ble søkt etter.")]
    ms: Annotated[float, Field(description="Tid brukt, i millisekunder.")]
    hits: Annotated[list[HitBody], Field(description="Treffene, best først.")]


class SourceBody(_Closed):
    """En kilde i indeksen."""

    id: Annotated[
        str, Field(description="Id-en, som også er begynnelsen på alle henvisninger til den.", examples=[_LAW])
    ]
    kind: Annotated[Kind, Field(description="Kildetypen.")]
    title: Annotated[str, Field(description="Tittelen.")]
    in_force: Annotated[bool, Field(description="Om den gjelder; en lov kan være vedtatt uten å ha trådt i kraft.")]
    local: Annotated[
        bool, Field(description="Om kontoret har tatt den inn selv, ved siden av det som følger med navkb.")
    ]
    in_force_from: Annotated[datetime.date | None, Field(description="Datoen den trådte i kraft.")]
    date: Annotated[datetime.date | None, Field(description="Datoen den er fra, eller sist kontrollert.")]
    age_days: Annotated[int | None, Field(description="Dager siden den datoen.")]
    passages: Annotated[int, Field(ge=0, description="Antall passasjer i indeksen.")]
    language: Annotated[str, Field(description="Språket den er skrevet på.")]
    licence: Annotated[str, Field(description="Lisensen teksten kan brukes under.")]
    url: Annotated[str, Field(description="Lenke til originalen; tom når den ikke har noen.")]
    origin: Annotated[str, Field(description="Manifestet og filen den kom fra.")]


class LeddBody(_Closed):
    """Ett ledd."""

    ref: Annotated[str, Field(description="Varig henvisning til leddet.")]
    text: Annotated[str, Field(description="Leddet, ordrett.")]


class NotePartBody(_Closed):
    """En del av et fagnotat."""

    title: Annotated[str, Field(description="Overskriften.")]
    text: Annotated[str, Field(description="Teksten, som Markdown.")]


class NoteBody(_Closed):
    """Et fagnotat: vår egen forklaring, som ikke er en rettskilde."""

    ref: Annotated[str, Field(description="Id-en til notatet.")]
    title: Annotated[str, Field(description="Tittelen på notatet.")]
    parts: Annotated[list[NotePartBody], Field(description="Delene av notatet, i rekkefølge.")]


class ProvisionBody(_Closed):
    """En bestemmelse, ledd for ledd, med fagnotatene om den."""

    ref: Annotated[str, Field(description="Varig henvisning til paragrafen.", examples=[f"{_LAW}/§18"])]
    name: Annotated[str, Field(description="Slik folk skriver den.", examples=["sosialtjenesteloven § 18"])]
    title: Annotated[str, Field(description="Overskriften på paragrafen.")]
    headings: Annotated[list[str], Field(description="Kapitlet den står i.")]
    in_force: Annotated[bool, Field(description="Om den gjelder nå.")]
    url: Annotated[str, Field(description="Lenke til paragrafen på lovdata.no.")]
    ledd: Annotated[list[LeddBody], Field(description="Leddene, i rekkefølge.")]
    notes: Annotated[list[NoteBody], Field(description="Fagnotatene som forklarer den, det viktigste først.")]


class ProblemBody(_Closed):
    """En feil, slik RFC 9457 beskriver det: `detail` er en setning til den som spurte."""

    type: Annotated[str, Field(description="Hva slags feil; endrer seg ikke.", examples=["urn:navkb:ugyldig"])]
    title: Annotated[str, Field(description="Feilen med få ord.")]
    status: Annotated[int, Field(ge=400, le=599, description="HTTP-statusen.")]
    detail: Annotated[str, Field(description="Hva som gikk galt, og hva du kan gjøre.")]


_EXPECTED = {
    "question": f"Feltet «question» skal være en tekst på 1–{LONGEST_QUESTION} tegn som ikke bare er mellomrom.",
    "turns": f"Feltet «turns» skal være en liste med høyst {MOST_TURNS} tekster på 1–{LONGEST_QUESTION} tegn.",
    "per": "Feltet «per» skal være en dato som «2026-11-21».",
    "k": f"Feltet «k» skal være et helt tall fra 1 til {MOST_HITS}.",
    "reference": f"Feltet «reference» skal være en henvisning på 1–{LONGEST_REFERENCE} tegn, for eksempel «sotjl § 18».",
}


def complaint(errors: Iterable[Mapping[str, Any]]) -> str:
    """One Norwegian sentence for the first of pydantic's errors; it repeats nothing of what was sent."""
    first = next(iter(errors))
    place = [part for part in first["loc"] if part != "body"]
    if first["type"] == "extra_forbidden":
        return "Forespørselen har et felt som ikke er kjent. Ta det bort, eller rett navnet på det."
    expected = _EXPECTED.get(str(place[0])) if place else None
    return expected or "Forespørselen skal være et JSON-objekt med feltene som er beskrevet i /api/openapi.json."
