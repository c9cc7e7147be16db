"""References: found in what people type, written as people read them, and round again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.references import LawNames, Reference, lovdata_url, parse

NAMES = LawNames(
    {
        "lov/2009-12-18-131": ("sosialtjenesteloven", "sotjl", "stl"),
        "lov/2006-06-16-20": ("NAV-loven", "navloven"),
        "lov/1967-02-10": ("forvaltningsloven", "fvl"),
        "lov/1997-02-28-19": ("folketrygdloven", "ftrl"),
        "forskrift/2011-12-21-1471": ("KVP-forskriften",),
    },
    home="lov/2009-12-18-131",
)
STL, NAV, FVL, FTRL = "lov/2009-12-18-131", "lov/2006-06-16-20", "lov/1967-02-10", "lov/1997-02-28-19"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sotjl § 20 a fjerde ledd", [f"{STL}/§20a/ledd/4"]),
        ("§§ 29 og 30", [f"{STL}/§29", f"{STL}/§30"]),
        ("stl. § 18", [f"{STL}/§18"]),
        ("fvl. § 13 b", [f"{FVL}/§13b"]),
        ("fvl. § 13 b nr. 5", [f"{FVL}/§13b/nr/5"]),
        ("lov/2009-12-18-131/§20a/ledd/4", [f"{STL}/§20a/ledd/4"]),
        ("§ 18 i sosialtjenesteloven", [f"{STL}/§18"]),
        ("§ 16 i NAV-loven", [f"{NAV}/§16"]),
        ("stl 20a", [f"{STL}/§20a"]),
        ("20a stl", [f"{STL}/§20a"]),
        ("nav loven 16", [f"{NAV}/§16"]),
        ("§§ 13 til 13 c i forvaltningsloven", [f"{FVL}/§13", f"{FVL}/§13a", f"{FVL}/§13b", f"{FVL}/§13c"]),
        ("§§ 29–31", [f"{STL}/§29", f"{STL}/§30", f"{STL}/§31"]),
        ("ftrl § 11-5 og § 8-4", [f"{FTRL}/§11-5", f"{FTRL}/§8-4"]),
        ("ftrl § 17 A-5 og ftrl 11a-4 tredje ledd", [f"{FTRL}/§17A-5", f"{FTRL}/§11A-4/ledd/3"]),
        ("lov/1997-02-28-19/§17a-5", [f"{FTRL}/§17A-5"]),
        ("klage etter §18, 2. ledd bokstav b", [f"{STL}/§18/ledd/2/bokstav/b"]),
        ("paragraf 35 andre ledd", [f"{STL}/§35/ledd/2"]),
        ("§ 35 annet ledd", [f"{STL}/§35/ledd/2"]),
        ("§ 35, ledd 3", [f"{STL}/§35/ledd/3"]),
        ("er fristen 3 uker etter fvl 29?", [f"{FVL}/§29"]),
        ("KVP-forskriften § 11", ["forskrift/2011-12-21-1471/§11"]),
        ("hun er 25 år og fikk 2 uker", []),
        ("bruker på 18 i NAV", []),
        ("stl gir ikke svar på 2 spørsmål", []),
        ("beløp 12 000 og § ", []),
    ],
)
def test_finds_references(text: str, expected: list[str]) -> None:
    assert [str(reference) for reference in NAMES.find(text)] == expected


@pytest.mark.parametrize(
    ("ref", "written"),
    [
        (f"{STL}/§20a/ledd/4", "sosialtjenesteloven § 20 a fjerde ledd"),
        (f"{FTRL}/§11-5", "folketrygdloven § 11-5"),
        (f"{FTRL}/§17A-5/ledd/2", "folketrygdloven § 17 A-5 andre ledd"),
        (f"{FVL}/§13b/ledd/1/nr/5", "forvaltningsloven § 13 b første ledd nr. 5"),
        (f"{STL}/§1/ledd/11", "sosialtjenesteloven § 1 ledd 11"),
        (NAV, "NAV-loven"),
        ("praksis/solbu-2014/lysbilde/14", "praksis/solbu-2014/lysbilde/14"),
    ],
)
def test_writes_references(ref: str, written: str) -> None:
    assert NAMES.write(ref) == written


def test_links_open_at_the_section() -> None:
    assert lovdata_url(f"{STL}/§20a/ledd/4") == "https://lovdata.no/lov/2009-12-18-131/%C2%A720a"
    assert lovdata_url("notat/sotjl-27") == ""


@given(
    st.builds(
        Reference,
        st.sampled_from([STL, NAV, FVL, FTRL]),
        st.from_regex(r"§[1-9][0-9]?([A-C]?-[1-9][0-9]?)?[a-h]?", fullmatch=True),
        st.none() | st.integers(1, 30),
        st.none() | st.sampled_from("abcdefgh"),
        st.none() | st.integers(1, 20),
    )
)
def test_what_is_written_is_found_again(reference: Reference) -> None:
    assert parse(str(reference)) == reference
    assert NAMES.find(NAMES.write(str(reference))) == [reference]


def test_the_matter_without_names_and_numbers() -> None:
    assert NAMES.without_names("sotjl § 20 a fjerde ledd").split() == []
    assert NAMES.without_names("hva sier fvl § 29 om frist").split() == ["hva", "sier", "om", "frist"]


def test_a_name_is_known_with_and_without_its_hyphen() -> None:
    names = LawNames({"lov/2006-06-16-20": ("Lov om arbeids- og velferdsforvaltningen", "NAV-loven")})
    for written in ("NAV-loven § 14 a", "navloven § 14 a", "nav loven § 14 a"):
        assert [str(ref) for ref in names.find(written)] == ["lov/2006-06-16-20/§14a"], written
        assert names.mentioned(written) == ["lov/2006-06-16-20"]
    assert names.id_of("navloven") == names.id_of("NAV-loven") == "lov/2006-06-16-20"
