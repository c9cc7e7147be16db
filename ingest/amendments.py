"""Lovdata's change notes («Endret ved lov …, ikr. …») to changes: which act, and the day it took effect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from kb.types import Change

_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_DAY = rf"(\d{{1,2}})\.? ({'|'.join(_MONTHS)})\w*\.? (\d{{4}})"
_ACT = re.compile(rf"{_DAY} nr\.? ?(\d+)")
_EFFECT = re.compile(rf" ?\((?:ikr|i kraft|ikraft|med virkning|gis virkning|i verk|gjeld)[^()]*?(?:{_DAY}|\))")
_DECIDED = re.compile(r"[, ]*(?:iflg\.|ifølge|jf\.?|etter) (?:kgl\. )?(?:res|vedtak|forskrift|lov)\.?[^()]*")
"""Who decided when, inside the parentheses: its date is not the act's."""
_ITSELF_CHANGED = re.compile(
    rf",? (?:som|endring) (?:sist )?(?:endret|endra|rettet|retta) (?:ved|med|i) ?(?:lover|lov|forskrifter|forskrift)? ?{_DAY} nr\.? ?\d+"
)
_COMING = re.compile(r"\b(?:Endres|Endrast|Blir endra|Vert endra|Oppheves|Opphevast|Tilføyes|Tilføyast)\b")


def read_changes(note: str, kind: str) -> Iterator[Change]:
    """The changes a note of Lovdata tells, in its order; acts are references like `lov/2018-12-20-98`.

    `kind` is `lov` or `forskrift`, what the § itself stands in: laws are changed by laws. A note that tells of changes
    without naming an act that can be read («Endret ved lov 25 feb 1927») gives a `Change` without act.
    """
    note = " ".join(note.split())
    cut = match.start() if (match := _COMING.search(note)) else len(note)
    for part, coming in ((note[:cut], False), (note[cut:], True)):
        found = list(_acts(_DECIDED.sub("", _ITSELF_CHANGED.sub("", part)), kind, coming=coming))
        yield from found or ([Change("")] if not coming and re.search(r"\b[Ee]ndr|[Tt]ilføy", part) else [])


def _acts(note: str, kind: str, *, coming: bool) -> Iterator[Change]:
    for act in _ACT.finditer(note):
        effect = _EFFECT.match(note, act.end())
        in_force = _date(effect[1], effect[2], effect[3]) if effect and effect[1] else None
        made = _date(act[1], act[2], act[3])
        yield Change(f"{kind}/{made}-{act[4]}" if made else "", in_force, coming)


def _date(day: str, month: str, year: str) -> date | None:
    """The day that is written, None for one that is in no calendar: some notes have slips («31 juni»)."""
    try:
        return date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None
