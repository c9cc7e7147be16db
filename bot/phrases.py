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
        "may_apply": "Kan også gjelde",
        "keep_apart": "Ikke bland:",
        "local": "Lokal kilde",
        "unsure": "Jeg er usikker på om dette treffer spørsmålet; se også det nærmeste jeg fant.",
        "understood": "Forstått som",
        "as_asked": "Du spør om {date}. Siden er {places} endret, og teksten jeg har er den som gjelder nå; se Lovdata for teksten slik den var da.",
        "unchanged_since": "Du spør om {date}. Paragrafene som er sitert, er ikke endret siden.",
        "text_older": "{place} er endret fra {date}; teksten jeg har, er eldre. Kjør «navkb sync», eller les den hos Lovdata.",
        "changes": "Endringer",
        "changed": "endret",
        "changed_by": "fra",
        "and": "og",
        "earlier_too": "; tidligere også",
        "the_law": "loven",
        "the_regulation": "forskriften",
        "unchanged": "ikke endret siden {what} trådte i kraft {date}.",
        "not_yet": "{law} trådte i kraft {date}, etter datoen du spør om.",
        "chapter_five": "«Kapittel 5» er vanligvis sosialtjenesteloven av 1991 (økonomisk stønad), som NAV-reformen gjorde til minstekravet i NAV-kontoret. De reglene står i dag i kapittel 4 i sosialtjenesteloven av 2009; kapittel 5 i den handler om saksbehandling.",
        "model_failed": "Svaret er satt sammen av sitater, uten språkmodell. {why}",
        "claims_removed": "{n} av språkmodellens setninger hadde ikke dekning i kildene og er tatt bort.",
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
        "ask_outside": "Gjelder det «{topic}», spør {ask}.",
        "ask_others": "Spør fagansvarlig ved kontoret, eller skriv spørsmålet med andre ord.",
        "no_law": "Lovteksten er ikke hentet inn ennå; svaret bygger på fagnotatet. Kjør «navkb sync» med nettilgang.",
        "not_in_force": "{law} er ikke i kraft.",
        "missing_place": "{place} finnes ikke i den teksten som er hentet inn.",
        "source_language": "",
        "says": "{who} ({year}, {mark})",
        "personal_data": "Spørsmålet inneholdt {what}. Det trengs ikke for å svare, og ble tatt bort før jeg lette.",
    },
    "nn": {
        "short_answer": "Kort svar",
        "law_says": "Lova seier",
        "may_apply": "Kan òg gjelde",
        "keep_apart": "Ikkje bland:",
        "local": "Lokal kjelde",
        "unsure": "Eg er usikker på om dette treffer spørsmålet; sjå òg det næraste eg fann.",
        "understood": "Forstått som",
        "as_asked": "Du spør om {date}. Sidan er {places} endra, og teksten eg har er den som gjeld no; sjå Lovdata for teksten slik han var då.",
        "unchanged_since": "Du spør om {date}. Paragrafane som er siterte, er ikkje endra sidan.",
        "text_older": "{place} er endra frå {date}; teksten eg har, er eldre. Køyr «navkb sync», eller les han hos Lovdata.",
        "changes": "Endringar",
        "changed": "endra",
        "changed_by": "frå",
        "and": "og",
        "earlier_too": "; tidlegare òg",
        "the_law": "lova",
        "the_regulation": "forskrifta",
        "unchanged": "ikkje endra sidan {what} tok til å gjelde {date}.",
        "not_yet": "{law} tok til å gjelde {date}, etter datoen du spør om.",
        "chapter_five": "«Kapittel 5» er til vanleg sosialtenestelova av 1991 (økonomisk stønad), som NAV-reforma gjorde til minstekravet i NAV-kontoret. Dei reglane står i dag i kapittel 4 i sosialtenestelova av 2009; kapittel 5 i den handlar om saksbehandling.",
        "model_failed": "Svaret er sett saman av sitat, utan språkmodell. {why}",
        "claims_removed": "{n} av setningane til språkmodellen hadde ikkje dekning i kjeldene og er tekne bort.",
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
        "ask_outside": "Gjeld det «{topic}», spør {ask}.",
        "ask_others": "Spør fagansvarleg ved kontoret, eller skriv spørsmålet med andre ord.",
        "no_law": "Lovteksten er ikkje henta inn enno; svaret byggjer på fagnotatet. Køyr «navkb sync» med nettilgang.",
        "not_in_force": "{law} er ikkje i kraft.",
        "missing_place": "{place} finst ikkje i den teksten som er henta inn.",
        "source_language": "Utfyllande punkt står på bokmål.",
        "says": "{who} ({year}, {mark})",
        "personal_data": "Spørsmålet inneheldt {what}. Det trengst ikkje for å svare, og vart teke bort før eg leitte.",
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

PERSONAL_DATA: Mapping[str, Mapping[str, str]] = {
    "nb": {
        "identity_number": "et fødselsnummer eller D-nummer",
        "email": "en e-postadresse",
        "account_number": "et kontonummer",
        "phone": "et telefonnummer",
        "address": "en gateadresse",
        "name": "et personnavn",
    },
    "nn": {
        "identity_number": "eit fødselsnummer eller D-nummer",
        "email": "ei e-postadresse",
        "account_number": "eit kontonummer",
        "phone": "eit telefonnummer",
        "address": "ei gateadresse",
        "name": "eit personnamn",
    },
}
"""Kinds of personal data (bot/guard.py), as they stand in the phrase `personal_data`."""

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
