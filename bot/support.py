"""Support: whether a sentence follows from the passages it cites, told by what can be checked without understanding."""

from __future__ import annotations

from collections.abc import Sequence

from bot.amounts import amounts, missing
from bot.evidence import (
    BARE,
    CHAPTER,
    CLAUSE_ENDS,
    COUNTING_STEMS,
    LEDD,
    NEGATION_STEMS,
    QUOTED,
    Clause,
    Evidence,
    clauses_of,
    ledd_number,
    matter,
    plain,
    without_places,
)
from kb.analysis import STOP_WORDS, content_words, stem, words
from kb.references import LawNames, Reference

LEAST_SHARE = 0.6
"""Share of a sentence's content words that its passages must have. Our notes say everything twice, in bokmål and in
nynorsk: of these honest paraphrases 95 % reach it, of the same sentences put to another note about the same law 1 %."""
LEAST_CLAUSE_SHARE = 0.3
"""The same for each clause of two content words or more: an invention is not carried by the truth it is joined to."""
PART_KNOWN = 0.5
"""What a compound counts for when its passages have only one of its parts."""
LONGEST_TERM_QUOTED = 2
"""Words a phrase in quotation marks may have and still be a term somebody names, not something somebody said."""
ALIKE = 0.6
"""Share of a clause's words a source clause must have before «ikke», «minst» and «bare» are compared."""
NEAR = 0.6
"""Source sentences that share at least this much of what the best one shares with a claim are what it speaks of."""
FORCE = {"kan": "may", "skal": "must", "må": "must", "bør": "should"}
"""Verbs that tell what binds from what may be chosen, the same in bokmål and nynorsk."""
FORCE_WORDS = 2
"""Words a verb of force must have in common with one of the source – who, and does what – to be about the same thing."""
AFTER_FORCE = 3
"""Words after such a verb that belong to it: in Norwegian the doer may stand there as well as the deed."""
DEEDS = frozenset("gi få ta ha gjøre gjere bli være vere".split())
"""Verbs the index has no use for, but «skal gi» and «kan gi» have."""
AT_LEAST = frozenset("minst minimum".split())
AT_MOST = frozenset("høyst høgst maks maksimalt inntil opptil maksimum lengst".split())
ONLY = frozenset("bare kun berre utelukkende utelukkande".split())
ALWAYS = frozenset("alltid alle samtlige uansett straks omgående".split())
EVERY = frozenset("enhver ethvert hver hvert kvar kvart".split())

FOREIGN = frozenset(
    """
    the of and is are must should within without you your this that they has been was were be by from not which who any
    their with it an or if when can may shall will no right weeks week months days municipality social assistance law
    och att är inte från eller också måste skall utan nej någon några mycket efter af hvad noget mellem bliver ej uger
    und das ist nicht mit ein eine von zu werden muss les des est une pour dans avec qui que el los una para con por
    """.split()
) - {"eller", "ein", "utan", "skall", "des", "dans", "mit", "el", "no", "an", "it", "kan", "will", "or", "be", "by"}
"""Function words of the neighbours' languages that are not Norwegian words as well."""


def unsupported(claim: str, witnesses: Sequence[Evidence], names: LawNames) -> str:
    """Why a sentence without its markers does not follow from the passages it cites; empty when it does.

    One word for the first check that fails: language, quote, reference, amount, words, clause, negation, extent, force.
    """
    lowered = claim.lower()
    own_words = QUOTED.sub(" ", claim)
    if _is_foreign(own_words, witnesses):
        return "language"
    if _false_quote(claim, witnesses):
        return "quote"
    if _unknown_place(claim, witnesses, names):
        return "reference"
    if _unknown_amount(claim, witnesses):
        return "amount"
    if (share := _share(lowered, witnesses)) is None or share < LEAST_SHARE:
        return "words"
    if any(
        (part := _share(piece, witnesses, least=2)) is not None and part < LEAST_CLAUSE_SHARE
        for piece in CLAUSE_ENDS.split(lowered)
    ):
        return "clause"
    return _turned(lowered, witnesses)


def false_amount(claim: str, witnesses: Sequence[Evidence]) -> bool:
    """Whether a piece of a sentence holds a number or a quote the passages right behind it do not have."""
    return _unknown_amount(claim, witnesses) or _false_quote(claim, witnesses)


def _is_foreign(claim: str, witnesses: Sequence[Evidence]) -> bool:
    """Not Norwegian: letters of another script, or more words of a neighbour's language than one slip."""
    said = words(claim)
    if any(ch.isalpha() and not ("a" <= ch.lower() <= "z" or ch in "æøåÆØÅéÉèêëóòôüöäÄÖÜáíčđŋšŧž") for ch in claim):
        return True
    foreign = sum(word in FOREIGN for word in said)
    return foreign >= 2 or (foreign == 1 and not any(word in STOP_WORDS for word in said))


def _false_quote(claim: str, witnesses: Sequence[Evidence]) -> bool:
    if claim.count("«") != claim.count("»") or claim.count('"') % 2:
        return True
    for match in QUOTED.finditer(claim):
        quote = plain(next(group for group in match.groups() if group is not None))
        # The stop that ends a sentence often goes inside the marks, also where the source goes on.
        said = quote.rstrip(".,;:")
        if len(words(said)) > LONGEST_TERM_QUOTED and not any(said in plain(w.text) for w in witnesses):
            return True
    return False


def _unknown_place(claim: str, witnesses: Sequence[Evidence], names: LawNames) -> bool:
    """Whether a law, §, chapter or ledd the claim names is none that its passages are, are about, or name."""
    mentioned = set(names.mentioned(claim))
    if any(not any(w.knows_law(law) for w in witnesses) for law in mentioned):
        return True
    places = [place for place in _found(claim, names) if place.section]
    for place in places:
        # A bare § is read as the home law's; it may be any law's unless the home law is the one that is named.
        named = place.source_id not in ("§", names.home) or mentioned == {names.home}
        if not any(w.has_place(place, named=named) for w in witnesses):
            return True
    if claim.count("§") and not places:
        return True
    for chapter in CHAPTER.findall(claim):
        if not any(chapter in CHAPTER.findall(f"{w.text}\n{w.context}") for w in witnesses):
            return True
    return not places and any(
        not any(w.has_ledd(ledd_number(match)) for w in witnesses) for match in LEDD.finditer(claim)
    )


def _found(claim: str, names: LawNames) -> list[Reference]:
    """Every place a claim names; a law gives its name only to a § right beside it, not to every § of the sentence."""
    # `find` gives a lone law's name to all; with two more laws in the text, out of the way, no law is alone.
    others = " osv. ".join(list(names.usual.values())[:2])
    found = names.find(f"{claim} osv. osv. {others}")
    return found or BARE.find(claim)


def _unknown_amount(claim: str, witnesses: Sequence[Evidence]) -> bool:
    """Whether a number of the claim stands in no sentence of its passages that speaks of the same matter."""
    said = amounts(without_places(claim))
    if not said:
        return False
    near = [*_near(claim, witnesses), *(w.context for w in witnesses)]
    return bool(missing(said, [a for text in near for a in amounts(without_places(text), articles=True)]))


def _share(text: str, witnesses: Sequence[Evidence], least: int = 1) -> float | None:
    """Share of the content words of `text` that the passages have; None for fewer than `least` of them.

    Negations, numbers and units are left out: they are checked by themselves.
    """
    known = frozenset[str]().union(*(w.terms for w in witnesses))
    said = [
        word
        for word in content_words(without_places(text))
        if not word.stem[0].isdigit() and word.stem not in NEGATION_STEMS and word.stem not in COUNTING_STEMS
    ]
    if len(said) < least:
        return None
    total = 0.0
    for word in said:
        if word.stem in known or (word.parts and known.issuperset(word.parts)):
            total += 1
        elif word.parts and not known.isdisjoint(word.parts):
            total += PART_KNOWN
    return total / len(said)


def _turned(claim: str, witnesses: Sequence[Evidence]) -> str:
    """Whether a clause says the opposite of the source clause it is most like: not for so, at most for at least, may for must."""
    near = _near(claim, witnesses)
    source = [clause for said in near for clause in clauses_of(said)]
    for clause in clauses_of(claim):
        if clause.negations and not any(other.negations for other in source):
            return "negation"
        # Most words in common first, then fewest that only the source has.
        likeness = [(len(clause.stems & other.stems), -len(other.stems - clause.stems)) for other in source]
        best = max(likeness, default=(0, -1))
        if best[0] < ALIKE * len(clause.stems) or (not clause.stems and best[1]):
            continue
        alike = [other for other, like in zip(source, likeness, strict=True) if like == best]
        if all(other.negations != clause.negations for other in alike):
            return "negation"
        if not any(_same_extent(clause, other) for other in alike):
            return "extent"
    return "" if _same_force(claim, " . ".join(near)) else "force"


def _near(claim: str, witnesses: Sequence[Evidence]) -> list[str]:
    """The sentences of the passages that speak of what a claim speaks of, numbers and units aside."""
    wanted = matter(claim)
    shared = [(len(wanted & matter(said)), said) for w in witnesses for said in w.said]
    most = max((n for n, _ in shared), default=0)
    return [said for n, said in shared if n >= NEAR * most]


def _same_extent(clause: Clause, other: Clause) -> bool:
    """Whether two like clauses reach equally far: at least or at most, only or always."""
    for one, opposite in ((AT_LEAST, AT_MOST), (AT_MOST, AT_LEAST)):
        if clause.said & one and other.said & opposite and not other.said & one:
            return False
    return not any(
        clause.said & extreme and not other.said & known for extreme, known in ((ONLY, ONLY), (ALWAYS, ALWAYS | EVERY))
    )


def _same_force(claim: str, source: str) -> bool:
    """Whether what the claim says may, should or must be done is so in the source, where that speaks of it."""
    known = _forces(source)
    for force, deed in _forces(claim):
        shared = [(len(deed & other), force == theirs) for theirs, other in known]
        most = max((n for n, _ in shared), default=0)
        if most >= FORCE_WORDS and not any(same for n, same in shared if n == most):
            return False
    return True


def _forces(text: str) -> list[tuple[str, frozenset[str]]]:
    """Each verb of force in `text` with the word before it and the words after it."""
    said = [word for word in words(text) if word in FORCE or word in DEEDS or word not in STOP_WORDS]
    return [
        (
            FORCE[word],
            frozenset(stem(near) for near in said[max(0, at - 1) : at + 1 + AFTER_FORCE] if near not in FORCE),
        )
        for at, word in enumerate(said)
        if word in FORCE
    ]
