"""Names and addresses in running text: a common first name with a surname, and a street with a house number.

Both go through the words of a text once, so time grows with the text alone. Spans are places in the text given.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TypeAlias

Span: TypeAlias = "tuple[int, int]"

FIRST_NAMES = frozenset(
    """
    abdi abdirahman abdul abdullah abraham adam adrian agnes agnieszka ahmad ahmed aina aisha aksel albert aleksander
    alexander ali alice amalie amanda amin amina amir amira anders andre andrea andreas andrei andrii andrzej ane
    anette angela anita anja ann anna anne annette anton are arild arne arnt arvid asbjørn asgeir ask aslak astrid
    aud audun axel ayan ayse barbara bashir beate benedicte benjamin bent bente berhane berit bernt bilal birger birgit
    birgitte birte bjarne bjørg bjørn bo borghild brit britt bård camilla carina carl caroline cathrine cecilie charlotte
    christian christina christine christoffer dag dagfinn dagny daniel daniela david david dina dmytro eigil einar eirik
    eirin eivind elena elias elin elisabeth elise ella ellen elsa else emil emilie emma endre erik erika erlend erling
    espen eva even eyvind farah fatima fatma filip filmon finn fredrik frida frode frøydis geir georg gerd giorgis grete
    grethe gro gry gudrun gunhild gunn gunnar gunvor guro gustav hadi halima halvor hamza hanna hannah hanne hans harald
    hasan hassan hawa hedda hege heidi helen helena helene helga helge henning henriette henrik hilde hussein håkon håvard
    ibrahim ida idris imran ina ine inga ingebjørg ingeborg inger ingrid ingunn ingvild irene iryna isak isabel ismail
    ivar iver jacob jakob jamal jan janne jannicke jarle jasmin jens jesper joakim joanna johan johanna johannes john jon
    jonas jonathan jorunn josef josefine juan julia julie jørgen jørn kai kamal kamila kamran kari karin karina karl
    karoline katarina katarzyna kate katrine kenneth kent ketil khadija khadra khalid kim kine kirsten kirsti kjell
    kjersti kjetil klaus knut kristian kristin kristina kristine kristoffer krzysztof lars lasse laila layla leif lena
    leo liban lilly lina linda line linh linn lisa liv liza lone lucas ludvig ludmila lukas lydia mads magne magnar magnhild
    magnus mahad mahmoud mai maja malin malgorzata marek margareth margit margrethe mari maria mariam marianne marie marina
    marit marius mark markus marta marte martha marthe martin martine maryam mathias mathilde mats matteo maya merete
    mette michael michal mikael mikkel milena minh miriam mohamed mohamad mohammad mohammed mona monica monika morten
    muhammad musa mustafa nadia najma natalia natasha nicolai nikolai nils nina njål noah nora odd oddbjørn oddvar oksana
    ola olaf olav ole oleksandr oleh olena olga oliver omar osman oskar patrick paul paulina pavel peder per peter petra
    petter pia piotr pål rachel ragna ragnar ragnhild rahel rahma ramona randi rania rebecca reidar reidun rita roar robert
    roger rolf roman ronny rosa roy ruben rune ruth rønnaug saba sahra said salma samir samira samuel sander sandra sara
    sarah sebastian selam selma serhii shirin sidsel sigbjørn signe sigrid sigurd silje simen simon sindre siri siv sissel
    snorre sofia sofie solfrid solveig sondre sonja stefan stein steinar stella stian stig stine sunniva susanne svein
    svetlana svitlana synne synnøve sølvi tamara tariq tatjana tea tekle terje tesfay thea therese thomas thor thorbjørn
    tina tine tiril tobias tomasz tom tommy tone tonje tor torbjørn tord tore torgeir torhild torild torill torunn torstein
    tove trine trond trude trygve turid ulf ulrik unn unni valentina vanja vegard vera vibeke victoria vidar viggo viktor
    vilde vivian volodymyr wenche wilhelm william yasmin yngve yonas yusuf zahra zainab zeynep åge åse åshild øivind
    øystein øyvind
    """.split()
)
"""Common first names in Norway today, chosen by us; a name outside the list is not seen."""

_ALSO_WORDS = frozenset("are ask bo dag else even gro liv mai odd per roar siv stein stig tor unn".split())
"""First names that are words too: never names in capitals (PER MÅNED) or before an ordinary word."""

_NO_SURNAMES = frozenset(
    """
    aa alta arendal asker aust bergen bodø bærum danmark drammen finnmark fredrikstad gjøvik grünerløkka halden hamar
    hammerfest harstad haugesund hordaland horten innlandet kongsberg kongsvinger kristiansand kristiansund larvik lerkendal
    levanger lillehammer lofoten lørenskog mayen mo molde moss namsos narvik nordland norge norway oppland oslo porsgrunn
    ringerike rogaland romsdal sandefjord sandnes sarpsborg senja skien stavanger steinkjer svalbard sverige telemark
    tromsø trondheim trøndelag tønsberg vadsø vestfold vestland vestlandet viken voss ålesund østfold østlandet
    kommune kommunen fylke fylkeskommune bydel bydelen nav navs etat etaten kontor kontoret direktorat direktoratet departement
    departementet statsforvalter statsforvalteren fylkesmannen høyesterett tingrett tingretten lagmannsretten trygderetten
    domstol domstolen stortinget regjeringen sivilombudet datatilsynet helsetilsynet husbanken udi imdi politiet namsmannen
    lånekassen skatteetaten barnevernet sykehus sykehuset universitetssykehus hospital legevakt skole skolen barnehage
    kirke kirken universitet universitetet høgskole stiftelse stiftelsen senter senteret minne festival fond fondet pris prisen
    lov loven lova forskrift forskriften rundskriv kapittel paragraf sosialtjenesteloven folketrygdloven forvaltningsloven
    kvalifiseringsprogrammet introduksjonsprogrammet sosialhjelp bostøtte dagpenger uføretrygd sykepenger
    og eller men som når hvis har er var skal kan må vil får fikk hva hvem hvor hvordan hvorfor nordmann
    """.split()
)
"""Capitalised words that follow a first name without being one's surname: places, offices, laws – and Ola Nordmann."""

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_PARTICLES = frozenset("af al ben bin da dal de del den der di el la ibn van von zu".split())
_LONGEST_NAME = 6
"""Words."""

_STREET_ENDINGS = ("veien", "vegen", "gata", "gaten", "gate")
"""Endings that make a street of any word; the ones below only of a capitalised one."""
_CAPITAL_ENDINGS = (
    *(
        "vei",
        "veg",
        "allé",
        "alle",
        "alléen",
        "alleen",
        "plass",
        "plassen",
        "bakken",
        "bakke",
        "lia",
        "tunet",
        "tun",
        "svingen",
    ),
    *(
        "stien",
        "torget",
        "torg",
        "haugen",
        "åsen",
        "løkka",
        "kroken",
        "ringen",
        "grenda",
        "hagen",
        "brygge",
        "brygga",
        "kaia",
    ),
    *("terrasse", "jordet", "toppen", "kleiva", "stredet", "smauet", "stubben", "faret", "skrenten"),
)
_LONE_ENDINGS = frozenset(
    "gate gata gaten vei veg veien vegen plass plassen allé alle torg torv terrasse tun brygge".split()
)
"""After a name with genitive s, as in «Karl Johans gate»."""
_NO_STREETS = frozenset(
    """
    hel om bi ut inn av under opp til skole arbeids arbeid motor jernbane vann luft sjø kjøre gang sykkel grus hoved riks fylkes
    klage saks karriere livs middel far fram fremgangs framgangs mellom rette barnehage sykehjems institusjons praksis tiltaks
    omsorgs lære lærling kurs parkerings behandlings avrusnings studie sitte døgn møte bo base heldøgns oppholds lekeplass
    kommunale spesial sommer jobb rehabiliterings avlastnings elev soknings sove liggeplass fami austra ita
    """.split()
)
"""What stands before -vei, -plass and the like in words that are no streets."""
_HOUSE = re.compile(
    r"[ ]{1,2}[0-9]{1,3}(?: ?[A-Z]|[a-z])?(?:[–\-/][0-9]{1,3})?(?!\w)"
    r"(?! ?(?:%|prosent|kr\b|kroner|km\b|meter|min\b|minutt|time|dag|døgn|uke|veke|måned|månad|år\b|ganger|stk|pers|m2|mål|ledd|§))"
    r"(?:,? {1,2}(?:leil\w{0,7}\.? )?[HUKL][0-9]{4}(?!\w))?"
    r"(?:,? {1,2}[0-9]{4} {1,2}[A-ZÆØÅ][^\W\d_]{1,30}(?: [A-ZÆØÅ][^\W\d_]{0,30})?)?"
)


def name_spans(text: str, known_names: Collection[str] = ()) -> list[Span]:
    """Where a first name and a surname stand; names of `known_names` (authors of sources) are left out."""
    known = [frozenset(_parts(name)) for name in known_names]
    words = list(_WORD.finditer(text))
    spans, at = [], 0
    while at < len(words):
        length = _name_length(text, words, at)
        named = words[at : at + length]
        if length and not any(known_one.issuperset(_parts(" ".join(word[0] for word in named))) for known_one in known):
            spans.append((named[0].start(), named[-1].end()))
        at += length or 1
    return spans


def address_spans(text: str) -> list[Span]:
    """Where a street with a house number stands, with the postal place when it is given."""
    words = list(_WORD.finditer(text))
    spans = []
    for at, word in enumerate(words):
        if (house := _HOUSE.match(text, word.end())) and (start := _street_start(text, words, at)) is not None:
            spans.append((start, house.end()))
    return [span for n, span in enumerate(spans) if not n or span[0] >= spans[n - 1][1]]


def _name_length(text: str, words: Sequence[re.Match[str]], at: int) -> int:
    """How many words from `at` on are one person's name; 0 when none is."""
    first = words[at][0]
    if not first[0].isupper() or not FIRST_NAMES.intersection((first.lower(), first.lower().partition("-")[0])):
        return 0
    shouted = first.isupper()
    if shouted and first.lower() in _ALSO_WORDS:
        return 0
    length, surnames = 1, 0
    while at + length < len(words) and length < _LONGEST_NAME:
        before, word = words[at + length - 1], words[at + length][0]
        gap = text[before.end() : words[at + length].start()]
        if gap not in (" ", "  ") and not (gap == ". " and len(before[0]) == 1):
            break
        lower = word.lower()
        is_part = word[0].isupper() and lower not in _NO_SURNAMES and not lower.startswith("nav-")
        if is_part and (len(word) == 1 or shouted or not word.isupper()):
            surnames = length if len(word) > 1 else surnames
        elif lower.partition("-")[0] in _PARTICLES:
            surnames = length if "-" in word else surnames  # al-Hassan
        else:
            if lower in _LONE_ENDINGS:
                return 0  # a street named after somebody
            break
        length += 1
    return surnames + 1 if surnames else 0


def _parts(name: str) -> set[str]:
    """The words of a name without genitive s."""
    return {word[0].lower().removesuffix("s").rstrip("'’") for word in _WORD.finditer(name)}


def _street_start(text: str, words: Sequence[re.Match[str]], at: int) -> int | None:
    """Where the name of the street that ends in this word begins; None when it is no street."""
    word = words[at][0]
    lower, capitalised = word.lower(), word[0].isupper()
    if lower in _LONE_ENDINGS:
        first = at
        while first > 0 and at - first < 3 and _is_street_part(text, words, first - 1):
            first -= 1
        if first < at and words[at - 1][0].lower().endswith(("s", "z", "x")):
            return words[first].start()
        return words[at].start() if capitalised and lower == "torget" else None
    for ending in (*_STREET_ENDINGS, *(_CAPITAL_ENDINGS if capitalised else ())):
        stem = lower.removesuffix(ending)
        if stem != lower and len(stem) >= 2 and stem.rstrip("-") not in _NO_STREETS:
            return words[at].start()
    return words[at].start() if capitalised and lower in ("torget", "bakken", "svingen", "ringen") else None


def _is_street_part(text: str, words: Sequence[re.Match[str]], at: int) -> bool:
    gap = text[words[at].end() : words[at + 1].start()]
    return words[at][0][0].isupper() and gap in (" ", ". ")
