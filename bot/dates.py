"""The date a question is about: «per 1. juni 2015», «per 2015», «i 2015»."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from bot.phrases import MONTHS

EARLIEST = 1965
"""Years before this are ages, amounts or house numbers: no rule here is older."""
_MONTH = {name: n for n, name in enumerate(MONTHS, 1)}
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_WRITTEN = re.compile(rf"\b(?:(\d{{1,2}})\.\s*)?({'|'.join(MONTHS)})\s+(\d{{4}})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_YEAR = re.compile(r"\b(?:per|pr\.?|i|fra|frå|før|etter|til)\s+(?:året\s+)?(\d{4})\b(?!\s*(?:kroner|kr|,-))")

_STILL = re.compile(r"\b(fortsatt|fremdeles|framleis|ennå|enno|for seint|for sent)\b")
"""Words that ask about today, whatever year the matter is from: «gjelda er fra 2009, kan den fortsatt kreves?»"""

_SINCE = re.compile(
    r"\b(si(den|dan) når|fr[aå] når|hvilket år|kva år|endret|endra|endring\w*|tidlegare|tidligere|annerledes|annleis|gamle dag(er|ar)|nylig|nyleg"
    r"|når (ble|vart|blei|kom|slutt\w+|start\w+|begynte|byrja|trådte|endr\w+|fikk|fekk)|da jeg begynte)\b"
)


def asks_since(question: str) -> bool:
    """Whether a question is about what was, and since when it is as it is."""
    return bool(_SINCE.search(question.lower()))


def asked_date(question: str, today: date) -> date | None:
    """The last day of what the question names – a day, a month, a year –, if it lies before today.

    None when it names no date, or one that does not exist, or asks what still holds of something that old.
    """
    text = question.lower()
    if _STILL.search(text):
        return None
    named: tuple[int, int, int] | None = None
    if match := _ISO.search(text):
        named = (int(match[1]), int(match[2]), int(match[3]))
    elif match := _WRITTEN.search(text):
        month = _MONTH[match[2]]
        named = (int(match[3]), month, int(match[1]) if match[1] else _last_day(int(match[3]), month))
    elif match := _NUMBERS.search(text):
        named = (int(match[3]), int(match[2]), int(match[1]))
    elif match := _YEAR.search(text):
        named = (int(match[1]), 12, 31)
    try:
        found = date(*named) if named and named[0] >= EARLIEST else None
    except ValueError:
        return None
    return found if found and found < today else None


def _last_day(year: int, month: int) -> int:
    """The number of the last day of a month."""
    return monthrange(max(year, 1), month)[1]
