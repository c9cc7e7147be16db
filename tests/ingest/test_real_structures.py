"""Places read by eye off Lovdata's XML, chosen because they are hard: the loader and the splitter against the real archives."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from conftest import SHARED, TODAY, needs_shared

from ingest import clean, lovdata, markdown
from ingest.fetch_archive import Lovdata
from ingest.split import split
from kb import types
from kb.store import digest_of
from kb.types import Document, Section

FTRL, GDPR, SOTJL = "lov/1997-02-28-19", "lov/2018-06-15-38", "lov/2009-12-18-131"
SEA, RIGHTS, COPY = "lov/1994-06-24-39", "lov/1999-05-21-30", "lov/1814-05-17"


@dataclass(frozen=True)
class Place:
    """What stands at a place in the law as published.

    `outline` are the beginnings of the lines of one ledd, between slashes: running text by its first words, list
    items by their letter, text after a list by its first words again. `ledd` is how many there are, `at` which one
    the outline and `ends` tell of, `without` what other people's text nearby must not have come along.
    """

    law: str
    locator: str
    title: str
    ledd: int
    outline: str
    ends: str = ""
    at: int = 1
    in_force: bool = True
    without: str = ""

    def __str__(self) -> str:
        return f"{self.law}/{self.locator}"


PLACES = (
    # Very old acts, and acts without chapters
    Place("lov/1687-04-15", "b1/k21/a15", "", 1, "Forlover haver Magt", "Brev, indfriet."),
    Place("lov/1687-04-15", "b5/k1/a2", "", 1, "Alle Contracter som frivilligen"),
    Place("lov/1751-10-02", "§1", "", 1, "Den siden Aar 1742"),
    Place("lov/1909-03-23", "§1", "", 3, "1. I statsrådet / Statsministeren skal påse", "beslutningsdyktig statsråd."),
    Place("lov/1909-03-23", "§1", "", 3, "3. Statsraadet bistaas", "en statssekretær.", at=3),
    Place("lov/1920-02-09", "§1", "", 9, "8. Hvis summen / Dersom størrelsen av", "omhandlede voldgift.", at=8),
    Place("lov/1920-02-09", "§1", "", 9, "9. Innen 3 måneder / I tilfelle av", "ytterligere beløp.", at=9),
    Place("lov/1932-05-27-2", "§1", "", 1, "En veksel skal inneholde: / 1. / 2. / 3. / 4. / 5. / 6. / 7. / 8."),
    # Lists: letters, numbers, dashes, Roman numbers, no mark at all
    Place(FTRL, "§8-4", "Arbeidsuførhet", 3, "I de tilfellene / a. / b. / c. / d. / e. / f. / g. / h. / i. / j.", at=2),
    Place(FTRL, "§8-7", "Dokumentasjon av arbeidsuførhet", 10, "Legen kan også / a. / b. / c. / d.", "som en e-konsultasjon.", at=4),
    Place(FTRL, "§8-7", "Dokumentasjon av arbeidsuførhet", 10, "Sykepenger kan likevel / a. / b. / c.", "innen kort tid.", at=8),
    Place(FTRL, "§7-2", "Gravferdsstønad", 6, "Gravferdsstønad etter første ledd / a. Når / b. Når", at=2),
    Place(FTRL, "§6-5", "Forhøyet hjelpestønad til barn og…", 4, "Ved avgjørelsen av / - hvor / - hvor / - hvor / - hvor", at=3),
    Place(FTRL, "§8-13", "Graderte sykepenger", 3, "Dersom medlemmet er delvis", "minst 20 prosent."),
    Place(FTRL, "§21-12", "Klage og anke i trygdesaker", 6, "Et vedtak", "nyttet fullt ut.", at=6),
    Place(SOTJL, "§45", "Opplysningsplikt til barnevernet", 3, "Enhver som utfører / a. / b. / c. / d. / e.", at=2),
    Place("lov/1967-02-10", "§2", "definisjoner", 4, "I denne lov menes / a. vedtak / b. / c. / d. / e. / f. / g. / h."),
    Place("lov/1902-05-22-13", "§12", "", 2, "2. Med ovennævnte Straffe / a. / b. Forvisning", "straffeloven § 57.", at=2),
    Place(
        "lov/1932-05-27-2",
        "§77",
        "",
        3,
        "Om den egne veksel / endossement / forfallstid / betaling / regress / intervensjonsbetaling / kopier"
        " / forandringer / foreldelse / søndager / vekselinnehaverens",
    ),
    Place(
        "lov/1950-07-14-10",
        "§8",
        "",
        1,
        "I denne lova tyder: / I. Innlending: / Staten / Kjem det opp / II. Utlending: / Person / III. Valuta:"
        " / Betalingsmiddel / IV. Innanlandsk betalingsmiddel: / a. / b. / V. Utanlandsk betalingsmiddel: / a. / b."
        " / VI. / Aksje / VII. / Papir / VIII. / Krav / IX. / Krav",
    ),
    Place("lov/2005-06-17-62", "§18-10", "Overtredelsesgebyr", 4, "(2) / a. / b. / c. / d. / e. / f. / g. / h. / i.", at=2),
    Place("lov/2005-06-17-102", "§1", "Lovens formål og virkeområde", 3, "(1) Lovens formål / - å / - å / - å"),
    Place("lov/2022-06-10-36", "§4", "Amerikanske styrkers rett til…", 4, "(2) SDCA artikkel VI / I samsvar med", at=2),
    # Lists in lists
    Place("lov/1972-05-12-28", "§40", "tilleggsytelser av statsmidler…", 1, "1. / a. / b. / i. / ii. / iii. / iv. / c. / Ansvaret for / 2. / 3. / 4."),
    Place("lov/2012-12-14-81", "a15", "", 2, "1. Føresegnene / a. / i. / ii. / - / - / - / b. / Dersom det / - / - / c."),
    Place("lov/1998-07-17-56", "§6-2", "Balanse", 4, "(2) Beholdning av egne", "i egenkapitalen.", at=2),
    Place(
        "lov/1998-07-17-56",
        "§6-2",
        "Balanse",
        4,
        "(1) Balansen skal / EIENDELER / A. Anleggsmidler / I. / 1. / 2. / 3. / 4. / II. / 1. / 2. / 3. / 4."
        " / III. / 1. / 2. / 3. / 4. / 5. / 6. / 7. / 8. / B. Omløpsmidler / I. Varer / II. / 1. / 2. / 3."
        " / III. / 1. / 2. / 3. / 4. / 5. / IV. / EGENKAPITAL OG GJELD / C. Egenkapital / I. / 1. / 2. / 3."
        " / II. / 1. Fond / 2. / D. Gjeld / I. / 1. / 2. / 3. / II. / 1. / 2. / 3. / 4. / III. / 1. / 2. / 3. / 4."
        " / 5. / 6. / 7.",
    ),
    Place(
        "forskrift/2015-12-16-1685",
        "§2",
        "",
        1,
        "Selv om endringen / 1. / a. / b. / c. / - / - / Som setearrangement regnes / 2. / 3. / 4. / 5. / 6. / 7.",
    ),
    # Text after a list, and several lists in a ledd
    Place("lov/1958-07-18-2", "§3", "", 4, "Hovedsammenslutning av / 1. / 2. / eller / 1. / 2.", "minst 3 virksomheter."),
    Place("lov/1958-07-18-2", "§3", "", 4, "Tjenestemannsorganisasjon har / 1. / 2. / 3.", at=2),
    Place("lov/2005-05-20-28", "§8", "Adgangen til å strafforfølge…", 3, "Når det i utlandet / a. / b. / c. / kan ikke straffesak / 1. / 2."),
    Place("lov/2005-05-20-28", "§257", "Menneskehandel", 3, "Den som ved vold / a. / b. / c. / d. / straffes for menneskehandel", "inntil 6 år."),
    Place("lov/2010-03-26-8", "§59", "Tiltak for å hindre inngrep", 3, "For å hindre / a. / b. / c. / d. / Avgjørelsen av om", "tredjeparts interesser."),
    Place("lov/2000-11-24-81", "§4-3", "Arbeidstakere med permisjon", 3, "(2) Bestemmelsene / a. / b. / Det samme gjelder", "i permisjonstiden.", at=2),
    Place("lov/1997-06-06-32", "§4", "", 2, "Har nokon / 1. / 2. / 3. / 4. gjeve / a. / b. / om tilhøve som / 5. / vert han straffa"),
    Place(GDPR, "gdpr/a6", "Behandlingens lovlighet", 4, "1. / a. / b. / c. / d. / e. / f. / Nr. 1 bokstav f)", "deres oppgaver."),
    Place(GDPR, "gdpr/a6", "Behandlingens lovlighet", 4, "3. / a. unionsretten eller / b. / Formålet med", "søkes oppnådd.", at=3),
    # Paragraphs and headings inside a list item, line breaks
    Place(
        "lov/1992-07-17-99",
        "§4-8",
        "Fordelingen mellom fordringshaverne",
        3,
        "Gjeldsordningen skal omfatte / a. Fordringer sikret / Dersom / Andre / b. Andre pantesikrede fordringer / Andre"
        " / Fordringer / c. / Skatte / Har / d. Bidragsforpliktelse / Bidragsforpliktelser / Ved / e. / Mindre / f."
        " / Renter / g. Kravets art / En / h. / Straffebøter / Krav / i. / Gjeld som stammer",
    ),
    Place("lov/1954-11-26-3", "§2", "Skade eller sykdom ved krigsulykke.", 1, "1. Skade / Når det finnes / 2. Når krig"),
    Place("lov/2004-05-28-29", "§2", "Begreper", 1, "I denne lov / 1 Betalingsmidler: / Norske / 2 Valutaveksling: / Kjøp / 3 / Den / 4 Norge: / Det"),
    Place("forskrift/2008-08-18-942", "§5", "Melding om arbeidsforhold", 2, "1. Meldeplikt / Arbeidsgiver / 2. Unntak / Arbeidsgiver / a. / b. / c. / d."),
    # Lists, quotations and loose text beside their ledd
    Place("lov/1949-07-28-26", "§48", "", 1, "1. Denne lov / Den hittil / 2. Denne lov / Den hittil / 3. De nærmere"),
    Place("lov/1999-03-26-14", "§10-5", "Konsernbidrag til utenlandsk datterselskap", 10, "(4) / a. / b. / c. / d. / Vurderingen i bokstav", at=4),
    Place("lov/1999-03-26-14", "§10-5", "Konsernbidrag til utenlandsk datterselskap", 10, "(5) Fradraget kan", at=5),
    Place(SEA, "sjøl2/a2", "", 1, "Artikkel 1 / 1 / a. «bortfrakter» / b. / c."),
    Place(SEA, "sjøl2/a3", "", 2, "1 Artikkel 1 / 10 «Organisasjon»"),
    Place(SEA, "sjøl2/a14", "Sertifikatmodell", 1, "1 Sertifikatmodellen / 2 / «Artikkel 1bis. Vedlegg / Vedlegget til"),
    Place("forskrift/1980-10-23-8798", "§3", "Tilleggsavgift", 2, "a. / b. / c. / d. / e. / kan foruten", "betale tilleggsavgift."),
    Place("forskrift/1978-01-17-4", "§9", "Konstruksjonsdetaljer", 18, "(8) Kauser: / Kauser skal være", "anerkjent standard.", at=8),
    Place("forskrift/1978-01-17-4", "§9", "Konstruksjonsdetaljer", 18, "(11) Vinsjer: / Ved valg / a. / b. / c. / 1. / 2. / 3. / d. / e.", at=11),
    Place("forskrift/2022-10-27-1901", "§5-11-5", "Nasjonal leverandørerklæring – frihandelsavtale", 5, "(1) / «Leverandøren av / Alternativet EØS-preferanseopprinnelse", "angis som opprinnelsesland."),
    Place("forskrift/2019-06-07-714", "§5-8", "Balanseregnskapet", 1, "Eiendeler, egenkapital / Eiendeler / A. / I. / 1. / 2. / II. / 1. / 2. / 3. / III. / IV. / B. / I. / II. / 1. / 2. / 3. / 4. / III. / 1. / 2. / 3. / Sum eiendeler / Egenkapital og gjeld / C. / I. / 1. / 2. / 3. / II. / 1. / 2. / 3. / III. / 1. / 2. / 3. / D. / I. / 1. / 2. / 3. / II. / E. / I. / 1. / 2. / 3. / 4. / 5. / Sum egenkapital / F. / I. / II. / III."),
    # Numbers of ledd that the law writes itself, and numbers in the margin
    Place("lov/1975-06-06-29", "§31", "", 5, "Plikt til å gje / (1) Eigedomsskattekontoret"),
    Place("lov/2005-06-17-62", "§15-9", "Oppsigelsesvern ved svangerskap…", 3, "(3) For arbeidstaker", at=3),
    Place("lov/1988-04-29-21", "§17", "Overgangsregler", 2, "(4) / Vedtak fattet", at=2),
    Place("forskrift/1956-11-09-8632", "§1", "Namn, føremål og forretningskontor.", 3, "1.2. Føremålet", at=2),
    Place(
        "forskrift/1983-01-07-12",
        "§1",
        "Definisjoner",
        1,
        "I denne forskrift betyr: / 1. / 2. / 3. / 4. / 5. / 5.1. Det norske Veritas / 5.2. / 5.3. / 5.4. / 5.5. / 6."
        " / 7. Tonn: / 8. / 9. / 10. / 11. / 12.",
        without="Forskriften er opphevet",
    ),
    Place("forskrift/1983-01-07-12", "§7", "Stabilitet m.v.", 36, "1. Generelt. / Fartøy skal ha / Eksisterende fartøy"),
    Place("forskrift/1984-01-31-227", "§7", "Brannledninger.", 5, "5. Brannslokningsarrangement skal", at=5, without="Endret ved"),
    # Tables, formulas, raised and lowered letters, pictures
    Place(
        "forskrift/2007-12-20-1723",
        "§2-3",
        "SI-grunnenhetene",
        1,
        "Følgende SI-grunnenheter / Tabell 1. / Størrelse | Grunnenhet / | Navn / Lengde | meter | m / Masse | kilogram"
        " / Tid / Elektrisk strøm | ampere / Termodynamisk / Stoffmengde / Lysstyrke | candela",
        "| candela | cd",
    ),
    Place(
        "lov/1951-06-29-34",
        "KAPITTEL_3",
        "III.",
        4,
        "1. For alle / Militærpersoner: / Pensjonsgrunnlag kroner | Lønnstrinn / 10.000 | 23 / Sivilpersoner:"
        " / | Pensjonsgrunnlag kroner / Gruppe 1 | 10.000 / Gruppe 2 | 4.000 / Gruppe 3"
        " / Krigspensjonene skal / For pensjonister",
        "i Statens pensjonskasse.",
        without="Tilføyd ved",
    ),
    Place(GDPR, "gdpr/a99", "Ikrafttredelse og anvendelse", 2, "2. / Denne forordning / Utferdiget i Brussel / For Europaparlamentet | For Rådet / M. SCHULZ | / Formann | President", at=2),
    Place("forskrift/2018-11-09-1689", "§15", "Markedsrisiko", 5, "Kapitalkravet for markedsrisiko / $$SK_{MA} = / der / SKMA = / Korri,j = / SKi", at=2),
    Place("forskrift/2018-11-09-1689", "§15", "Markedsrisiko", 5, "Dersom kapitalkravet / i\\j | Rente | Aksjer / Rente | 1 | 0,5 / Aksjer | 0,5 | 1 / Eiendom / Valuta / Kredittmargin / Konsentrasjon | 0", "| 0 | 1", at=4),
    Place("lov/1990-12-21-72", "§2", "", 2, "CO2-avgift beregnes av / a. / b. / c. / d."),
    Place("lov/2009-06-19-101", "§7", "Lovens mineralkategorier", 2, "Med statens mineraler / a. metaller med egenvekt / b. / c.", "og svovelkis."),
    Place("forskrift/2015-12-04-1392", "§7", "Utforming av slepearrangement", 5, "(5) Slepeforbindelsen", "som illustrert:", at=5),
    # Treaties, EU acts and annexes
    Place(RIGHTS, "emkn/a8", "Retten til respekt for…", 2, "2. Det skal ikke", "rettigheter og friheter.", at=2),
    Place(RIGHTS, "bkn/a34", "", 1, "Partene påtar seg / a. / b. / c.", "i pornografisk materiale."),
    Place(RIGHTS, "oskn/a10", "", 1, "Konvensjonspartene anerkjenner at: / 1. / 2. / 3."),
    Place("lov/1931-01-30", "a1", "", 2, "(b) I denne konvensjon", at=2),
    Place("lov/1967-12-15-9", "pl1/a16", "Oppheving av en forlengelse…", 2, "2. Enhver kan inngi", "basispatentet ugyldig.", at=2),
    Place(SEA, "sjøl1/a1", "Formål", 1, "1. Ved denne forordning / a. / b. / 2. / 3. Kommisjonen skal"),
    Place("lov/1981-12-18-90", "KAPITTEL_1-1-4", "Vedlegg IV. Standardavtale om…", 0, "1.1. Det rette organet", at=5, without="TEU L 27"),
    Place("lov/1916-07-21-2", "KAPITTEL_1", "Slutningsbestemmelse.", 1, "Tiden for denne lovs", "ved særskilt lov."),
    Place("forskrift/2024-11-15-2778", "§1", "", 1, "Følgende bilaterale avtaler / 1. / 2. / 3. / 4. / a. / b. / c. / d. / e. / 5. / a. / b. / c. / d. / e. / " + " / ".join(f"{n}." for n in range(6, 42))),
    # Repealed, not yet in force, and back again under a number that was repealed once
    Place(COPY, "§10", "", 1, "(Opphevet ved grunnlovsvedtak", in_force=False),
    Place(f"{COPY}-nn", "§10", "", 1, "(Oppheva med grunnlovsvedtak", in_force=False),
    Place(f"{COPY}-nn", "§100", "", 6, "Ytringsfridom skal det vere"),
    Place(COPY, "§107", "", 1, "(Opphevet)", in_force=False, without="§ 117"),
    Place(COPY, "§100", "", 6, "Det påligger statens myndigheter", "opplyst offentlig samtale.", at=6, without="Endret"),
    Place(FTRL, "§11-12a", "Opphevet", 1, "(Opphevet)", in_force=False),
    Place(FTRL, "§21-12A", "Opphevet", 1, "(Opphevet)", in_force=False),
    Place("lov/2001-05-18-21", "§45b", "Opphevet", 1, "(Opphevet)", in_force=False),
    Place("forskrift/1985-10-11-1810", "§6a", "Opphevet 1 jan 2012…", 1, "(Opphevet)", in_force=False),
    Place("forskrift/2001-06-08-570", "§3", "", 1, "(Opphevd)", in_force=False),
    Place("forskrift/2014-05-09-626", "a2", "opphevet", 1, "(Opphevet)", in_force=False),
    Place("lov/1966-12-16-9", "§13b", "Veiledningsplikt", 1, "Veiledningsplikt", in_force=False),
    Place("lov/1981-05-22-25", "§118a", "", 1, "(Ikke i kraft)", in_force=False),
    Place("lov/1929-05-24-4", "§8", "", 2, "Kongen kan gi forskrift"),
    Place("lov/1957-06-28-16", "§5", "Almenhetens høstingsrett", 2, "Under ferdsel i utmark", "med tilbørlig varsomhet."),
    Place("lov/1965-06-18-4", "§18", "Krav om alkolås…", 1, "Departementet kan fastsette", "kontroll langs veg."),
    Place("lov/1918-08-14-4", "§93", "Uten praktisk betydning", 1, "Uten praktisk betydning"),
    # Changes of other acts, change notes, footnotes
    Place("lov/2024-03-08-9", "§17-2", "Ikrafttredelse og opphevelse", 1, "Loven trer i kraft", "til ulik tid.", without="res."),
    Place("lov/2024-06-21-41", "§7-1", "Ikrafttreden", 2, "(2) Fra den tid", at=2, without="iflg."),
    Place("lov/2025-04-10-9", "§10-3", "Endringar i andre lover", 1, "Frå den tida", "i andre lover:", without="statsforetak etter"),
    Place("lov/2025-06-20-44", "§29", "Ikrafttredelse", 1, "Loven gjelder fra den tid", "forskjellig tid.", without="august 2025"),
    Place("lov/2021-06-18-97", "§10-7", "Bruk av tvang i akutte…", 3, "Departementet kan gi forskrift", at=3, without="Endres"),
    # §§ with letters, titles in parentheses
    Place("lov/1967-02-10", "§11a", "saksbehandlingstid, foreløpig svar", 3, "Forvaltningsorganet skal forberede", "ugrunnet opphold."),
    Place("lov/2003-07-04-74", "§17a", "Politiets inngrep ved akutt fare", 2, "Vedtak om avliving", at=2),
    Place("lov/1915-08-13-5", "§55d", "", 1, "Midlertidige dommere til Høyesterett", "til 55 g."),
)  # fmt: skip

SOURCES = (
    ("lov/1687-04-15", ("norske Lov", "NL"), True, None, "nb"),
    (COPY, ("grunnloven", "grl."), True, None, "nb"),
    (f"{COPY}-nn", ("grunnlova", "grl."), True, None, "nn"),
    ("lov/1932-05-27-2", ("vekselloven", "vl"), True, date(1932, 11, 1), "nb"),
    ("lov/1997-06-06-32", ("innførsle- og utførslereguleringslova",), True, date(1997, 6, 6), "nn"),
    ("lov/1999-06-18-40", ("lov om traktat mot kjernefysiske prøvesprengingar",), False, None, "nn"),
    (SOTJL, ("sosialtjenesteloven", "sotjl"), True, date(2010, 1, 1), "nb"),
    (FTRL, ("folketrygdloven", "ftrl"), True, date(1997, 5, 1), "nb"),
    (GDPR, ("personopplysningsloven",), True, date(2018, 7, 20), "nb"),
    ("lov/2020-05-07-38", ("rekonstruksjonsloven",), False, date(2020, 5, 11), "nb"),
    ("lov/2021-06-18-97", ("barnevernsloven", "bvl"), True, date(2023, 1, 1), "nb"),
    ("lov/2025-04-10-9", ("statsføretakslova",), True, date(2026, 1, 1), "nn"),
    ("lov/2025-06-20-40", ("barnelova",), False, None, "nn"),
    ("lov/2005-06-17-98", ("endringslov til kringkastingsloven",), True, date(2005, 7, 1), "nn"),
    ("lov/1983-12-23-76", ("tilleggslov til petroleumsskatteloven",), True, date(1983, 12, 23), "nb"),
    ("forskrift/2014-04-25-576", ("forskrift om overgangsregel til petrsktl.",), True, None, "nb"),
)  # fmt: skip
"""Document, names, whether and since when it is in force, language."""

LEFT_OUT = (
    ("lov/2015-04-24-20", "årsaken til at personen"),
    ("lov/2023-11-24-84", "Militærpolitiet, offiserer og befal"),
    ("lov/2025-04-10-9", "Oppløsning og avvikling"),
)
"""Text of other acts that waits in an act of changes."""


@pytest.fixture(scope="module")
def real(pytestconfig: pytest.Config) -> dict[str, Document]:
    """The real documents by id. Reading them takes many seconds, so they are kept until archive or loader changes."""
    wanted = {*(place.law for place in PLACES), *(row[0] for row in SOURCES), *(row[0] for row in LEFT_OUT)}
    source = Lovdata((SHARED / "lovdata").as_uri(), SHARED)
    archives = {
        source.archive(name): kind
        for name, kind in (("gjeldende-lover", "lov"), ("gjeldende-sentrale-forskrifter", "forskrift"))
    }
    code = [Path(module.__file__).read_text(encoding="utf-8") for module in (lovdata, clean, markdown, types)]
    key = digest_of(*(archive.stamp for archive in archives), *sorted(wanted), *code)
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("navkb-structures") / f"{key}.pickle"
    if not kept.exists():
        loaded = {}
        for archive, kind in archives.items():
            for id_, xml in archive.documents({id_ for id_ in wanted if id_.startswith(f"{kind}/")}):
                loaded[id_] = clean.clean_document(lovdata.load_lovdata(xml, TODAY))
        kept.write_bytes(pickle.dumps(loaded))
    return pickle.loads(kept.read_bytes())


def _begins(line: str, words: str) -> bool:
    return line.startswith(words) and not line[len(words) : len(words) + 1].isalnum()


def _section(document: Document, locator: str) -> Section:
    found = [section for section in document.sections if section.locator == locator]
    assert len(found) == 1
    return found[0]


@needs_shared
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_place(real: dict[str, Document], place: Place) -> None:
    section = _section(real[place.law], place.locator)
    assert _begins(section.title, place.title[:-1]) if place.title.endswith("…") else section.title == place.title
    ledd = section.text.split("\n\n")
    assert place.ledd in (0, len(ledd))
    lines, beginnings = ledd[place.at - 1].split("\n"), place.outline.split(" / ")
    assert [want if _begins(line, want) else line for line, want in zip(lines, beginnings, strict=False)] == beginnings
    assert len(lines) == len(beginnings), lines[len(beginnings) :]
    assert lines[-1].endswith(place.ends)
    assert section.in_force == place.in_force
    assert not place.without or place.without not in section.text


@needs_shared
@pytest.mark.parametrize("law", sorted({place.law for place in PLACES}))
def test_ledd_have_the_numbers_the_law_gives_them(real: dict[str, Document], law: str) -> None:
    """A passage that begins with «(3)» is the third ledd, unless ledd before it are gone, as in ferieloven § 17."""
    for passage in split(real[law]):
        number, closing, _ = passage.text.removeprefix("(").partition(")")
        if passage.text.startswith("(") and closing and number.isdigit() and passage.section.locator.startswith("§"):
            assert passage.locator.endswith(f"/ledd/{number}") or law == "lov/1988-04-29-21"


@needs_shared
@pytest.mark.parametrize(("law", "names", "in_force", "since", "language"), SOURCES)
def test_source(
    real: dict[str, Document],
    law: str,
    names: tuple[str, ...],
    in_force: bool,
    since: date | None,
    language: str,
) -> None:
    source = real[law].source
    assert (source.names, source.in_force, source.in_force_from) == (names, in_force, since)
    assert source.language == language or not real[law].sections


@needs_shared
@pytest.mark.parametrize(("law", "words"), LEFT_OUT)
def test_what_waits_for_other_acts_is_left_out(real: dict[str, Document], law: str, words: str) -> None:
    assert not any(words in section.text or words in section.title for section in real[law].sections)


@needs_shared
def test_an_act_without_text_is_a_document_without_sections(real: dict[str, Document]) -> None:
    assert real["lov/1983-12-23-76"].sections == ()
