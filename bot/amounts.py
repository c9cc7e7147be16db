"""Amounts in Norwegian text: numbers in digits or words, with the unit they count, so that «3 uker» equals «tre veker»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.phrases import MONTHS
from kb import references as names

_COUNTED = "to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten".split()
ONES = {word: n for n, word in enumerate(_COUNTED, 2)} | {"null": 0, "syv": 7}
ONES |= dict.fromkeys(("ett", "eitt", "én", "éin", "éi"), 1)
ARTICLES = {"en", "ei", "et", "ein", "eit"}
TENS = {"tjue": 20, "tyve": 20, "tretti": 30, "tredve": 30, "førti": 40, "femti": 50, "seksti": 60, "sytti": 70}
TENS |= {"åtti": 80, "nitti": 90}
SCALES = {"hundre": 100, "tusen": 1_000, "million": 10**6, "millioner": 10**6, "millionar": 10**6, "milliard": 10**9}
SCALES |= {"milliarder": 10**9, "milliardar": 10**9, "mill": 10**6, "mrd": 10**9}
HALVES = {"halvannen": "1.5", "halvannet": "1.5", "halvanna": "1.5", "halvtanna": "1.5"}
PARTS = {"halv": "1/2", "tredel": "1/3", "tredjedel": "1/3", "firedel": "1/4", "fjerdedel": "1/4", "femdel": "1/5"}
PARTS |= {"femtedel": "1/5", "tidel": "1/10", "dobbel": "×2", "dobl": "×2", "tredobbel": "×3", "tredobl": "×3"}
ORDINALS = {word: n for listed in (names.ORDINALS, names.ORDINALS_NN) for n, word in enumerate(listed, 1) if n > 2}
ORDINALS["syvende"] = 7
UNITS = {
    "år": "år|års|åra|årene|årets|årig|årige|åring|åringer|åringar",
    "måned": "måned|måneder|måneden|månedene|måneders|månad|månader|månaden|månadene|månads|mnd",
    "uke": "uke|uker|uka|uken|ukene|ukers|ukes|veke|veker|veka|vekene|vekers|vekes",
    "dag": "dag|dager|dagen|dagene|dagers|dags|dagar|dagane|dagars",
    "time": "time|timer|timen|timene|timers|timar|timane|timars|times",
    "minutt": "minutt|minutter|minuttar|minutters",
    "døgn": "døgn|døgnet|døgns",
    "gang": "gang|ganger|gangen|gangene|gangers|gong|gonger|gongen|gongene|g|grunnbeløp|grunnbeløpet",
    "krone": "kr|krone|kroner|kronene|kroners",
    "prosent": "prosent|%|prosents|pst",
    "prosentpoeng": "prosentpoeng",
}
UNITS |= {month: month for month in MONTHS}
_UNIT = {form: unit for unit, forms in UNITS.items() for form in forms.split("|")}
COUNTING = frozenset({*_UNIT, *ONES, *TENS, *SCALES, *ORDINALS, *HALVES}) - set(MONTHS)
"""Words that only count."""
_LONG_UNITS = ("virkedag", "yrkedag", "kalenderdag", "arbeidsdag", "kalendermåned", "kalendermånad", "kalenderår")
_BETWEEN = {"til", "eller", "og", "–", "-", "—", "hele", "heile", "siste", "første", "neste", "nye"}
FREE_STANDING = 12
"""A number above this is rare enough to count for any unit when its passage names none, as tables of rates do not."""

_TOKEN = re.compile(
    r"\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?|[a-zæøåéèôöä]+|[%×–—-]", re.IGNORECASE
)
_PART = re.compile(rf"({'|'.join(sorted(PARTS, key=len, reverse=True))})[a-zæøå]*")
_NUMBER_WORDS = "|".join(sorted((ONES | TENS | SCALES).keys() | {"halv"}, key=len, reverse=True))
_UNIT_STEMS = "år|måned|månad|uke|veke|dag|time|minutt|døgn|gang|gong|kron|prosent|punkt|dobl|dobb"
_PREFIXED = re.compile(rf"((?:{_NUMBER_WORDS})+)((?:{_UNIT_STEMS})[a-zæøå]*)")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what it counts; `unit` is empty where the text names none we know."""

    value: str
    unit: str = ""


def amounts(text: str, *, articles: bool = False) -> list[Amount]:
    """Every amount in `text`, in order. With `articles`, «et år» also counts as one year (what a source may say)."""
    tokens = list(_tokens(text.lower()))
    found: list[Amount] = []
    at = 0
    while at < len(tokens):
        value, after = _number(tokens, at, articles=articles)
        if value is None:
            at += 1
            continue
        before = tokens[at - 1] if at else ""
        unit = "krone" if before in ("kr", "kroner") and value[0].isdigit() else _unit_after(tokens, after)
        if tokens[at] not in ARTICLES or unit:
            found.append(Amount(value, unit))
        at = after
    return found


def missing(said: list[Amount], source: list[Amount]) -> list[Amount]:
    """The amounts of `said` that `source` does not have."""
    known = set(source)
    values = {amount.value for amount in source}
    bare = {amount.value for amount in source if not amount.unit}
    return [
        amount
        for amount in said
        if amount not in known
        and not (not amount.unit and amount.value in values)
        and not (amount.value in bare and _size(amount.value) > FREE_STANDING)
    ]


def _size(value: str) -> Decimal:
    return Decimal(value) if re.fullmatch(r"\d+(?:\.\d+)?", value) else Decimal(0)


def _tokens(text: str) -> Iterator[str]:
    """Words and numbers; «treukersfrist» and «18-åring» become the number and the unit."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.isalpha() and token not in _UNIT and (joined := _PREFIXED.match(token)):
            yield from _pieces(joined[1])
            yield next((form for form in sorted(_UNIT, key=len, reverse=True) if joined[2].startswith(form)), joined[2])
        elif token.isalpha() and len(pieces := list(_pieces(token))) > 1:
            yield from pieces
        else:
            yield token


def _pieces(word: str) -> Iterator[str]:
    """«femhundre» → fem, hundre; «tjueto» → tjue, to; a word that is not all number words comes back whole."""
    if word in SCALES or word in ONES or word in TENS or word in PARTS or word in ORDINALS:
        yield word
        return
    rest = word
    parts: list[str] = []
    while rest:
        part = next((w for w in (*TENS, *ONES, *SCALES) if rest.startswith(w)), "")
        # «og» joins hundreds and tens in one word: «hundreogtjue».
        part = part or ("og" if parts and rest.startswith("og") else "")
        part = part or ("en" if parts and rest == "en" else "") or ("ein" if parts and rest == "ein" else "")
        if not part:
            yield word
            return
        parts.append("én" if part in ("en", "ein") else part)
        rest = rest[len(part) :]
    yield from (part for part in parts if part != "og")


def _number(tokens: list[str], at: int, *, articles: bool) -> tuple[str | None, int]:
    """The number that begins at a token, and the token after it; None where none begins."""
    token = tokens[at]
    if token in HALVES:
        return HALVES[token], at + 1
    if part := _PART.fullmatch(token):
        return PARTS[part[1]], at + 1
    if token in ORDINALS:
        return str(ORDINALS[token]), at + 1
    if articles and token in ARTICLES:
        return "1", at + 1
    if token[0].isdigit():
        value = Decimal(re.sub(r"[ \u00a0\u202f]", "", _thousands(token)).replace(",", "."))
        at += 1
    elif token in ONES or token in TENS or token in ("hundre", "tusen"):
        value, at = _words(tokens, at)
    else:
        return None, at
    while at < len(tokens) and tokens[at] in SCALES:
        value, at = value * SCALES[tokens[at]], at + 1
    return f"{value.normalize():f}", at


def _thousands(token: str) -> str:
    return token.replace(".", "") if re.match(r"\d{1,3}(?:\.\d{3})+(?!\d)", token) else token


def _words(tokens: list[str], at: int) -> tuple[Decimal, int]:
    """«tjue to», «fem hundre og tjue», «to tusen»: the sum a run of number words stands for."""
    total = current = 0
    last = 0
    while at < len(tokens):
        token = tokens[at]
        if token in TENS and not 0 < last < 100:
            current, last = current + TENS[token], 20
        elif token in ONES and (last == 0 or last >= 100 or (last == 20 and 0 < ONES[token] < 10)):
            current, last = current + ONES[token], 1
        elif token == "hundre":
            current, last = max(current, 1) * 100, 100
        elif token == "tusen":
            total, current, last = total + max(current, 1) * 1000, 0, 1000
        elif token == "og" and last >= 100 and at + 1 < len(tokens) and tokens[at + 1] in (ONES | TENS):
            pass
        else:
            break
        at += 1
    return Decimal(total + current), at


def _unit_after(tokens: list[str], at: int) -> str:
    """The unit a number counts: «tre uker», «tre til seks måneder», «to hele år», «18-åring»."""
    for token in tokens[at : at + 4]:
        if token in _UNIT:
            return _UNIT[token]
        for long in _LONG_UNITS:
            if token.startswith(long):
                return long.replace("månad", "måned")
        if not (token in _BETWEEN or token[0].isdigit() or token in ONES or token in TENS or token == "."):
            return ""
    return ""
