"""Small talk: greetings, thanks and «hva kan du?» get a short reply that fits, and no search."""

from __future__ import annotations

import re

from kb.analysis import words

_GREETINGS = frozenset("hei heisann hallo halla heia morn god dag morgen kveld ettermiddag hallais hey hi".split())
_THANKS = frozenset(
    "takk tusen mange hjertelig hjarteleg for hjelpen hjelpa svar svaret flott fint bra supert så mye mykje skal du ha det var nyttig kjempefint ok okei greit".split()
)
_GOODBYES = frozenset("hadet ha det bra farvel snakkes vi ses adjø".split())
_ABILITIES = re.compile(
    r"(hva|kva) (kan|gjør|gjer) du( hjelpe| hjelpe meg| hjelpe med| hjelpe meg med)?|(hvem|hva|kven|kva) er du|hvordan (bruker|virker|fungerer) (jeg |du |dette|dette her)?|hjelp"
)

REPLIES = {
    "nb": {
        "greeting": "Hei! Spør meg om sosialtjenesteloven, NAV-loven, saksbehandling og samarbeidet mellom stat og kommune, med dine egne ord.",
        "thanks": "Bare hyggelig. Spør gjerne om mer.",
        "goodbye": "Ha det bra!",
        "abilities": "Jeg finner fram i sosialtjenesteloven, NAV-loven, forvaltningsloven, forskriftene og grenselovene, i fagnotater og i erfaringer fra partnerskapet. Spør med egne ord («bruker har ikke tak over hodet i natt»), med paragraf («sotjl § 20 a») eller på nynorsk. Hvert svar viser kildene sine, og jeg sier fra når kildene ikke dekker spørsmålet. Skriv ikke navn, fødselsnummer eller annet om enkeltpersoner.",
    },
    "nn": {
        "greeting": "Hei! Spør meg om sosialtenestelova, NAV-lova, saksbehandling og samarbeidet mellom stat og kommune, med dine eigne ord.",
        "thanks": "Berre hyggeleg. Spør gjerne om meir.",
        "goodbye": "Ha det bra!",
        "abilities": "Eg finn fram i sosialtenestelova, NAV-lova, forvaltningslova, forskriftene og grenselovene, i fagnotat og i røynsler frå partnarskapen. Spør med eigne ord, med paragraf («sotjl § 20 a») eller på bokmål. Kvart svar viser kjeldene sine, og eg seier frå når kjeldene ikkje dekkjer spørsmålet. Skriv ikkje namn, fødselsnummer eller anna om enkeltpersonar.",
    },
}


def reply_to(text: str, language: str) -> str | None:
    """The reply to a line that only greets, thanks, says goodbye or asks what the bot can do; None for a question."""
    said = words(text)
    if not said:
        return None
    plain = " ".join(said)
    if _ABILITIES.fullmatch(plain):
        return REPLIES[language]["abilities"]
    if set(said) <= _GOODBYES and said[0] in ("hadet", "ha", "farvel", "snakkes", "vi", "adjø"):
        return REPLIES[language]["goodbye"]
    if {"takk", "flott", "fint", "supert", "kjempefint"} & set(said) and set(said) <= _THANKS | _GREETINGS:
        return REPLIES[language]["thanks"]
    return REPLIES[language]["greeting"] if set(said) <= _GREETINGS else None
