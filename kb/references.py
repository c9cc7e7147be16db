"""Legal references: find them in what people type, write them as people read them, link to them.

The canonical form follows Lovdata's own links (`lov/2009-12-18-131/§20a/ledd/4`); other documents use
`<source id>/lysbilde/14`, `<source id>/side/12` or `<source id>/avsnitt/<slug>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

LOVDATA = "https://lovdata.no/"
"""The base address in every document of Lovdata's archives; its links are `lov/<date>-<nr>/§<n>`."""

ORDINALS = ("første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende", "tiende")
ORDINALS_NN = ("første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuande", "åttande", "niande", "tiande")
_ORDINAL_VALUES = {word: n for words in (ORDINALS, ORDINALS_NN) for n, word in enumerate(words, 1)} | {
    "annet": 2,
    "anna": 2,
    "fyrste": 1,
    "syvende": 7,
}

_CANONICAL = re.compile(
    r"(?P<source>(?:lov|forskrift)/\d{4}-\d{2}-\d{2}(?:-\d+)?)"
    r"(?:/(?P<section>§[0-9a-zæøå.-]+)(?:/ledd/(?P<ledd>\d+))?(?:/bokstav/(?P<bokstav>[a-zæøå]+))?(?:/nr/(?P<nr>\d+))?)?",
    re.IGNORECASE,
)
_ANNEXED = re.compile(
    r"(?P<source>(?:lov|forskrift)/\d{4}-\d{2}-\d{2}(?:-\d+)?)/(?P<part>[\w.-]+)(?:/a(?P<article>\d+))?(?:/ledd/(?P<ledd>\d+))?"
)
"""A treaty or regulation of the EU that a law takes in, by article; or a heading without paragraphs."""
_ANNEX_NAMES = {"gdpr": "personvernforordningen"}
# A letter set apart by a space must not be the word «i»: «§ 18 i sosialtjenesteloven».
_NUMBER = r"\d+(?:\s?[a-z](?=-\d))?(?:-\d+)?(?:[a-zæøå](?![a-zæøå0-9])|\s[a-hj-z](?![a-zæøå0-9.]))?"
_ORDINAL = "|".join(sorted(_ORDINAL_VALUES, key=len, reverse=True))
_LEDD = rf"(?:,?\s*(?:(?P<ordinal>{_ORDINAL}|\d+\.?)\s*ledd|ledd\s*(?P<leddnr>\d+)))"
_POINT = r"(?:,?\s*(?:bokstav|litra)\s*(?P<bokstav>[a-zæøå])\b)?(?:,?\s*(?:nr\.?|nummer)\s*(?P<nr>\d+))?"
_SECTION_SIGN = r"(?:§{1,2}|paragraf(?:ene|ane|en)?)\s*"
_LIST = rf"{_NUMBER}(?:\s*(?:,|og|eller|til|–|—)\s*(?:§\s*)?{_NUMBER}(?!\.?\s*ledd))*"
_GAP_AFTER = re.compile(r"\s*(?:i|etter|av|jf\.?|,)?\s*(?:den\s+|ny\s+|nye\s+)?")
_NUMBERS = re.compile(rf"{_NUMBER}|og|eller|til|–|—|,")


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a law or regulation; `section` is e.g. `§20a`, empty for the whole document."""

    source_id: str
    section: str = ""
    ledd: int | None = None
    bokstav: str | None = None
    nr: int | None = None

    def __str__(self) -> str:
        parts = [self.source_id]
        if self.section:
            parts.append(self.section)
        for name in ("ledd", "bokstav", "nr"):
            if (value := getattr(self, name)) is not None:
                parts += [name, str(value)]
        return "/".join(parts)

    @property
    def section_ref(self) -> str:
        """The reference of the whole §."""
        return f"{self.source_id}/{self.section}" if self.section else self.source_id


def parse(ref: str) -> Reference | None:
    """Read a canonical law reference; None when `ref` belongs to another kind of document."""
    match = _CANONICAL.fullmatch(ref)
    if match is None:
        return None
    ledd, nr = match["ledd"], match["nr"]
    section, bokstav = match["section"], match["bokstav"]
    return Reference(
        match["source"].lower(),
        _section(section) if section else "",
        int(ledd) if ledd else None,
        bokstav.lower() if bokstav else None,
        int(nr) if nr else None,
    )


def _section(number: str) -> str:
    """A § number as Lovdata writes it: «§17a-5» is §17A-5, the letter belongs to the chapter; «§20A» is §20a."""
    return re.sub(r"(?<=\d)[a-z](?=-\d)", lambda letter: letter[0].upper(), number.lower())


def _expand(listed: str) -> list[str]:
    """`29 og 30` → §29, §30; `13 til 13 c` → §13, §13a, §13b, §13c; `29 til 31` → §29, §30, §31."""
    tokens = [re.sub(r"\s", "", token) for token in _NUMBERS.findall(listed)]
    numbers: list[str] = []
    for before, token in pairwise(["", *tokens]):
        if token in {"og", "eller", "til", "–", "—", ","}:
            continue
        if before in {"til", "–", "—"} and numbers:
            numbers += list(_between(numbers[-1], token))
        numbers.append(token)
    return [_section(f"§{number}") for number in numbers]


def _between(first: str, last: str) -> Iterator[str]:
    """The section numbers strictly between two, where numbering alone tells them."""
    if first.isdigit() and last.isdigit() and int(last) - int(first) < 100:
        yield from (str(n) for n in range(int(first) + 1, int(last)))
    base = re.match(r"[\d-]+", first)
    if base and last.startswith(base[0]) and len(last) == len(base[0]) + 1:
        start = first[len(base[0]) :] or chr(ord("a") - 1)
        yield from (base[0] + chr(c) for c in range(ord(start) + 1, ord(last[-1])))


class LawNames:
    """What laws are called: full names and short forms to document ids, and back.

    `names` maps a document id to its names, the usual one first. `home` is the law meant when
    somebody writes a bare «§ 18».
    """

    def __init__(self, names: Mapping[str, tuple[str, ...]], home: str = "") -> None:
        self.usual = {source_id: listed[0] for source_id, listed in names.items() if listed}
        self.home = home
        self._ids: dict[str, str] = {}
        for source_id, listed in names.items():
            for name in listed:
                self._ids.setdefault(_plain(name), source_id)
        written = {
            re.sub(r"\s+", " ", name.strip().lower()).rstrip(".") for listed in names.values() for name in listed
        }
        longest_first = sorted(written, key=lambda name: (-len(name), name))
        alias = "|".join(re.escape(name).replace(r"\ ", r"\s+").replace(r"\-", r"[-\s]?") for name in longest_first)
        self._alias = re.compile(rf"(?<![\wæøå])(?:{alias})(?![\wæøå])" if alias else r"(?!)", re.IGNORECASE)
        self._place = re.compile(
            rf"(?P<sign>{_SECTION_SIGN})?(?<![\w/.,-])(?P<list>{_LIST})(?:{_LEDD})?{_POINT}", re.IGNORECASE
        )

    def id_of(self, name: str) -> str | None:
        """The document a name stands for, None when nobody calls anything that."""
        return self._ids.get(_plain(name))

    def mentioned(self, text: str) -> list[str]:
        """Document ids of the laws named in `text`, in order, without repeats."""
        return list(dict.fromkeys(self._ids[_plain(m[0])] for m in self._alias.finditer(text)))

    def without_names(self, text: str) -> str:
        """`text` with law names and references blanked out: what is left is the matter itself."""
        text = _CANONICAL.sub(" ", text)
        return self._alias.sub(" ", self._place.sub(lambda m: " " if m["sign"] else m[0], text))

    def find(self, text: str) -> list[Reference]:
        """Every reference in `text`, in order, without repeats.

        A number without «§» counts only next to a law's name («stl 20a»); a «§» without a law's
        name means the only law named in the text, else the home law.
        """
        found = [ref for match in _CANONICAL.finditer(text) if (ref := parse(match[0])) and ref.section]
        text = _CANONICAL.sub(lambda m: " " * len(m[0]), text)
        aliases = [(m.start(), m.end(), self._ids[_plain(m[0])]) for m in self._alias.finditer(text)]
        named = {source_id for _, _, source_id in aliases}
        lone = next(iter(named)) if len(named) == 1 else self.home
        for match in self._place.finditer(text):
            beside = self._law_beside(text, match.start(), match.end(), aliases)
            source_id = beside or (lone if match["sign"] else "")
            if not source_id:
                continue
            ordinal = (match["ordinal"] or "").rstrip(".").lower()
            digits = match["leddnr"] or (ordinal if ordinal.isdigit() else "")
            ledd = int(digits) if digits else _ORDINAL_VALUES.get(ordinal)
            sections = _expand(match["list"].lower())
            bokstav = match["bokstav"].lower() if match["bokstav"] else None
            nr = int(match["nr"]) if match["nr"] else None
            found += [Reference(source_id, section) for section in sections[:-1]]
            found.append(Reference(source_id, sections[-1], ledd, bokstav, nr))
        return list(dict.fromkeys(found))

    def write(self, ref: str) -> str:
        """«sosialtjenesteloven § 20 a fjerde ledd bokstav b» for a canonical reference."""
        place = parse(ref)
        if place is None:
            return self._write_annexed(ref)
        words = [self.usual.get(place.source_id, place.source_id)]
        if place.section:
            words.append("§ " + re.sub(r"(?<=\d)(?=[a-zæøåA-Z])", " ", place.section[1:]))
        if place.ledd is not None:
            words.append(f"{ORDINALS[place.ledd - 1]} ledd" if place.ledd <= len(ORDINALS) else f"ledd {place.ledd}")
        if place.bokstav is not None:
            words.append(f"bokstav {place.bokstav}")
        if place.nr is not None:
            words.append(f"nr. {place.nr}")
        return " ".join(words)

    def _write_annexed(self, ref: str) -> str:
        """«personvernforordningen artikkel 15 første ledd», or another annex or heading of a law in its own words."""
        if not (match := _ANNEXED.fullmatch(ref)):
            return ref
        name = _ANNEX_NAMES.get(match["part"]) or self.usual.get(match["source"], match["source"])
        words = [name] + ([f"artikkel {match['article']}"] if match["article"] else [])
        if match["ledd"]:
            n = int(match["ledd"])
            words.append(f"{ORDINALS[n - 1]} ledd" if n <= len(ORDINALS) else f"ledd {n}")
        return " ".join(words)

    @staticmethod
    def _law_beside(text: str, start: int, end: int, aliases: list[tuple[int, int, str]]) -> str:
        """The law named right before or right after a span, e.g. «stl. § 18» or «§ 18 i stl.»."""
        for _, alias_end, source_id in reversed(aliases):
            if alias_end <= start and not text[alias_end:start].strip(" .,:()\n\t"):
                return source_id
        for alias_start, _, source_id in aliases:
            if alias_start >= end and _GAP_AFTER.fullmatch(text[end:alias_start]):
                return source_id
        return ""


def lovdata_url(ref: str) -> str:
    """The page on lovdata.no that opens at the § or article of `ref`; empty for anything but law."""
    if place := parse(ref):
        return LOVDATA + quote(place.section_ref)
    return LOVDATA + quote(ref.partition("/ledd/")[0]) if _ANNEXED.fullmatch(ref) else ""


def _plain(name: str) -> str:
    """A name without what people leave out or put in: «NAV-loven», «nav loven» and «navloven» are one."""
    return re.sub(r"[\s-]+", "", name.lower()).rstrip(".")
