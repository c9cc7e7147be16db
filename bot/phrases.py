"""What the bot says in its own words, in bokmål and nynorsk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kb.types import Kind, Responsibility

MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)

PHRASES: Mapping[str, Mapping[str, str]] = {
    "nb": {
        "short_answer": "Kort svar",
        "law_says": "Loven sier",
        "legal_basis": "Hjemmel",
        "guidance": "Rundskriv og veiledning",
        "practice": "Praksis og erfaringer",
        "remember": "Husk",
        "see_also": "Se også",
        "responsibility": "Ansvar",
        "as_of": "Gjelder per {date}",
        "sources": "{n} kilder",
        "source": "1 kilde",
        "refused": "Kildene mine dekker ikke dette spørsmålet, så jeg svarer ikke på det.",
        "nearest": "Det nærmeste jeg fant",
        "ask_outside": "{topic}: spør {ask}.",
        "ask_others": "Spør fagansvarlig ved kontoret, eller skriv spørsmålet med andre ord.",
        "no_law": "Lovteksten er ikke hentet inn ennå; svaret bygger på fagnotatet. Kjør «navkb sync» med nettilgang.",
        "not_in_force": "{law} er ikke i kraft.",
        "missing_place": "{place} finnes ikke i den teksten som er hentet inn.",
        "source_language": "",
        "says": "{who} ({year}, {mark})",
    },
    "nn": {
        "short_answer": "Kort svar",
        "law_says": "Lova seier",
        "legal_basis": "Heimel",
        "guidance": "Rundskriv og rettleiing",
        "practice": "Praksis og erfaringar",
        "remember": "Hugs",
        "see_also": "Sjå òg",
        "responsibility": "Ansvar",
        "as_of": "Gjeld per {date}",
        "sources": "{n} kjelder",
        "source": "1 kjelde",
        "refused": "Kjeldene mine dekkjer ikkje dette spørsmålet, så eg svarar ikkje på det.",
        "nearest": "Det næraste eg fann",
        "ask_outside": "{topic}: spør {ask}.",
        "ask_others": "Spør fagansvarleg ved kontoret, eller skriv spørsmålet med andre ord.",
        "no_law": "Lovteksten er ikkje henta inn enno; svaret byggjer på fagnotatet. Køyr «navkb sync» med nettilgang.",
        "not_in_force": "{law} er ikkje i kraft.",
        "missing_place": "{place} finst ikkje i den teksten som er henta inn.",
        "source_language": "Utfyllande punkt står på bokmål.",
        "says": "{who} ({year}, {mark})",
    },
}

RESPONSIBILITY: Mapping[str, Mapping[Responsibility, str]] = {
    "nb": {
        Responsibility.STAT: "stat",
        Responsibility.KOMMUNE: "kommune",
        Responsibility.FELLES: "stat og kommune sammen",
    },
    "nn": {
        Responsibility.STAT: "stat",
        Responsibility.KOMMUNE: "kommune",
        Responsibility.FELLES: "stat og kommune saman",
    },
}

KIND_NAMES: Mapping[Kind, str] = {
    Kind.LOV: "lov",
    Kind.FORSKRIFT: "forskrift",
    Kind.RUNDSKRIV: "rundskriv",
    Kind.VEILEDER: "veileder",
    Kind.NOTAT: "fagnotat",
    Kind.EVALUERING: "evaluering",
    Kind.PRAKSIS: "praksis",
}


def written_date(day: date) -> str:
    """«21. november 2026», the same in both languages."""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"
