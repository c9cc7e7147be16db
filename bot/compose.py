"""Composing: an answer put together from verified quotations, without a language model.

Parts come in a fixed order – Kort svar, Loven sier, Kan også gjelde, Rundskriv, Praksis, Husk, Se også – and a
part without content is absent. Every part carries markers `[n]`; the citation behind each holds the exact words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bot.benefits import benefit_of
from bot.dates import asks_since
from bot.excerpts import POINTS_SHOWN, cut, further_points, ledd_shown, part, points_of
from bot.history import changes_told
from bot.phrases import PHRASES, RESPONSIBILITY, written_date
from kb.analysis import terms
from kb.index import Index
from kb.references import lovdata_url, parse
from kb.search import Found
from kb.types import Citation, Hit, Kind, Passage, Source

if TYPE_CHECKING:
    from bot.model_answer import Written

SECOND_PARAGRAPH = 0.9
"""A second § is quoted as fully as the first when its score is at least this share of the first one's."""
ALSO_PARAGRAPH = 0.6
"""From this share a § is named as one that may apply too, with its nearest sentence."""
ALSO_SHOWN = 2
TELLING_TERMS = 3
"""A question that names a § and has so many terms beside it is about more than that §."""
PRACTICE_SHARE = 0.7
"""A practice document is quoted beside the law from this share of the first hit's score."""
PRACTICE_SHOWN = 2
ALSO_QUOTE = 220
PRACTICE_QUOTE = 800
SEE_ALSO_SHOWN = 4

_AND_ASKS = re.compile(
    r"\b(og|samt)\b[^.?,]{0,40}\b(hvor|hvem|hva|hvilke|hvilken|når|hvordan|kor|kven|kva|korleis|kan|må|skal|får|har)\b"
)
_ASKS_NOW = re.compile(r"\b(nå|no|i dag|ennå|enno|enda|fortsatt|framleis|fremdeles|lenger)\b")
"""Who asks what holds now is not helped by what practice was: the law is told too."""
_ASKS_OF_PRACTICE = re.compile(
    r"solbu|aars|rokkan|telemark|nordland|gode grep|evaluer|forsk(er|ing|ar)|rapport|erfar|praksis|foredrag|innlegg|artikkel|pilot|forsøk"
    r"|anbefal|tilrå|\b(sa|sto|mente|meinte|ifølge|ifølgje|funnet|funne)\b|\b(19|20)\d\d\b|reform|partn[ae]r|modell"
)
"""Who does not ask what somebody said or found is told of the law too, where practice came first."""
_GUIDANCE = (Kind.RUNDSKRIV, Kind.VEILEDER)
_PRACTICE = (Kind.EVALUERING, Kind.PRAKSIS)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>])")


@dataclass(slots=True)
class Draft:
    """An answer being written: lines of Markdown, and the citations made so far."""

    index: Index
    language: str
    lines: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def heading(self, key: str) -> None:
        self.lines += ["", f"**{PHRASES[self.language][key]}**", ""]

    def cite(self, passage: Passage, quote: str) -> int:
        """The number for a quote, the same one when it was cited before."""
        for citation in self.citations:
            if citation.passage.id == passage.id and citation.quote == quote:
                return citation.n
        source = self.index.store.sources()[passage.source_id]
        self.citations.append(Citation(len(self.citations) + 1, passage, source, quote, link_of(passage, source)))
        return len(self.citations)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


def link_of(passage: Passage, source: Source) -> str:
    """Where a reader opens the passage: the § on Lovdata, the main § of a note, or the document's own page."""
    if passage.section.about and not parse(passage.ref):
        return lovdata_url(passage.section.about[0])
    return lovdata_url(passage.ref) or source.url


def compose(
    index: Index, question: str, found: Found, language: str, today: date, written: Written | None = None
) -> Draft:
    """Write the answer to a question that `found` covers; `written` is a model's short answer, already verified."""
    draft = Draft(index, language)
    lead = found.hits[0]
    looked_up = bool(found.references) and not terms(index.law_names.without_names(question))
    note = _note_about(index, lead, found)
    laws = _laws_shown(found)
    if written:
        draft.citations += written.citations
        draft.heading("short_answer")
        draft.lines.append(written.text)
        _law(draft, question, found, laws, note)
    elif looked_up:
        _law(draft, question, found, laws, note)
        _short_answer(draft, question, note)
    else:
        _short_answer(draft, question, note)
        if asks_for_several(question):
            _second_short_answer(draft, found, note)
        if not note and not lead.source.kind.is_law:
            _experience(draft, question, [lead])
        _law(draft, question, found, laws, note)
        _also(draft, question, found, laws)
    share = PRACTICE_SHARE * lead.score
    _experience(draft, question, [hit for hit in found.hits[:5] if _is_experience(hit) and hit.score >= share])
    if asks_since(question):
        _changes(draft, laws)
    if note:
        _basis(draft, note)
    if note and not looked_up:
        _points(draft, question, note)
    _apart(draft, found, laws)
    _see_also(draft, note or [], found)
    _footing(draft, lead, note, today)
    return draft


def asks_for_several(question: str) -> bool:
    """Whether a question asks two things: two question marks, or «… og hvor mye …»."""
    return question.count("?") > 1 or bool(_AND_ASKS.search(question.lower()))


def _note_about(index: Index, lead: Hit, found: Found) -> list[Passage]:
    """The passages of the note to answer with: the lead itself, or the best found one that explains the lead's section."""
    if lead.source.kind is Kind.NOTAT:
        return index.store.source_passages(lead.source.id)
    section = lead.passage.section_ref
    about = [note for note in found.notes if section in index.about[note]]
    own = [note for note in index.store.notes_about(section) if index.about[note][0] == section]
    if found.references:  # the note that has the §'s own title, before those that touch it among others
        sources, title = index.store.sources(), lead.passage.section.title
        about = sorted(own, key=lambda note: (sources[note].title != title, len(index.about[note])))
    chosen = next(iter([*about, *own]), None)
    return index.store.source_passages(chosen) if chosen else []


def _short_answer(draft: Draft, question: str, note: Sequence[Passage]) -> None:
    """The note's own answer, with points that say more of a number or a year the question is about."""
    wanted = "kort-svar-nynorsk" if draft.language == "nn" else "kort-svar"
    passage = part(note, wanted) or part(note, "kort-svar")
    if not passage:
        return
    draft.heading("short_answer")
    draft.lines.append(f"{escape(passage.text)} [{draft.cite(passage, passage.text)}]")
    if told := part(note, "vilkaar-og-vurdering"):
        for point in further_points(question, passage, told):
            draft.lines.append(f"\n{escape(point)} [{draft.cite(told, point)}]")


def _second_short_answer(draft: Draft, found: Found, note: Sequence[Passage]) -> None:
    """The answer to the other half of a question: of the note that explains the next paragraph found."""
    told = {about for passage in note[:1] for about in passage.section.about[:1]}
    for hit in found.hits[1:4]:
        if hit.source.kind.is_law and hit.passage.section_ref not in told:
            other = _note_about(draft.index, hit, found)
            wanted = "kort-svar-nynorsk" if draft.language == "nn" else "kort-svar"
            passage = part(other, wanted) or part(other, "kort-svar")
            if passage and passage.source_id not in {p.source_id for p in note}:
                draft.lines.append(f"\n{escape(passage.text)} [{draft.cite(passage, passage.text)}]")
                return


def _laws_shown(found: Found) -> list[Hit]:
    """The paragraphs that are quoted: those asked for, else the first and another one nearly as good."""
    laws = [hit for hit in found.hits if hit.source.kind.is_law]
    if asked := {reference.section_ref for reference in found.references}:
        return [hit for hit in laws if hit.passage.section_ref in asked]
    shown = [hit for hit in laws[:2] if hit.score >= SECOND_PARAGRAPH * found.hits[0].score]
    return shown or (laws[:1] if found.hits[0].source.kind is Kind.NOTAT else [])


def _law(draft: Draft, question: str, found: Found, shown: Sequence[Hit], note: Sequence[Passage]) -> None:
    """Verbatim ledd of the paragraphs shown."""
    if not shown:
        return
    draft.heading("law_says")
    for hit in shown:
        explained = note if hit is shown[0] else _note_about(draft.index, hit, found)
        for passage in ledd_shown(draft.index, question, hit, found.references, explained):
            _quote(draft, passage, cut(passage.text, question))
        if not hit.source.in_force or not hit.passage.section.in_force:
            law = draft.index.law_names.write(hit.passage.section_ref)
            draft.lines += [PHRASES[draft.language]["not_in_force"].format(law=law), ""]


def _also(draft: Draft, question: str, found: Found, shown: Sequence[Hit]) -> None:
    """Paragraphs that scored less but may be the ones meant: the sentence of each that says most of the question."""
    told = {hit.passage.section_ref for hit in shown}
    lead, listed = found.hits[0], found.hits[:5]
    most = ALSO_SHOWN
    if found.references:  # what was named outscores all else; more is told only to those who say more
        if len(terms(draft.index.law_names.without_names(question))) < TELLING_TERMS:
            return
        listed = tuple(hit for hit in listed if hit.passage.section_ref not in told)
        lead, most = next(iter(listed), lead), 1
    lowered = question.lower()
    if _is_experience(lead) and _ASKS_OF_PRACTICE.search(lowered) and not _ASKS_NOW.search(lowered):
        return
    others = [
        hit
        for hit in listed
        if hit.source.kind.is_law
        and hit.score >= ALSO_PARAGRAPH * lead.score
        and hit.passage.section_ref not in told
        and hit.source.in_force
    ]
    if not others:
        return
    draft.heading("may_apply")
    for hit in others[:most]:
        explained = _note_about(draft.index, hit, found)
        passage = ledd_shown(draft.index, question, hit, (), explained)[0]
        short = part(explained, "kort-svar")
        _quote(draft, passage, cut(passage.text, f"{question} {short.text if short else ''}", longest=ALSO_QUOTE))


def _quote(draft: Draft, passage: Passage, quote: str) -> None:
    """A verbatim piece of law as a block, with its name and link."""
    name = draft.index.law_names.write(passage.ref)
    title = f" ({passage.section.title})" if passage.section.title else ""
    draft.lines += [
        *(f"> {escape(line)}" for line in f"«{quote}»".split("\n")),
        ">",
        f"> — [{name}]({lovdata_url(passage.ref)}){escape(title)} [{draft.cite(passage, quote)}]",
        "",
    ]


def _changes(draft: Draft, shown: Sequence[Hit]) -> None:
    """When the paragraphs shown were changed."""
    if points := changes_told(draft.index, [hit.passage for hit in shown], draft.language):
        draft.heading("changes")
        draft.lines += points


def _basis(draft: Draft, note: Sequence[Passage]) -> None:
    """Name the paragraphs a note explains where none of them could be quoted, because their law is not indexed."""
    about = note[0].section.about
    if not any(citation.source.kind.is_law for citation in draft.citations):
        links = " · ".join(
            f"[{draft.index.law_names.write(ref)}]({lovdata_url(ref)})" for ref in about[:SEE_ALSO_SHOWN]
        )
        draft.lines += ["", f"{PHRASES[draft.language]['legal_basis']}: {links}"]


def _is_experience(hit: Hit) -> bool:
    return hit.source.kind in (*_GUIDANCE, *_PRACTICE)


def _experience(draft: Draft, question: str, hits: Sequence[Hit]) -> None:
    """Circulars and guides, then practice and evaluations: who says what, when, and whether it is finding or opinion."""
    cited = {citation.passage.id for citation in draft.citations}
    for heading, kinds in (("guidance", _GUIDANCE), ("practice", _PRACTICE)):
        shown = [hit for hit in hits if hit.source.kind in kinds and hit.passage.id not in cited][:PRACTICE_SHOWN]
        if shown:
            draft.heading(heading)
        for hit in shown:
            quote = cut(hit.passage.text, question, longest=PRACTICE_QUOTE)
            draft.lines += [
                *(f"> {escape(line)}" for line in quote.split("\n")),
                ">",
                f"> — {escape(_said_by(draft, hit))} [{draft.cite(hit.passage, quote)}]",
                "",
            ]


def _said_by(draft: Draft, hit: Hit) -> str:
    words = PHRASES[draft.language]
    who = words["says"].format(
        who=hit.source.author or hit.source.publisher or hit.source.title,
        year=hit.source.date.year if hit.source.date else "u.å.",
        mark=hit.passage.section.mark or hit.source.kind,
    )
    return f"{words['local']}: {who}" if hit.source.local else who


def _points(draft: Draft, question: str, note: Sequence[Passage]) -> None:
    """The points of the note to remember that share most with the question."""
    passage = part(note, "husk")
    if not passage:
        return
    said = set(terms(question))
    points = points_of(passage)
    best = sorted(points, key=lambda point: -len(said & set(terms(point))))[: POINTS_SHOWN - (len(draft.citations) > 2)]
    draft.heading("remember")
    for point in points:
        if point in best:
            draft.lines.append(f"- {escape(point)} [{draft.cite(passage, point)}]")
    if PHRASES[draft.language]["source_language"]:
        draft.lines += ["", f"*{PHRASES[draft.language]['source_language']}*"]


def _apart(draft: Draft, found: Found, shown: Sequence[Hit]) -> None:
    """Tell look-alike benefits apart where the paragraphs cited belong to different ones."""
    cited = [citation.passage.section_ref for citation in draft.citations if citation.source.kind.is_law]
    benefits = {benefit.name: (benefit, ref) for ref in reversed(cited) if (benefit := benefit_of(ref))}
    if len(benefits) > 1:
        told = (
            f"{draft.index.law_names.write(ref)}: {benefit.name} ({RESPONSIBILITY[draft.language][benefit.responsibility]})"
            for benefit, ref in reversed(benefits.values())
        )
        draft.lines += ["", f"**{PHRASES[draft.language]['keep_apart']}** " + " · ".join(told)]


def _see_also(draft: Draft, note: Sequence[Passage], found: Found) -> None:
    cited = {c.passage.section_ref for c in draft.citations}
    if not any(c.source.kind.is_law for c in draft.citations):
        cited |= set(note[0].section.about) if note else set()
    refs = [ref for passage in note[:1] for ref in (*passage.section.about, *passage.section.see_also)]
    refs += [hit.passage.section_ref for hit in found.hits[1:3] if hit.source.kind.is_law and not found.references]
    fresh = [ref for ref in dict.fromkeys(refs) if ref not in cited and parse(ref)]
    if fresh:
        draft.heading("see_also")
        draft.lines.append(
            " · ".join(f"[{draft.index.law_names.write(ref)}]({lovdata_url(ref)})" for ref in fresh[:SEE_ALSO_SHOWN])
        )


def _footing(draft: Draft, lead: Hit, note: Sequence[Passage], today: date) -> None:
    words = PHRASES[draft.language]
    sources = draft.index.store.sources()
    who = (sources[note[0].source_id] if note else lead.source).responsibility
    parts = [f"{words['responsibility']}: {RESPONSIBILITY[draft.language][who]}"] if who else []
    count = len({c.source.id for c in draft.citations})
    parts += [
        words["as_of"].format(date=written_date(today)),
        words["source"] if count == 1 else words["sources"].format(n=count),
    ]
    draft.lines += ["", "---", "", " · ".join(parts)]


def escape(text: str) -> str:
    """Source text as Markdown that shows it letter for letter."""
    return _MARKDOWN.sub(r"\\\1", text)
