"""Lovdata's change notes, as they stand in the archives, to acts and the days they took effect."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.amendments import read_changes
from kb.types import Change


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Endret ved lov 3 mars 2010 nr. 980.", [Change("lov/2010-03-03-980")]),
        (
            "Endret ved lover 4 mai 2018 nr. 998 (ikr. 2 feb 2019), 9 okt 2023 nr. 995 (i kraft 5 juli 2024 iflg. res. 9 okt 2023 nr. 9132).",
            [Change("lov/2018-05-04-998", date(2019, 2, 2)), Change("lov/2023-10-09-995", date(2024, 7, 5))],
        ),
        (
            "Tilføyd ved lov 6 nov 2020 nr. 932, endret ved lover 8 apr 2021 nr. 930, 8 april 2021 nr. 934 (ikr. 3 juni 2021).",
            [
                Change("lov/2020-11-06-932"),
                Change("lov/2021-04-08-930"),
                Change("lov/2021-04-08-934", date(2021, 6, 3)),
            ],
        ),
        (
            "Endret ved lov 12 juni 2021 nr. 978 som endret ved lov 13 sep 2022 nr. 939 (i kraft 4 aug 2022 iflg. res. 22 mai 2022 nr. 9871).",
            [Change("lov/2021-06-12-978", date(2022, 8, 4))],
        ),
        (
            "Endret ved lov 21 des 2016 nr. 905 (i kraft 9 jan 2017). Endres ved lov 23 apr 2015 nr. 920 (ikr. fra den tid Kongen bestemmer).",
            [Change("lov/2016-12-21-905", date(2017, 1, 9)), Change("lov/2015-04-23-920", None, coming=True)],
        ),
        (
            "Endres ved lov 11 juni 2025 nr. 930 (i kraft 7 jan 2026 iflg. res. 28 aug 2025 nr. 9743). Tilføyes ved lov 11 juni 2025 nr. 930 (i kraft 8 jan 2027).",
            [
                Change("lov/2025-06-11-930", date(2026, 1, 7), coming=True),
                Change("lov/2025-06-11-930", date(2027, 1, 8), coming=True),
            ],
        ),
        ("Endra med lov 22 mai 2021 nr. 942 (i kraft 6 jan 2022).", [Change("lov/2021-05-22-942", date(2022, 1, 6))]),
        ("Endret ved lov 25 feb 1927.", [Change("")]),
        ("Endret ved lov 31 juni 1988 nr. 9 (ikr. 30 feb 1989).", [Change("")]),
        ("Nå uten betydning.", []),
        ("", []),
    ],
)
def test_a_note_gives_its_changes(note: str, expected: list[Change]) -> None:
    assert list(read_changes(note, "lov")) == expected


def test_a_regulation_is_changed_by_regulations() -> None:
    note = "Endret ved forskrift 19 des 2018 nr. 9219 (i kraft 9 jan 2019)."
    assert list(read_changes(note, "forskrift")) == [Change("forskrift/2018-12-19-9219", date(2019, 1, 9))]


@pytest.mark.parametrize(
    ("change", "day"),
    [
        (Change("lov/2018-12-20-98", date(2019, 1, 1)), date(2019, 1, 1)),
        (Change("lov/2018-12-20-98"), date(2018, 12, 20)),
        (Change(""), None),
    ],
)
def test_the_day_of_a_change(change: Change, day: date | None) -> None:
    assert change.day == day
