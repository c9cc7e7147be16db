"""One provision as it stands: its ledd word for word, its link, and the notes that explain it."""

from __future__ import annotations

from bot.answer import checked
from bot.render import Json
from kb.errors import UsageError
from kb.index import Index
from kb.references import Reference, lovdata_url

NOTES = 3
"""A central paragraph has two dozen notes about it; an assistant reads the few that are most about it."""
_OTHER_LANGUAGE = "-nynorsk"
"""Ends the locator of a note's part that says the same once more."""


def provision(index: Index, reference: str) -> dict[str, Json]:
    """The JSON of the § that `reference` names: «sotjl § 18» or `lov/2009-12-18-131/§18`.

    Raises `UsageError` when it names none, more than one, or one that is not in the index.
    """
    place = _place(index, checked(reference))
    passages = index.store.section_passages(place.section_ref)
    if not passages:
        raise UsageError(
            f"{index.law_names.write(place.section_ref)} finnes ikke i indeksen. Kontroller nummeret; "
            "«navkb sources» viser hvilke lover og forskrifter som er med."
        )
    if place.ledd is not None and all(p.ref != f"{place.section_ref}/ledd/{place.ledd}" for p in passages):
        raise UsageError(
            f"{index.law_names.write(place.section_ref)} har {len(passages)} ledd, ikke et ledd {place.ledd}."
        )
    section, source = passages[0].section, index.store.sources()[passages[0].source_id]
    return {
        "ref": place.section_ref,
        "name": index.law_names.write(place.section_ref),
        "title": section.title,
        "headings": list(section.headings),
        "in_force": section.in_force and source.in_force,
        "url": lovdata_url(place.section_ref),
        "ledd": [{"ref": passage.ref, "text": passage.text} for passage in passages],
        "notes": [_note(index, note_id) for note_id in _notes(index, place.section_ref)],
    }


def _place(index: Index, reference: str) -> Reference:
    found = index.law_names.find(reference)
    if not found:
        raise UsageError(
            "Henvisningen er ikke til en bestemmelse jeg kjenner. Skriv lov og paragraf, for eksempel «sotjl § 18» "
            "eller «lov/2009-12-18-131/§18»."
        )
    if len({place.section_ref for place in found}) > 1:
        raise UsageError("Henvisningen er til flere bestemmelser. Spør om én om gangen.")
    return found[0]


def _notes(index: Index, section_ref: str) -> list[str]:
    """The notes about a section: those for which it comes first, and among them those about nothing else, leading."""

    def distance(note_id: str) -> tuple[int, int]:
        about = index.about[note_id]
        return about.index(section_ref), len(about)

    return sorted(index.store.notes_about(section_ref), key=distance)[:NOTES]


def _note(index: Index, note_id: str) -> dict[str, Json]:
    parts: dict[str, list[str]] = {}
    for passage in index.store.source_passages(note_id):
        if not passage.section.locator.endswith(_OTHER_LANGUAGE):
            parts.setdefault(passage.section.title, []).append(passage.text)
    return {
        "ref": note_id,
        "title": index.store.sources()[note_id].title,
        "parts": [{"title": title, "text": "\n\n".join(texts)} for title, texts in parts.items()],
    }
