"""Checking the notes: what is missing, what points nowhere, which numbers the law does not have, what is out of date."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ingest.clean import clean_document
from ingest.fetch_archive import Lovdata
from ingest.load import files_of, load_file
from ingest.lovdata import load_lovdata
from ingest.manifest import Manifest
from ingest.notes import FrontMatter, front_matter_of
from kb.errors import ManifestError, SourceError
from kb.references import parse
from kb.types import Document, Kind

FEWEST_QUESTIONS = {"spoersmaal": 10, "spoersmaal_nn": 3}
ARCHIVES = {"lov": "gjeldende-lover", "forskrift": "gjeldende-sentrale-forskrifter"}

_NUMBER_WORDS = {
    word: str(value)
    for value, words in {
        2: "to begge andre annet annen",
        3: "tre tredje",
        4: "fire fjerde",
        5: "fem femte",
        6: "seks sjette",
        7: "sju syv sjuende syvende",
        8: "åtte åttende",
        9: "ni niende",
        10: "ti tiende",
        11: "elleve",
        12: "tolv tolvte",
        13: "tretten",
        14: "fjorten",
        15: "femten",
        16: "seksten",
        17: "sytten",
        18: "atten",
        20: "tjue tyve",
        25: "tjuefem",
        30: "tretti",
        40: "førti",
        50: "femti halvparten",
        60: "seksti",
        67: "sekstisju",
    }.items()
    for word in words.split()
}
_NOT_COUNTED = frozenset("andre annet annen begge".split())
"""Words that may be a number but in a short answer nearly never are."""
_NUMBER = re.compile(r"\d+(?:[ .]\d{3})+(?!\d)|\d+(?:,\d+)?|[a-zæøå]+", re.IGNORECASE)
_PLACE = re.compile(
    r"§{1,2}\s*\d+(?:-\d+)?(?:\s?[a-z]\b)?(?:\s*(?:,|og|til|eller|–)\s*(?:§\s*)?\d+(?:-\d+)?(?:\s?[a-z]\b)?)*|\b\w+ ledd\b|\bkapittel \w+|\bnr\. \d+|\bartikkel \d+"
)


@dataclass(slots=True)
class Findings:
    """What is wrong, one Norwegian line each, by what kind of thing it is; and how much there is."""

    counts: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, lines: Iterable[str]) -> None:
        self.wrong.setdefault(what, []).extend(lines)

    @property
    def any(self) -> bool:
        return any(self.wrong.values())

    def __str__(self) -> str:
        lines = [f"{number:>6}  {what}" for what, number in self.counts.items()]
        for what, found in self.wrong.items():
            lines.append(f"{len(found):>6}  {what}")
            lines += [f"        {line}" for line in found]
        return "\n".join(lines)


def check(manifests: Sequence[Manifest], coverage: Path, source: Lovdata, today: date) -> Findings:
    """Read every note of the manifests beside the law in Lovdata's archives.

    Raises `SourceError` when the archives are out of reach, `ManifestError` for a bad coverage file.
    """
    findings, notes, digests = Findings(), [], []
    broken: list[str] = []
    for entry in (entry for manifest in manifests for entry in manifest.entries if entry.way in ("path", "folder")):
        for path in files_of(entry):
            try:
                document, front = load_file(path, entry), front_matter_of(path)
            except SourceError as error:
                broken.append(str(error))
                continue
            if front is not None and document.source.kind is Kind.NOTAT:
                notes.append((document, front))
            elif front is not None:
                digests.append(document)
    wanted = _read_coverage(coverage)
    known = {document.source.id for document in (*digests, *(note for note, _ in notes))}
    laws = _laws({law for note, _ in notes for law in _laws_of(note)} | wanted.keys(), source, today)
    of_law = [note for note, _ in notes if note.source.id.count("begrep-") == 0 and "satser" not in note.source.id]
    findings.counts = {
        "fagnotater om paragrafer": len(of_law),
        "andre notater (begreper og satser)": len(notes) - len(of_law),
        "sammendrag": len(digests),
        "spørsmål i alt": sum(len(s.questions) for d in (*digests, *(note for note, _ in notes)) for s in d.sections),
    }
    findings.add("filer som ikke kan leses", broken)
    findings.add("paragrafer uten notat", _uncovered(wanted, laws, [note for note, _ in notes]))
    findings.add("notater med for få spørsmål", (line for _, front in notes for line in _too_few(front)))
    findings.add(
        "referanser som ikke finnes", (line for note, front in notes for line in _dangling(note, front, laws, known))
    )
    findings.add(
        "tall i «Kort svar» som ikke står i paragrafene",
        (line for note, front in notes for line in _foreign(note, front, laws)),
    )
    findings.add(
        "notater eldre enn siste endring i loven",
        (line for note, front in notes for line in _outdated(note, front, laws)),
    )
    return findings


def _read_coverage(path: Path) -> dict[str, str | list[str]]:
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8"))["dekning"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(
            f"Dekningslisten {str(path)!r} kan ikke leses ({error}). Den skal ha tabellen [dekning]."
        ) from error


def _laws_of(note: Document) -> Iterator[str]:
    short = note.sections[0]
    yield from (place.source_id for ref in (*short.about, *short.see_also) if (place := parse(ref)))


def _laws(ids: Iterable[str], source: Lovdata, today: date) -> dict[str, Document]:
    laws: dict[str, Document] = {}
    ids = set(ids)
    for kind, name in ARCHIVES.items():
        if of_kind := {id_ for id_ in ids if id_.startswith(f"{kind}/")}:
            documents = source.archive(name).documents(of_kind)
            laws |= {id_: clean_document(load_lovdata(xml, today)) for id_, xml in documents}
    return laws


def _uncovered(
    wanted: Mapping[str, str | list[str]], laws: Mapping[str, Document], notes: Sequence[Document]
) -> Iterator[str]:
    explained = {ref for note in notes for ref in note.sections[0].about}
    for law_id, listed in wanted.items():
        sections = laws[law_id].sections if law_id in laws else ()
        places = (
            [s.locator for s in sections if s.in_force and s.locator.startswith("§")] if listed == "alle" else listed
        )
        yield from (f"{law_id}/{place}" for place in places if f"{law_id}/{place}" not in explained)


def _too_few(front: FrontMatter) -> Iterator[str]:
    for key, fewest in FEWEST_QUESTIONS.items():
        if (count := len(front.texts(key))) < fewest:
            yield _line(front, key, f"{count} {key}, minst {fewest}")


def _dangling(note: Document, front: FrontMatter, laws: Mapping[str, Document], known: set[str]) -> Iterator[str]:
    short = note.sections[0]
    for key, refs in (("gjelder", short.about), ("se_ogsaa", short.see_also)):
        for ref in refs:
            if not _exists(ref, laws) and ref not in known:
                yield _line(front, key, f"{ref} finnes ikke")


def _exists(ref: str, laws: Mapping[str, Document]) -> bool:
    place = parse(ref)
    if place is None:
        return any(
            f"{law_id}/{s.locator}" == ref
            for law_id, law in laws.items()
            if ref.startswith(law_id)
            for s in law.sections
        )
    if place.source_id not in laws:
        return False
    section = next((s for s in laws[place.source_id].sections if s.locator == place.section), None)
    return not place.section or (section is not None and (place.ledd or 1) <= len(section.text.split("\n\n")))


def _foreign(note: Document, front: FrontMatter, laws: Mapping[str, Document]) -> Iterator[str]:
    """Numbers of the short answers that stand neither in the paragraphs nor under `tall`."""
    about = [parse(ref) for ref in note.sections[0].about]
    texts = [
        f"{section.title} {section.text}"
        for place in about
        if place and place.source_id in laws
        for section in laws[place.source_id].sections
        if section.locator == place.section
    ]
    texts += [
        f"{s.title} {s.text}"
        for ref in note.sections[0].about
        for id_, law in laws.items()
        for s in law.sections
        if f"{id_}/{s.locator}" == ref and not parse(ref)
    ]
    explained = front.values.get("tall") or {}
    allowed = numbers(" ".join([*texts, *map(str, explained)]), all_words=True)
    for section in note.sections[:2]:
        for number in sorted(numbers(_PLACE.sub(" ", section.text)) - allowed):
            yield f"{front.path.name}: {section.title} sier {number}, som ikke står i {', '.join(note.sections[0].about)}"


def numbers(text: str, *, all_words: bool = False) -> set[str]:
    """The numbers of a text as digits: «tre uker», «2,041», «12 000»; «andre» only with `all_words`."""
    found = set()
    for match in _NUMBER.findall(text.lower().replace("½", ",5").replace("⅔", "2/3")):
        if match[0].isdigit():
            found.add(re.sub(r"[ .](?=\d{3})", "", match))
        elif match in _NUMBER_WORDS and (all_words or match not in _NOT_COUNTED):
            found.add(_NUMBER_WORDS[match])
    return found


def _outdated(note: Document, front: FrontMatter, laws: Mapping[str, Document]) -> Iterator[str]:
    for law_id in dict.fromkeys(place.source_id for ref in note.sections[0].about if (place := parse(ref))):
        changed, checked = laws[law_id].source.date if law_id in laws else None, note.source.date
        if changed and checked and checked < changed:
            yield _line(front, "kontrollert", f"kontrollert {checked}, men {law_id} ble endret {changed}")


def _line(front: FrontMatter, key: str, why: str) -> str:
    return f"{front.path.name}, linje {front.lines.get(key, 1)}: {why}"
