"""Bokmål or nynorsk: told by the words only one of them has."""

from __future__ import annotations

from kb.analysis import in_bokmal, words

NYNORSK = frozenset(
    """
    ikkje eg kva kvar kven korleis kvifor kor dei ein eit ho frå noko nokon berre vere vera verte seier veit mykje
    meir fleire bustad mellombels stønaden brukaren brukarar kommunar søkje søkjer søkjar krevje krev tenester
    teneste tenesta sosialtenesta pengar løna vedtaka vart vorte gjeld gjere gjer kjem kome nokre eigen eiga eige
    eigne då desse òg nytta barnevernstenesta leigebuar straum straumen ungane lova paragrafen skilje vilkåra meiner
    sjølv sjølve saman døme heile såg
    """.split()
)
BOKMAL = frozenset(
    """
    ikke jeg hva hvor hvem hvordan hvorfor de en et hun fra noe noen bare være blir sier vet mye mer flere bolig
    midlertidig bruker kommuner søke søker kreve tjenester tjeneste sosialtjenesten hjem penger lønna rettigheter
    ble gjelder gjøre gjør kommer egen eget egne da disse også barnevernstjenesten strøm strømmen hennes selv sammen
    hele så
    """.split()
)


def language_of(text: str) -> str:
    """`nn` when more of the words are nynorsk's own than bokmål's own, else `nb`.

    Where these words decide nothing, two that only nynorsk has do (`kb/nynorsk.txt`): one may be a bokmål writer's
    «framtidsfullmakt».
    """
    said = words(text)
    own, others = sum(w in NYNORSK - BOKMAL for w in said), sum(w in BOKMAL - NYNORSK for w in said)
    return "nn" if own > others or (own == others and sum(in_bokmal(w) != w for w in said) >= 2) else "nb"
