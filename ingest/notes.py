"""Fagnotater and digests: Markdown with YAML front matter to documents, every mistake with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ingest.clean import plain_line_ends
from ingest.markdown import slug
from kb.errors import SourceError
from kb.fields import SHORT_ANSWER
from kb.types import Document, Kind, Responsibility, Section, Source

LOADER_VERSION = "1"
NOTE_HEADINGS = ("Kort svar", "Kort svar (nynorsk)", "Vilkår og vurdering", "Husk")
_NOTE_KEYS = frozenset(
    (
        "id",
        "tittel",
        "gjelder",
        "ansvar",
        "kontrollert",
        "se_ogsaa",
        "spoersmaal",
        "spoersmaal_nn",
        "ord",
        "tall",
        "selvstendig",
    )
)
_DIGEST_KEYS = frozenset(
    (
        "id",
        "kind",
        "tittel",
        "forfatter",
        "utgiver",
        "dato",
        "dato_merknad",
        "ansvar",
        "kontrollert",
        "url",
        "spoersmaal",
        "ord",
        "uten_innhold",
    )
)
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_ANCHOR = re.compile(
    r"(?P<what>Lysbilde|Side|Avsnitt)(?:\s+(?P<n>\d+))?\s+·\s+(?P<mark>funn|mening|praksis)\s+·\s+(?P<title>.+)"
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML at the top of a note: values, the line each key stands on, and where the body begins."""

    path: Path
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    body: str
    body_line: int = field(default=1)

    def wrong(self, key: str, why: str) -> SourceError:
        """The error for one key, with its line."""
        return note_error(self.path, self.lines.get(key, 1), why)

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, f"{key} skal være tekst, ikke {value!r}")
        return value.strip()

    def texts(self, key: str, value: Any = None) -> tuple[str, ...]:
        value = self.values.get(key, []) if value is None else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, f"{key} skal være en liste med tekster (sett anførselstegn rundt hver)")
        return tuple(item.strip() for item in value)

    def texts_by_locator(self, key: str) -> dict[str, tuple[str, ...]]:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"{key} skal ha én liste per avsnitt, for eksempel lysbilde/13")
        return {str(locator): self.texts(key, listed) for locator, listed in value.items()}

    def date(self, key: str) -> date | None:
        value = self.values.get(key)
        if value is not None and type(value) is not date:
            raise self.wrong(key, f"{key} skal være en dato som 2026-11-21, ikke {value!r}")
        return value

    def responsibility(self) -> Responsibility | None:
        value = self.text("ansvar")
        if value and value not in list(Responsibility):
            raise self.wrong("ansvar", f"ansvar {value!r} er ikke kjent; velg en av {', '.join(Responsibility)}")
        return Responsibility(value) if value else None


def note_error(path: Path, line: int, why: str) -> SourceError:
    """What is wrong with a note, where, in plain Norwegian."""
    return SourceError(f"{path.name}, linje {line}: {why}.")


def read_front_matter(text: str, path: Path) -> FrontMatter | None:
    """Split YAML front matter from the body; None when the text has none."""
    if not text.startswith("---\n"):
        return None
    head, found, body = text[4:].partition("\n---\n")
    if not found:
        raise note_error(path, 1, "hodet begynner med --- men slutter ikke; sett en linje med --- før brødteksten")
    try:
        node = yaml.compose(head, Loader=_Loader)
        values = yaml.load(head, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise note_error(
            path, mark.line + 2 if mark else 1, f"hodet er ikke gyldig YAML ({getattr(error, 'problem', error)})"
        ) from error
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise note_error(path, 2, "hodet skal ha linjer av formen «nøkkel: verdi»")
    lines = {str(key.value): key.start_mark.line + 2 for key, _ in node.value}
    return FrontMatter(path, values, lines, body, head.count("\n") + 4)


def front_matter_of(path: Path) -> FrontMatter | None:
    """The front matter of a file that is known to be readable; None when it has none."""
    return read_front_matter(plain_line_ends(path.read_text(encoding="utf-8")).removeprefix("\ufeff"), path)


def load_note(front: FrontMatter) -> Document:
    """A note (`id: notat/…`) or a digest (any other id) to a document; raises `SourceError` with the line."""
    if not (note_id := front.text("id")):
        raise note_error(front.path, 2, "notatet mangler id, for eksempel «id: notat/sotjl-27»")
    is_note = note_id.startswith(f"{Kind.NOTAT}/")
    for key in front.values:
        if key not in (known := _NOTE_KEYS if is_note else _DIGEST_KEYS):
            raise front.wrong(str(key), f"ukjent nøkkel {key!r}; kjente er {', '.join(sorted(known))}")
    if not front.text("tittel"):
        raise note_error(front.path, 2, "notatet mangler tittel")
    kind = front.text("kind", Kind.NOTAT)
    if kind not in list(Kind):
        raise front.wrong("kind", f"kind {kind!r} er ikke kjent; velg en av {', '.join(Kind)}")
    source = Source(
        id=note_id,
        kind=Kind(kind),
        title=front.text("tittel"),
        publisher=front.text("utgiver") if not is_note else "navkb",
        author=front.text("forfatter"),
        date=front.date("kontrollert" if is_note else "dato"),
        responsibility=front.responsibility(),
        url=front.text("url"),
        stands_alone=front.values.get("selvstendig") is True,
    )
    return Document(source, tuple(_note_sections(front) if is_note else _digest_sections(front)))


def _note_sections(front: FrontMatter) -> list[Section]:
    about = front.texts("gjelder")
    if not about:
        raise note_error(
            front.path,
            front.lines.get("gjelder", 2),
            "notatet mangler gjelder: minst én paragraf, for eksempel [lov/2009-12-18-131/§27]",
        )
    title, see_also = front.text("tittel"), front.texts("se_ogsaa")
    sections = []
    for heading, text, line in _parts(front):
        if heading not in NOTE_HEADINGS:
            raise note_error(front.path, line, f"overskriften {heading!r} er ikke en av {', '.join(NOTE_HEADINGS)}")
        leads = heading == NOTE_HEADINGS[0]
        sections.append(
            Section(
                locator=f"avsnitt/{slug(heading)}",
                text=text,
                title=heading,
                headings=(title,),
                about=about,
                see_also=see_also,
                questions=front.texts("spoersmaal") + front.texts("spoersmaal_nn") if leads else (),
                words=front.texts("ord") if leads else (),
            )
        )
    if not any(section.locator == SHORT_ANSWER for section in sections):
        raise note_error(front.path, front.body_line, "notatet mangler overskriften «## Kort svar»")
    return sections


def _digest_sections(front: FrontMatter) -> list[Section]:
    questions, words = front.texts_by_locator("spoersmaal"), front.texts_by_locator("ord")
    sections = []
    for heading, text, line in _parts(front):
        match = _ANCHOR.fullmatch(heading)
        if match is None:
            raise note_error(
                front.path,
                line,
                f"overskriften {heading!r} skal se ut som «## Lysbilde 13 · mening · Tittel» (funn, mening eller praksis)",
            )
        locator = f"{match['what'].lower()}/{match['n'] or slug(match['title'])}"
        sections.append(
            Section(
                locator=locator,
                text=text,
                title=match["title"],
                headings=(front.text("tittel"),),
                questions=questions.get(locator, ()),
                words=words.get(locator, ()),
                mark=match["mark"],
            )
        )
    known = {section.locator for section in sections}
    for key, found in (("spoersmaal", questions), ("ord", words)):
        for locator in found.keys() - known:
            raise front.wrong(key, f"{locator} i {key} har ikke noe avsnitt i teksten")
    return sections


def _parts(front: FrontMatter) -> list[tuple[str, str, int]]:
    """Heading, text and line of every `##` part of the body."""
    found = list(_HEADING.finditer(front.body))
    before = front.body[: found[0].start()] if found else front.body
    if before.strip():
        raise note_error(
            front.path, front.body_line, "tekst før første overskrift («## …») blir ikke vist; flytt den under en"
        )
    parts, seen = [], set()
    for n, match in enumerate(found):
        end = found[n + 1].start() if n + 1 < len(found) else len(front.body)
        line = front.body_line + front.body.count("\n", 0, match.start())
        text = front.body[match.end() : end].strip()
        if match[1] in seen or not text:
            raise note_error(
                front.path,
                line,
                f"overskriften {match[1]!r} står {'to ganger' if match[1] in seen else 'uten tekst under'}",
            )
        seen.add(match[1])
        parts.append((match[1], text, line))
    return parts


class _Loader(yaml.SafeLoader if not hasattr(yaml, "CSafeLoader") else yaml.CSafeLoader):  # type: ignore[misc]
    """YAML without anything that runs code; the C parser where it is built in."""
