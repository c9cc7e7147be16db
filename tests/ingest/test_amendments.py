"""Lovdata's change notes, as they stand in the archives, to acts and the days they took effect."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.amendments import read_changes
from kb.types import Change


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Endret ved lov 17 des 2010 nr. 80.", [Change("lov/2010-12-17-80")]),
        (
            "Endret ved lover 20 des 2018 nr. 98 (ikr. 1 jan 2019), 20 des 2023 nr. 95 (i kraft 1 juli 2024 iflg. res. 20 des 2023 nr. 2132).",
            [Change("lov/2018-12-20-98", date(2019, 1, 1)), Change("lov/2023-12-20-95", date(2024, 7, 1))],
        ),
        (
            "Tilføyd ved lov 4 des 2020 nr. 132, endret ved lover 7 mai 2021 nr. 30, 7 mai 2021 nr. 34 (ikr. 1 juni 2021 iflg. res. 7 mai 2021 nr. 1416).",
            [
                Change("lov/2020-12-04-132"),
                Change("lov/2021-05-07-30"),
                Change("lov/2021-05-07-34", date(2021, 6, 1)),
            ],
        ),
        (
            "Endret ved lov 11 juni 2021 nr. 78 som endret ved lov 10 juni 2022 nr. 39 (i kraft 1 aug 2022 iflg. res. 20 mai 2022 nr. 871).",
            [Change("lov/2021-06-11-78", date(2022, 8, 1))],
        ),
        (
            "Endret ved lov 20 des 2016 nr. 105 (i kraft 1 jan 2017). Endres ved lov 24 apr 2015 nr. 20 (ikr. fra den tid Kongen bestemmer).",
            [Change("lov/2016-12-20-105", date(2017, 1, 1)), Change("lov/2015-04-24-20", None, coming=True)],
        ),
        (
            "Endres ved lov 10 juni 2025 nr. 30 (i kraft 1 jan 2026 iflg. res. 29 aug 2025 nr. 1743). Endres ved lov 10 juni 2025 nr. 30 (i kraft 1 jan 2027).",
            [
                Change("lov/2025-06-10-30", date(2026, 1, 1), coming=True),
                Change("lov/2025-06-10-30", date(2027, 1, 1), coming=True),
            ],
        ),
        ("Endra med lov 21 mai 2021 nr. 42 (i kraft 1 jan 2022).", [Change("lov/2021-05-21-42", date(2022, 1, 1))]),
        ("Endret ved lov 25 feb 1927.", [Change("")]),
        ("Nå uten betydning.", []),
        ("", []),
    ],
)
def test_a_note_gives_its_changes(note: str, expected: list[Change]) -> None:
    assert list(read_changes(note, "lov")) == expected


def test_a_regulation_is_changed_by_regulations() -> None:
    note = "Endret ved forskrift 20 des 2018 nr. 2219 (i kraft 1 jan 2019)."
    assert list(read_changes(note, "forskrift")) == [Change("forskrift/2018-12-20-2219", date(2019, 1, 1))]


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
