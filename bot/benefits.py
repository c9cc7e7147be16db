"""Benefits that look alike: which one a paragraph belongs to, so that an answer can tell them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.references import parse
from kb.types import Responsibility


@dataclass(frozen=True, slots=True)
class Benefit:
    """A benefit or programme, who answers for it, and the paragraphs (a pattern) of the law that govern it."""

    name: str
    responsibility: Responsibility
    law: str
    sections: str = ".*"


_STAT, _KOMMUNE = Responsibility.STAT, Responsibility.KOMMUNE
_SOCIAL, _INSURANCE = "lov/2009-12-18-131", "lov/1997-02-28-19"
BENEFITS = (
    Benefit("økonomisk sosialhjelp", _KOMMUNE, _SOCIAL, r"§(18|19|2[0-6])[a-z]?"),
    Benefit("kvalifiseringsprogram", _KOMMUNE, _SOCIAL, r"§(29|3\d|40)"),
    Benefit("kvalifiseringsprogram", _KOMMUNE, "forskrift/2011-12-21-1471"),
    Benefit("introduksjonsprogram", _KOMMUNE, "lov/2020-11-06-127"),
    Benefit("dagpenger", _STAT, _INSURANCE, r"§4-.*"),
    Benefit("sykepenger", _STAT, _INSURANCE, r"§8-.*"),
    Benefit("pleie- og omsorgspenger", _STAT, _INSURANCE, r"§9-.*"),
    Benefit("arbeidsavklaringspenger", _STAT, _INSURANCE, r"§11-.*"),
    Benefit("uføretrygd", _STAT, _INSURANCE, r"§12-.*"),
    Benefit("foreldrepenger og engangsstønad", _STAT, _INSURANCE, r"§14-.*"),
    Benefit("stønad til enslig mor eller far", _STAT, _INSURANCE, r"§15-.*"),
    Benefit("bostøtte", _KOMMUNE, "lov/2012-08-24-64"),
    Benefit("barnetrygd", _STAT, "lov/2002-03-08-4"),
    Benefit("arbeidsmarkedstiltak", _STAT, "lov/2004-12-10-76"),
)
"""The ones caseworkers mix up, most specific first."""


def benefit_of(ref: str) -> Benefit | None:
    """The benefit that a reference to law is about, None for procedure and everything else."""
    place = parse(ref)
    if place is None:
        return None
    return next(
        (b for b in BENEFITS if b.law == place.source_id and re.fullmatch(b.sections, place.section)),
        None,
    )
