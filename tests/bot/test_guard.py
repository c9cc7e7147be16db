"""The guard: personal data is found however it is written, look-alikes pass, and what is masked holds nothing.

The people are invented, their numbers made here with right check digits.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from conftest import only_in_ci
from hypothesis import given
from hypothesis import strategies as st
from test_command_line import ROOT

from bot.guard import MARKS, Finding, Kind, findings, identity_numbers, mask, warning
from bot.identity_numbers import is_identity_number
from bot.phrases import PERSONAL_DATA

_FIRST, _SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
SHIFTS = {
    "fødselsnummer": (0, 0),
    "D-nummer": (40, 0),
    "H-nummer og Dolly": (0, 40),
    "syntetisk + 65": (0, 65),
    "Tenor": (0, 80),
    "D-nummer i Dolly": (40, 40),
    "D-nummer i Tenor": (40, 80),
}
GROUPINGS = ((11,), (6, 5), (2, 2, 2, 5), (6, 3, 2), (2, 2, 2, 3, 2), (3, 3, 5), (4, 2, 5), (1,) * 11)
GAPS = (" ", "-", ".", "\u00a0", "\u202f", " - ", "–", "/", "\u200b", "\n", ", ")
SENTENCES = (
    "{}",
    "gjelder {}, hva nå?",
    "Bruker (f.nr. {}) har søkt.",
    "fnr:{}.",
    "Har {} og to barn rett til stønad?",
)
DIGITS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")


def number(birthday: str, individual: int, left: int = 0) -> str | None:
    """Six digits of birthday and three of one's own with check digits; `left` is what the first check leaves."""
    digits = [int(digit) for digit in f"{birthday}{individual:03}"]
    for weights, rest in ((_FIRST, left), (_SECOND, 0)):
        check = (rest - sum(w * d for w, d in zip(weights, digits, strict=True))) % 11
        if check == 10:
            return None
        digits.append(check)
    return "".join(map(str, digits))


def people(seed: int, wanted: int, shifts: tuple[int, int] = (0, 0), left: int = 0) -> Iterator[str]:
    """Numbers of people who do not exist."""
    some = random.Random(seed)
    while wanted:
        day, month, year = some.randint(1, 28) + shifts[0], some.randint(1, 12) + shifts[1], some.randint(0, 99)
        if made := number(f"{day:02}{month:02}{year:02}", some.randint(0, 999), left):
            yield made
            wanted -= 1


def grouped(digits: str, sizes: tuple[int, ...], gap: str) -> str:
    """The digits in groups with something between them."""
    ends = [sum(sizes[: n + 1]) for n in range(len(sizes))]
    return gap.join(digits[end - size : end] for size, end in zip(sizes, ends, strict=True))


def kinds(text: str, *known_names: str) -> list[str]:
    """What is found, by kind, in the order of the text."""
    return [str(finding.kind) for finding in findings(text, known_names)]


@pytest.mark.parametrize("shifts", SHIFTS.values(), ids=SHIFTS.keys())
def test_every_kind_of_identity_number_stops_however_it_is_written(shifts: tuple[int, int]) -> None:
    some = random.Random(6)
    for digits in people(sum(shifts), 100, shifts):
        written = grouped(digits, some.choice(GROUPINGS), some.choice(GAPS)).translate(
            str.maketrans(DIGITS[0], some.choice(DIGITS))
        )
        text = some.choice(SENTENCES).format(written)
        assert identity_numbers(text) == [written]
        assert [finding.stops for finding in findings(text)] == [True]
        assert mask(text) == text.replace(written, MARKS[Kind.IDENTITY_NUMBER])


@pytest.mark.parametrize("left", [1, 2, 3])
@pytest.mark.parametrize("shifts", [(0, 0), (40, 0), (0, 80)])
def test_numbers_by_the_rule_of_2032_stop(shifts: tuple[int, int], left: int) -> None:
    assert all(identity_numbers(digits) == [digits] for digits in people(left, 30, shifts, left))


def test_other_remainders_are_no_number() -> None:
    assert not any(is_identity_number(digits) for left in range(4, 11) for digits in people(left, 20, (0, 0), left))


@pytest.mark.parametrize(
    ("birthday", "is_one"),
    [("290204", True), ("290200", True), ("290201", False), ("300290", False), ("320190", False), ("010090", False)],
)
def test_a_birthday_must_have_been(birthday: str, is_one: bool) -> None:
    made = [digits for n in range(50) if (digits := number(birthday, n))]
    assert {is_identity_number(digits) for digits in made} == {is_one}


@pytest.mark.parametrize(
    "written", ["{0}, personnummer {1}", "{0} pnr. {1}", "**{0}** {1}", "{0}  {1}", "({0}) {1}", "{0}_{1}"]
)
def test_a_birthday_and_a_personal_number_apart_are_one_number(written: str) -> None:
    for digits in people(3, 10):
        assert kinds(f"født {written.format(digits[:6], digits[6:])}") == ["identity_number"]


def test_the_year_may_be_written_in_full() -> None:
    for digits in people(4, 10):
        birthday = f"{digits[:2]}.{digits[2:4]}.19{digits[4:6]}"
        assert kinds(f"født {birthday}, {digits[6:]}") == ["identity_number"]
        assert kinds(f"fra {birthday} {digits[6:]} kr") == []


def look_alikes(seed: int, wanted: int) -> Iterator[str]:
    """What is written like a number and is none: amounts, dates, laws, cases, accounts, wrong check digits."""
    some = random.Random(seed)

    def upto(n: int, wide: int) -> str:
        return f"{some.randint(0, n):0{wide}}"

    def wrong() -> str:
        digits = next(people(some.randint(0, 10**6), 1))
        at = some.randint(0, 10)
        return f"{digits[:at]}{(int(digits[at]) + some.randint(1, 9)) % 10}{digits[at + 1 :]}"

    makers = (
        wrong,
        lambda: grouped(wrong(), (6, 5), " "),
        lambda: "sak " + str(some.randint(2015, 2026)) + upto(9_999_999, 7),
        lambda: f"{some.randint(2001, 2026)}/{upto(99_999, 5)}-{some.randint(1, 99)}",
        lambda: (
            f"LOV-{some.randint(1960, 2025)}-{some.randint(1, 12):02}-{some.randint(1, 28):02}-{some.randint(1, 200)}"
        ),
        lambda: f"FOR-{some.randint(1960, 2025)}-{some.randint(1, 12):02}-{some.randint(1, 28):02}-{upto(2999, 4)}",
        lambda: (
            f"{some.randint(1, 31):02}.{some.randint(1, 12):02}.2025–{some.randint(1, 31):02}.{some.randint(1, 12):02}.2026"
        ),
        lambda: f"kr {some.randint(1, 99)} {upto(999, 3)} {upto(999, 3)} {upto(999, 3)}",
        lambda: f"{some.randint(1, 99)} {upto(999, 3)} {upto(999, 3)} kr",
        lambda: f"§§ {some.randint(1, 60)}, {some.randint(1, 60)}, {some.randint(1, 60)} og {some.randint(1, 60)}",
        lambda: f"{upto(999_999_999, 9)}",
        lambda: f"{upto(10**12 - 1, 12)}",
        lambda: f"{some.randint(10, 30)} {upto(999, 3)} kr i {some.randint(2010, 2026)}, {some.randint(10, 99)} %",
    )
    for n in range(wanted):
        yield makers[n % len(makers)]()


def test_look_alikes_are_hardly_ever_stopped() -> None:
    texts = list(look_alikes(1, 1300))
    stopped = [text for text in texts if identity_numbers(text)]
    assert len(stopped) <= 0.01 * len(texts), stopped


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("ring 98 76 54 32 i dag", "phone", "98 76 54 32"),
        ("hun har 98765432.", "phone", "98765432"),
        ("hun har 987 65 432", "phone", "987 65 432"),
        ("ring +47 98 76 54 32", "phone", "+47 98 76 54 32"),
        ("0047 22334455", "phone", "0047 22334455"),
        ("004722334455", "phone", "004722334455"),
        ("+46 70 123 45 67", "phone", "+46 70 123 45 67"),
        ("tlf. 2233 4455", "phone", "2233 4455"),
        ("22.33.44.55", "phone", "22.33.44.55"),
        ("２２３３４４５５", "phone", "２２３３４４５５"),
        ("skriv til kari.h+nav@eksempel.co.no!", "email", "kari.h+nav@eksempel.co.no"),
        ("konto 1234.56.78903", "account_number", "1234.56.78903"),
        ("konto 1234 56 78903", "account_number", "1234 56 78903"),
        ("betal til 12345678903", "account_number", "12345678903"),
        ("bor i Storgata 15, 0184 Oslo nå", "address", "Storgata 15, 0184 Oslo"),
        ("bor i storgata 15b", "address", "storgata 15b"),
        ("Karl Johans gate 22 B, leil. H0203", "address", "Karl Johans gate 22 B, leil. H0203"),
        ("bor i Kirkevegen 7", "address", "Kirkevegen 7"),
        ("bor på Elvetunet 3", "address", "Elvetunet 3"),
        ("bor på Torget 1", "address", "Torget 1"),
        ("Har Kari Hansen rett til KVP?", "name", "Kari Hansen"),
        ("Kari Hansen har søkt", "name", "Kari Hansen"),
        ("Gjelder Anne-Marie B. van Dam her", "name", "Anne-Marie B. van Dam"),
        ("saken til Fatima al-Hassan", "name", "Fatima al-Hassan"),
        ("Maria Olsens barn", "name", "Maria Olsens"),
        ("KARI HANSEN", "name", "KARI HANSEN"),
    ],
)
def test_other_personal_data_warns(text: str, kind: str, found: str) -> None:
    assert [(f.kind, text[f.start : f.end], f.stops) for f in findings(text)] == [(kind, found, False)]
    assert mask(text) == text.replace(found, MARKS[Kind(kind)])


@pytest.mark.parametrize(
    "text",
    """
    kr 12 345 678|25 000 000 kr|25000000 kroner|kr 98765432|98765432,-|2 G, 3 G og 6 G|20-08-2024|20082024|20240820
    LOV-2009-12-18-131|lov/2009-12-18-131/§20a/ledd/2|FOR-2011-12-16-1251 § 3|§§ 20 21 22 23|§ 12 34 56 78
    2024/12345-13|sak 20241234567|saksnummer 98765432|org.nr. 974 760 673|2021 2022 2023 2024|12 000 15 000 18 000
    12345678901|99999999999|1234567890123|12 345 678 901|01.01.2026 til 31.12.2026|kl. 08.00-15.30|55 55 33 33
    post@kommune.no|@nav|barnehageplass 3 dager|skolevei 3|på veien 3 ganger|veien 2|Sykehjemsplass 2|gata 4 uker
    Nav Lerkendal|Høyesterett|Statsforvalteren i Trøndelag|Kari har søkt. Hansen ikke|Per Statsforvalteren|PER MÅNED
    Karl Johans gate|Jan Mayen|Ola Nordmann|Lov om sosiale tjenester|Nav Oslo|Kari fra Nav|Ali KVP|Husbanken Drammen
    """.replace("\n", "|").split("|"),
)
def test_what_looks_personal_and_is_not_passes(text: str) -> None:
    assert kinds(f"Spørsmål: {text.strip()} – hva nå?") == []


def test_those_who_wrote_the_sources_may_be_named() -> None:
    assert kinds("Hva mener Harald Solbu?") == ["name"]
    assert kinds("Hva mener Harald Solbu, og hva var Harald Solbus råd?", "Harald Solbu") == []
    assert kinds("Hva mener Harald Hansen?", "Harald Solbu") == ["name"]


def test_an_identity_number_comes_before_an_account_before_a_phone() -> None:
    digits = next(people(9, 1))
    assert kinds(f"{digits} 1234.56.78903 98 76 54 32") == ["identity_number", "account_number", "phone"]
    assert kinds(f"{digits}@eksempel.no") == ["identity_number"]


PIECES = [
    *(
        "Kari Hansen",
        "Ali",
        "Ref",
        "sak",
        "Storgata 15",
        "Karl Johans gate 2",
        "98 76 54 32",
        "22334455",
        "12345678903",
    ),
    *(
        "1234.56.78903",
        "+47",
        "0047",
        "a@b.no",
        "@",
        "kr",
        "25 000 000",
        "[navn fjernet]",
        "tlf",
        ",",
        ".",
        " - ",
        "\n",
    ),
    *("0", "1 3", "87", "6698", "743", "２０", "\u200b", "§", "2009-12-18-131", "Nav", "N.", "al-", *people(8, 4)),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from([" ", ""]))
def test_what_is_masked_holds_nothing(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    found = findings(text)
    assert all(one.end <= next_.start for one, next_ in pairwise(found))
    assert all(0 <= finding.start < finding.end <= len(text) for finding in found)
    assert [f for f in found if f.stops] or not identity_numbers(text)
    masked = mask(text)
    assert findings(masked) == ()
    assert mask(masked) == masked


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert findings(mask(text)) == ()


@only_in_ci
@pytest.mark.parametrize(
    ("piece", "found"),
    [
        *(("a", 0), ("1", 0), ("1 ", 0), ("12 ", 0), ("a@", 0), ("a.", 0), (" ", 0), ("a-", 0), ("storgata ", 0)),
        *(("Kari ", 1), ("98 76 54 32, ", 1), ("+1", 0), ("a@b.c", 1), ("0047 ", 0), ("13876698743 ", 1), ("１", 0)),
    ],
)
def test_long_hostile_text_is_looked_through_at_once(piece: str, found: int) -> None:
    """Time that grew with the square of 100,000 characters would be minutes here."""
    text = piece * (100_000 // len(piece))
    assert bool(findings(text)) == bool(found)


def test_the_warning_names_each_kind_once() -> None:
    assert warning((), "nb") == ""
    found = findings("Kari Hansen, 98765432 og 22334455, a@b.no")
    assert "inneholdt en e-postadresse, et telefonnummer og et personnavn." in warning(found, "nb")
    assert "inneheldt eit personnamn." in warning([Finding(Kind.NAME, 0, 1)], "nn")
    assert all(PERSONAL_DATA[language].keys() == set(Kind) for language in ("nb", "nn"))


def test_the_golden_questions_pass() -> None:
    asked: list[str] = []
    for path in sorted((ROOT / "evals" / "questions").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            read = json.loads(line)
            asked += [read["question"], *read.get("turns", ())]
    found = {text: findings(text, ("Harald Solbu", "Jacob Aars")) for text in asked}
    assert len(asked) > 700
    assert not [text for text, seen in found.items() if any(finding.stops for finding in seen)]
    assert sum(map(bool, found.values())) <= 0.01 * len(found)
