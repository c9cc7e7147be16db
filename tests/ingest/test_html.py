"""Web pages: circulars by number, other pages by heading, and nothing of what surrounds the text."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest
from conftest import SHARED, needs_shared
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import html
from ingest.circular import change_dates
from ingest.clean import clean_document
from ingest.html import load_html
from ingest.load import load_file
from ingest.manifest import read_manifest
from kb.errors import SourceError
from kb.references import parse
from kb.types import Document, Kind, Section, Source

BARE = Source("praksis/side", Kind.PRAKSIS, "")
REAL_CIRCULAR = SHARED / "rundskriv" / "r20-00-kap20.html"

CIRCULAR = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Kakerundskriv</title></head><body>
<nav><a href="/">Forsiden</a></nav><div class="breadcrumb">Forsiden &gt; Rundskriv</div>
<h1>Rundskriv til kakeloven</h1>
<p class="morTag_am avsnitt">Her tolkes kakeloven for dem som baker.</p>
<section><h2>1 Om kake</h2>
<div class="morTag_k kapittel" data-refid="kap1.1" id="KAPITTEL_1-1-1"><h4>1.1 Mel</h4>
<p class="morTag_amf small avsnitt">[Endret 2/24, 11/25]</p><p class="morTag_am avsnitt">Melet skal være tørt.</p></div>
<div class="morTag_k kapittel" id="KAPITTEL_1-1-2"><h4>1.2. Sukker [Tilføyd 06/23]</h4>
<p class="morTag_am avsnitt">Sukker regnes slik:</p>
<ul><li>en kopp <em>rårørt</em> bær</li><li>to kopper melis<ul><li>siktet</li></ul></li></ul>
<ol type="a"><li>rør</li><li>vent</li></ol>
<div class="tabell"><table><tr><th></th><th>Gram</th></tr><tr><td>Melis</td><td>1<br/>000</td></tr><tr><td></td><td></td></tr></table></div>
<p class="morTag_am avsnitt">Svinnet er (1 – 0,1)<sup class="sup">3</sup> ganger vekten<sup class="footnoteRef"><a href="#n1">1</a></sup>.</p></div>
</section>
<section><h2>§ 4-2 a. Fat</h2>
<a class="reference" data-id="lov/2020-01-02-3/§4-2a" type="forarbeid">LOV-2020-01-02-3-§4-2a</a><a name="x"></a><br/>
<p class="morTag_amf small avsnitt">Utarbeidet av Kakedirektoratet, Avdeling for krem 01.02.2019</p>
<p class="morTag_amf small avsnitt">Sist endret 09.12.2025, se § 4-2 a første ledd</p>
<div class="morTag_k kapittel"><h4>Generelt [opphevet]</h4><p class="morTag_am avsnitt">Fat er flate, se
<a class="reference" data-id="lov/2020-01-02-3/§5">§ 5</a>.</p></div>
<div class="morTag_k kapittel"><h4>§ 4-2 a første ledd</h4>
<a class="reference" data-id="lov/2020-01-02-3/§4-2a" subpart="ledd/1" type="forarbeid">LOV</a><br/>
<p class="morTag_am avsnitt">Ett fat til hver. [Endret 3/21]</p>
<div class="morTag_u kapittel"><h5>Eksempel</h5><p class="morTag_am avsnitt">Åtte gjester gir åtte fat.</p></div>
<div class="morTag_u kapittel"><h5>Eksempel</h5><blockquote class="morTag_sitat"><p class="morTag_am avsnitt">Ni gir ni.</p></blockquote></div></div>
<div class="morTag_k kapittel"><h4>3 måneders frist</h4><p class="morTag_am avsnitt">Fat byttes hver vår.</p></div>
</section>
<section><h2>§ 7 Gaffel</h2>
<div class="morTag_k kapittel"><h4>1 Innhold</h4><div class="morTag_u kapittel"><h5>1.1 Tinder</h5>
<p class="morTag_amf small avsnitt">Gaffelen har tre tinder.</p></div></div></section>
<section><h2>Vedlegg om krem</h2><p class="morTag_am avsnitt">Krem piskes.</p>
<div class="morTag_k kapittel"><h4>§ 9 Pisking</h4><p class="morTag_am avsnitt">Pisk kaldt.</p></div></section>
<section><h2>1 Om kake</h2><p class="morTag_am avsnitt">Det samme en gang til.</p></section>
<div class="footnotes"><p>1 Målt på en lørdag.</p></div><script>var skript = 1;</script>
<footer>Ansvarlig redaktør</footer></body></html>"""

PAGE = """<!DOCTYPE html><html lang="nb"><head><meta charset="utf-8"><title>Leie av stoler | Vikeby bibliotek</title>
<style>p{color:stilark}</style><script type="application/ld+json">{"@context":"https://schema.org","@type":"Article",
"articleBody":"skripttekst som en maskin skulle lese, og som er lang nok til å bli valgt foran alt det andre som står på siden",
"publisher":{"@type":"Organization","name":"Vikeby bibliotek"},"datePublished":"2025-02-01","dateModified":"2025-09-30"}
</script></head><body><a class="skip-link" href="#m">Hopp til innholdet</a>
<header><nav><ul><li><a href="a">Bøker</a></li><li><a href="b">Filmer</a></li></ul></nav></header>
<div id="cookie-banner" class="cookie-consent"><p>Godta kapslene våre?</p><button>Godta</button></div>
<form id="aspnetForm"><MAIN id="m"><h1>Leie av stoler</h1><p>Biblioteket låner ut stoler til bryllup.</p>
<h2><button aria-expanded="false">Hvem kan låne?</button></h2>
<div hidden aria-labelledby="h"><p>Alle med lånekort som er fylt femten.</p></div>
<details><summary>Hva koster det?</summary><p>Tjue kroner stolen:</p>
<ul><li>betal på nett<ul><li>eller kontant</li></ul></li><li>ta vare på lappen</li></ul></details>
<div style="display: none">Usynlig beskjed til roboter.</div><p aria-hidden="true">pynt</p><noscript>Slå på skript</noscript>
<h2>Retur</h2><p>Lever stolene <b>før</b> mandag.<br>Ring ved skade.</p>
<table><tr><th>Antall</th><th>Kroner</th></tr><tr><td>Ti</td><td>200</td></tr></table>
<h2>Retur</h2><p>Også om vinteren.</p><script>document.write("skripttekst")</script></MAIN></form>
<div class="social-share"><a>Del på Facebook</a></div><footer><p>Torget 1, Vikeby. Personvern.</p></footer></body></html>"""


def _circular() -> Document:
    return clean_document(load_html(CIRCULAR.encode(), BARE))


def _by_locator(document: Document) -> dict[str, Section]:
    return {section.locator: section for section in document.sections}


def test_a_circular_is_cited_by_the_numbers_it_has_and_the_places_it_counts() -> None:
    assert [(section.locator, section.title) for section in _circular().sections] == [
        ("avsnitt/innledning", ""),
        ("punkt/1.1", "1.1 Mel"),
        ("punkt/1.2", "1.2. Sukker"),
        ("punkt/4-2a.1", "Generelt [opphevet]"),
        ("punkt/4-2a.2", "§ 4-2 a første ledd"),
        ("punkt/4-2a.2.1", "Eksempel"),
        ("punkt/4-2a.2.2", "Eksempel"),
        ("punkt/4-2a.3", "3 måneders frist"),
        ("punkt/7.1.1", "1.1 Tinder"),
        ("avsnitt/vedlegg-om-krem", "Vedlegg om krem"),
        ("punkt/9", "§ 9 Pisking"),
        ("punkt/1", "1 Om kake"),
    ]


def test_a_circular_keeps_its_chain_of_headings_and_what_it_explains() -> None:
    sections = _by_locator(_circular())
    assert sections["punkt/4-2a.2.1"].headings == ("Rundskriv til kakeloven", "§ 4-2 a. Fat", "§ 4-2 a første ledd")
    assert sections["punkt/4-2a.2"].see_also == ("lov/2020-01-02-3/§4-2a/ledd/1",)
    assert sections["punkt/4-2a.1"].see_also == (), "a link in the text is not what a section explains"


def test_a_circular_is_dated_by_its_last_change() -> None:
    source = _circular().source
    assert (source.title, source.publisher, source.date) == (
        "Rundskriv til kakeloven",
        "Kakedirektoratet",
        date(2025, 12, 9),
    )
    said = dataclasses.replace(BARE, title="Mitt", publisher="Kontoret", date=date(2020, 1, 1))
    assert load_html(CIRCULAR.encode(), said).source == said


def test_a_circular_is_text_without_marks_notes_and_page() -> None:
    sections = _by_locator(_circular())
    assert sections["punkt/1.2"].text == (
        "Sukker regnes slik:\n– en kopp rårørt bær\n– to kopper melis\n– siktet\n\na) rør\nb) vent\n\n| Gram\nMelis | 1 000\n\n"
        "Svinnet er (1 – 0,1)³ ganger vekten."
    )
    assert sections["punkt/4-2a.2"].text == "Ett fat til hver."
    assert sections["punkt/7.1.1"].text == "Gaffelen har tre tinder.", "small print that is no change mark is text"
    whole = "\n".join(section.text for section in sections.values())
    for word in ("Endret", "Tilføyd", "Utarbeidet", "LOV", "Forsiden", "skript", "redaktør", "lørdag"):
        assert word not in whole


@pytest.mark.parametrize(
    ("mark", "dates"),
    [
        ("[Endret 12/15, 01/21, 9/24]", [date(2015, 12, 1), date(2021, 1, 1), date(2024, 9, 1)]),
        ("[Tilføyd 1/11.]", [date(2011, 1, 1)]),
        ("Sist endret 10.10.2025, se § 20-5 første ledd", [date(2025, 10, 10)]),
        ("[Endret 6/97]", [date(1997, 6, 1)]),
        ("[Endret 13/21, 31.02.2020]", []),
        ("Omarbeidet i sin helhet.", []),
    ],
)
def test_change_marks_tell_dates(mark: str, dates: list[date]) -> None:
    assert change_dates(mark) == dates


@needs_shared
@pytest.mark.parametrize(
    ("locator", "begins"),
    [
        ("punkt/1.1", "Formålet med alderspensjon"),
        ("punkt/2.1", "For at alderspensjon"),
        ("punkt/4.2", "Pr. 1. januar"),
        ("punkt/5", "Norge har en"),
        ("punkt/20-1", "Folketrygden skal sikre"),
        ("punkt/20-1a.2", "Alderspensjon er en"),
        ("punkt/20-2.1", "En person født"),
        ("punkt/20-4.3.2", "En person har"),
        ("punkt/20-7a.11.1.2", "Første ledd"),
        ("punkt/20-10.3.1.1", "Hvis en person"),
        ("punkt/20-18.12.5", "Beregningen av lønnsveksten"),
        ("punkt/20-19a.3.2.1", "En person født"),
        ("punkt/20-20.7.3.2", "Det antas at"),
        ("punkt/20-22.3.1", "Det skal gis"),
        ("punkt/20-23.5", "Det er med"),
    ],
)
def test_the_real_circular_is_found_by_number(locator: str, begins: str) -> None:
    assert _by_locator(_real())[locator].text.startswith(begins)


@needs_shared
def test_the_real_circular_is_whole_and_clean() -> None:
    document = _real()
    assert document.source.title == "Rundskriv til ftrl. kapittel 20"
    assert document.source.publisher == "Arbeids- og velferdsdirektoratet"
    assert document.source.date == date(2026, 4, 1), "[Endret 06/23, 4/26] behind 2.1"
    assert document.source.kind is Kind.RUNDSKRIV
    locators = [section.locator for section in document.sections]
    assert len(locators) == len(set(locators)) > 300
    assert not any(" " in locator for locator in locators)
    whole = _letters("\n".join(section.text for section in document.sections))
    written = re.findall(
        r'<p class="morTag_am .*?</p>|<li>.*?</li>|<td.*?</td>', REAL_CIRCULAR.read_text(encoding="utf-8")
    )
    assert len(written) > 1_800
    assert all(_letters(re.sub("<[^>]+>", "", text)) in whole for text in written)
    for section in document.sections:
        assert not any(mark in section.text for mark in ("[Endret", "[Tilføyd", "Utarbeidet av", "LOV-", "<", "\u200b"))
        assert all(parse(ref) for ref in section.see_also)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text)


def _real() -> Document:
    return clean_document(load_html(REAL_CIRCULAR.read_bytes(), Source("rundskriv/r20-00", Kind.RUNDSKRIV, "")))


@pytest.mark.parametrize("main", ["main", "div"])
def test_a_page_is_its_headings_and_what_stands_below_them(main: str) -> None:
    document = clean_document(load_html(PAGE.replace("MAIN", main).encode(), BARE))
    assert [(section.locator, section.text) for section in document.sections] == [
        ("avsnitt/innledning", "Biblioteket låner ut stoler til bryllup."),
        ("avsnitt/hvem-kan-laane", "Alle med lånekort som er fylt femten."),
        ("avsnitt/hva-koster-det", "Tjue kroner stolen:\n– betal på nett\n– eller kontant\n– ta vare på lappen"),
        ("avsnitt/retur", "Lever stolene før mandag.\nRing ved skade.\n\nAntall | Kroner\nTi | 200"),
        ("avsnitt/retur-2", "Også om vinteren."),
    ]
    assert document.sections[2].headings == ("Leie av stoler", "Hvem kan låne?")


def test_a_page_says_what_the_manifest_does_not() -> None:
    source = load_html(PAGE.encode(), BARE).source
    assert (source.title, source.publisher, source.date) == ("Leie av stoler", "Vikeby bibliotek", date(2025, 9, 30))
    said = dataclasses.replace(BARE, title="Stoler", publisher="Vi", date=date(2024, 1, 1))
    assert load_html(PAGE.encode(), said).source == said


@pytest.mark.parametrize(
    ("head", "encoding", "charset"),
    [
        ('<meta charset="utf-8">', "utf-8", ""),
        ("", "utf-8", ""),
        ('<meta charset="iso-8859-1">', "utf-8", ""),  # a page that lies, as many do
        ('<meta charset="iso-8859-1">', "cp1252", ""),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "cp1252", ""),
        ('<meta charset="utf-8">', "cp1252", ""),
        ('<meta charset="punycode">', "cp1252", ""),
        ("", "iso-8859-15", "iso-8859-15"),
        ("", "cp1252", "x-ukjent"),
        ("", "utf-8-sig", ""),
        ("", "utf-16", ""),
        ("", "utf-16-le", ""),
    ],
)
def test_letters_are_right_whatever_the_page_says(head: str, encoding: str, charset: str) -> None:
    page = f"<html><head>{head}</head><body><main><h1>Blåbær</h1><p>Syltetøy på ærlige skiver.</p></main></body></html>"
    document = load_html(page.encode(encoding), BARE, charset)
    assert (document.source.title, document.sections[0].text) == ("Blåbær", "Syltetøy på ærlige skiver.")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "er tom"),
        (b" \n\t", "er tom"),
        (b"%PDF-1.7\n<p>x</p>", "ikke en nettside"),
        (b"PK\x03\x04\x00\x00", "ikke en nettside"),
        (b'{"html": "<p>x</p>"}', "ikke en nettside"),
        (b"Bare tekst uten merking.", "ikke en nettside"),
        (b"<?xml version='1.0'?><rss><channel><title>x</title></channel></rss>", "ikke en nettside"),
        (b"<svg><text>x</text></svg>", "ikke en nettside"),
        (b"<html>\x00\x01\x02</html>", "ikke en nettside"),
        (b"<html><body></body></html>", "har ingen tekst"),
        (b"<html><body><script>var a = 'lang tekst';</script><style>p{}</style></body></html>", "har ingen tekst"),
        (b"<html><body>" + b"<div>" * 5_000 + b"dypt", "urimelig mange lag"),
        (
            b'<!DOCTYPE html [<!ENTITY a "kake"><!ENTITY b "&a;&a;&a;&a;">]><html><p>&b;&b;</p></html>',
            "ikke en nettside",
        ),
    ],
)
def test_what_is_no_page_is_named(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=f"'praksis/side'.*{says}"):
        load_html(data, BARE)


def test_a_page_built_to_exhaust_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_ELEMENTS", 1_000)
    with pytest.raises(SourceError, match="over 1000 elementer"):
        load_html(b"<html><body>" + b"<p>x" * 1_000, BARE)
    monkeypatch.setattr(html, "LARGEST_PAGE", 1_000)
    with pytest.raises(SourceError, match="urimelig stor"):
        load_html(b"<html><body>" + b"x" * 1_000, BARE)


def test_a_torn_page_gives_what_there_is() -> None:
    torn = PAGE.replace("MAIN", "main").partition("<b>før")[0].encode()
    assert [section.locator for section in load_html(torn, BARE).sections][-1] == "avsnitt/retur"


SOUP = [
    *"<html> <body> <p> </p> <h2> </h2> <ul><li> <table><tr><td> </table> <!-- --> <main> <br> &amp; kake §".split(),
    "<a href='#'>",
    "<p class='morTag_am'>",
    "<script>hemmelig</script>",
    "<style>hemmelig</style>",
    "\x0b",
    "\ud800",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(SOUP)))
def test_any_tag_soup_is_read_or_refused_and_gives_no_script(parts: list[str]) -> None:
    try:
        document = load_html("".join(parts).encode("utf-8", "surrogatepass"), BARE)
    except SourceError:
        return
    assert all("hemmelig" not in section.text + section.title for section in document.sections)
    assert len({section.locator for section in document.sections}) == len(document.sections)


def test_a_saved_page_is_a_file_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "side.html").write_text(PAGE.replace("MAIN", "main"), encoding="utf-8")
    (tmp_path / "manifest.toml").write_text(
        '[[source]]\nid = "praksis/stoler"\nkind = "praksis"\npath = "side.html"\nurl = "https://vikeby.example/stoler"\n',
        encoding="utf-8",
    )
    (entry,) = read_manifest(tmp_path / "manifest.toml").entries
    source = load_file(entry.path, entry).source
    assert (source.id, source.title, source.url) == (
        "praksis/stoler",
        "Leie av stoler",
        "https://vikeby.example/stoler",
    )
