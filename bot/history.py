"""What is told of change: when the paragraphs shown were changed, and what changed after their text was fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bot.phrases import PHRASES, written_date
from kb.index import Index
from kb.references import lovdata_url
from kb.types import Change, Citation, Kind, Passage

MOST_CHANGES = 3
"""The latest so many changes of a § are told; older ones are summed up as «tidligere også»."""


def changes_told(index: Index, passages: Sequence[Passage], language: str) -> list[str]:
    """A point for each § of law among `passages`: since when it is as it is, from Lovdata's change notes."""
    words, sources = PHRASES[language], index.store.sources()
    points = []
    for passage in {passage.section_ref: passage for passage in passages}.values():
        source, section = sources[passage.source_id], passage.section
        place = f"[{index.law_names.write(passage.section_ref)}]({lovdata_url(passage.section_ref)})"
        made = [change for change in section.changes if not change.coming and change.act]
        if made:
            told = f" {words['and']} ".join(_told(change, words["changed_by"]) for change in made[-MOST_CHANGES:])
            earlier = words["earlier_too"] if len(made) > MOST_CHANGES else ""
            points.append(f"- {place}: {words['changed']} {told}{earlier}.")
        elif source.in_force_from and not section.changes:
            what = words["the_law"] if source.kind is Kind.LOV else words["the_regulation"]
            points.append(f"- {place}: {words['unchanged'].format(what=what, date=written_date(source.in_force_from))}")
    return points


def _told(change: Change, by: str) -> str:
    """«fra 1. juli 2024 (lov 20. desember 2023 nr. 95)», or what of it is known."""
    kind, _, rest = change.act.partition("/")
    made, number = date.fromisoformat(rest[:10]), rest[11:]
    act = f"{kind} {written_date(made)} nr. {number}"
    return f"{by} {written_date(change.in_force)} ({act})" if change.in_force else f"ved {act}"


def out_of_time(index: Index, citations: Sequence[Citation], asked: date, language: str) -> list[str]:
    """What a reader must know of the law cited at the date asked about: not yet in force then, changed by then though
    the text fetched does not show it, or changed since."""
    words = PHRASES[language]
    laws = {c.source.id: c.source for c in citations if c.source.kind.is_law}
    told = [
        words["not_yet"].format(
            law=source.names[0] if source.names else source.title, date=written_date(source.in_force_from)
        )
        for source in laws.values()
        if source.in_force_from and source.in_force_from > asked
    ]
    passages = {c.passage.section_ref: c.passage for c in citations if c.source.kind.is_law}
    newer = dict(_newer(passages.values(), asked))
    told += [
        words["text_older"].format(place=index.law_names.write(ref), date=written_date(day))
        for ref, day in newer.items()
    ]
    if not told and any(source.date and source.date > asked for source in laws.values()):
        told.append(_since(index, list(passages.values()), asked, language))
    return told


def _newer(passages: Iterable[Passage], asked: date) -> Iterator[tuple[str, date]]:
    """Paragraphs whose coming change has taken effect: the text fetched is older than the law."""
    for passage in passages:
        days = [c.in_force for c in passage.section.changes if c.coming and c.in_force and c.in_force <= asked]
        if days:
            yield passage.section_ref, min(days)


def _since(index: Index, passages: Sequence[Passage], asked: date, language: str) -> str:
    """Which of the paragraphs cited were changed after the date asked about."""
    words = PHRASES[language]
    after = [
        passage
        for passage in passages
        if any(not c.coming and (c.day is None or c.day > asked) for c in passage.section.changes)
    ]
    if not after:
        return words["unchanged_since"].format(date=written_date(asked))
    places = ", ".join(index.law_names.write(passage.section_ref) for passage in after)
    return words["as_asked"].format(date=written_date(asked), places=places)
