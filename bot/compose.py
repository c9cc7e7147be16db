"""Composing: an answer put together from verified quotations, without a language model.

Parts come in a fixed order – Kort svar, Loven sier, Praksis, Husk, Se også – and a part without
content is absent. Every part carries markers `[n]`; the citation behind each holds the exact words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.phrases import PHRASES, RESPONSIBILITY, written_date
from kb.analysis import terms
from kb.index import Index
from kb.references import Reference, lovdata_url, parse
from kb.search import Found
from kb.types import Citation, Hit, Kind, Passage, Source

SECOND_PARAGRAPH = 0.8
"""A second § is quoted when its score is at least this share of the first one's."""
PRACTICE_SHARE = 0.7
"""A practice document is quoted beside the law from this share of the first hit's score."""
LONGEST_QUOTE = 700
"""Characters of a ledd that are shown; longer ones are cut after a whole sentence."""
LEDD_SHOWN = 2
SECOND_LEDD = 0.75
"""A second ledd is shown when it shares at least this much of what the best one shares with the question."""
REMEMBER_SHOWN = 2
SEE_ALSO_SHOWN = 4

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ«–(§])")
_ABBREVIATIONS = re.compile(
    r"(?:\b(?:jf|nr|bl\.a|f\.eks|mv|osv|pkt|ca|evt|inkl|ev|kap|mfl)|\b[a-zæøå])\.$", re.IGNORECASE
)
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


def compose(index: Index, question: str, found: Found, language: str, today: date) -> Draft:
    """Write the extractive answer to a question that `found` covers."""
    draft = Draft(index, language)
    lead = found.hits[0]
    looked_up = bool(found.references) and not terms(index.law_names.without_names(question))
    note = _note_about(index, lead, found)
    if looked_up:
        _law(draft, question, found, note)
        if note:
            _short_answer(draft, note)
    else:
        if note:
            _short_answer(draft, note)
        elif not lead.source.kind.is_law:
            _practice(draft, [lead])
        _law(draft, question, found, note)
    if lead.source.kind.is_law or note:
        _practice(
            draft,
            [hit for hit in found.hits[:5] if _is_experience(hit) and hit.score >= PRACTICE_SHARE * lead.score][:1],
        )
    if note:
        _basis(draft, note)
    if note and not looked_up:
        _remember(draft, question, note)
    _see_also(draft, note or [], found)
    _footing(draft, lead, note, today)
    return draft


def _note_about(index: Index, lead: Hit, found: Found) -> list[Passage]:
    """The passages of the note to answer with: the lead itself, or the best found one that explains the lead's section."""
    if lead.source.kind is Kind.NOTAT:
        return index.store.source_passages(lead.source.id)
    section = lead.passage.section_ref
    about = [note for note in found.notes if section in index.about[note]]
    own = [note for note in index.store.notes_about(section) if index.about[note][0] == section]
    chosen = next(iter([*about, *own]), None)
    return index.store.source_passages(chosen) if chosen else []


def _part(note: Sequence[Passage], locator: str) -> Passage | None:
    return next((passage for passage in note if passage.section.locator == f"avsnitt/{locator}"), None)


def _short_answer(draft: Draft, note: Sequence[Passage]) -> None:
    wanted = "kort-svar-nynorsk" if draft.language == "nn" else "kort-svar"
    passage = _part(note, wanted) or _part(note, "kort-svar")
    if passage:
        draft.heading("short_answer")
        draft.lines.append(f"{escape(passage.text)} [{draft.cite(passage, passage.text)}]")


def _law(draft: Draft, question: str, found: Found, note: Sequence[Passage]) -> None:
    """Verbatim ledd of the leading §, and of a second one that is nearly as good."""
    laws = [hit for hit in found.hits if hit.source.kind.is_law]
    if not laws:
        return
    shown = [hit for hit in laws[:2] if hit.score >= SECOND_PARAGRAPH * found.hits[0].score] or (
        laws[:1] if found.hits[0].source.kind is Kind.NOTAT else []
    )
    asked = {reference.section_ref for reference in found.references}
    if asked:
        shown = [hit for hit in laws if hit.passage.section_ref in asked]
    lines = []
    for hit in shown:
        for passage in _ledd_shown(draft.index, question, hit, found.references, note if hit is shown[0] else []):
            quote = cut(passage.text, question)
            n = draft.cite(passage, quote)
            name = draft.index.law_names.write(passage.ref)
            title = f" ({passage.section.title})" if passage.section.title else ""
            lines += [
                *(f"> {escape(line)}" for line in f"«{quote}»".split("\n")),
                ">",
                f"> — [{name}]({lovdata_url(passage.ref)}){escape(title)} [{n}]",
                "",
            ]
        if not hit.source.in_force or not hit.passage.section.in_force:
            lines += [
                PHRASES[draft.language]["not_in_force"].format(
                    law=draft.index.law_names.write(hit.passage.section_ref)
                ),
                "",
            ]
    if lines:
        draft.heading("law_says")
        draft.lines += lines


def _ledd_shown(
    index: Index, question: str, hit: Hit, references: Sequence[Reference], note: Sequence[Passage]
) -> list[Passage]:
    """The ledd that matter: the one asked for, else those that share most with the question and the note's answer."""
    passages = index.store.section_passages(hit.passage.section_ref)
    asked = {r.ledd for r in references if r.section_ref == hit.passage.section_ref}
    numbered = {place.ledd: p for p in passages if (place := parse(p.ref))}
    if asked and None not in asked:
        return [numbered[ledd] for ledd in sorted(asked & numbered.keys(), key=lambda n: n or 0)]
    if asked:
        return passages
    said, short = set(terms(question)), _part(note, "kort-svar")
    answered = set(terms(short.text)) if short else set()
    shared = {p.id: 2 * len(said & (of_it := set(terms(p.text)))) + len(answered & of_it) for p in passages}
    ranked = sorted(passages, key=lambda p: (-shared[p.id], p.id != hit.passage.id, p.start))
    best = [
        p
        for p in ranked[: LEDD_SHOWN if note else 1]
        if shared[p.id] and shared[p.id] >= SECOND_LEDD * shared[ranked[0].id]
    ]
    return sorted(best or [hit.passage], key=lambda p: p.start)


def _basis(draft: Draft, note: Sequence[Passage]) -> None:
    """Name the paragraphs a note explains where none of them could be quoted, because their law is not indexed."""
    about = note[0].section.about
    if not any(citation.source.kind.is_law for citation in draft.citations):
        links = " · ".join(
            f"[{draft.index.law_names.write(ref)}]({lovdata_url(ref)})" for ref in about[:SEE_ALSO_SHOWN]
        )
        draft.lines += ["", f"{PHRASES[draft.language]['legal_basis']}: {links}"]


def _is_experience(hit: Hit) -> bool:
    return hit.source.kind in (Kind.EVALUERING, Kind.PRAKSIS, Kind.RUNDSKRIV, Kind.VEILEDER)


def _practice(draft: Draft, hits: Sequence[Hit]) -> None:
    if not hits:
        return
    draft.heading("practice")
    for hit in hits:
        quote = cut(hit.passage.text, "", longest=450)
        who = PHRASES[draft.language]["says"].format(
            who=hit.source.author or hit.source.publisher or hit.source.title,
            year=hit.source.date.year if hit.source.date else "u.å.",
            mark=hit.passage.section.mark or hit.source.kind,
        )
        draft.lines.append(f"{escape(who)}: {escape(quote)} [{draft.cite(hit.passage, quote)}]")


def _remember(draft: Draft, question: str, note: Sequence[Passage]) -> None:
    passage = _part(note, "husk")
    if not passage:
        return
    said = set(terms(question))
    points = [point for point in passage.text.split("\n") if point.startswith("- ")]
    best = sorted(points, key=lambda point: -len(said & set(terms(point))))[:REMEMBER_SHOWN]
    draft.heading("remember")
    for point in points:
        if point in best:
            draft.lines.append(f"- {escape(point[2:])} [{draft.cite(passage, point[2:])}]")
    if PHRASES[draft.language]["source_language"]:
        draft.lines += ["", f"*{PHRASES[draft.language]['source_language']}*"]


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


def cut(text: str, question: str, longest: int = LONGEST_QUOTE) -> str:
    """A verbatim piece of `text` of whole sentences, at most about `longest` characters, around what the question says."""
    if len(text) <= longest:
        return text
    said = set(terms(question))
    spans = sentences(text)
    start = max(range(len(spans)), key=lambda i: (len(said & set(terms(text[slice(*spans[i])]))), -i)) if said else 0
    first, last = start, start
    while last + 1 < len(spans) and spans[last + 1][1] - spans[first][0] <= longest:
        last += 1
    return text[spans[first][0] : spans[last][1]].strip()


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of `text`; «jf.», «nr. 5» and «bl.a.» end none."""
    spans, start = [], 0
    for match in _SENTENCE.finditer(text):
        if _ABBREVIATIONS.search(text[start : match.start()]):
            continue
        spans.append((start, match.start()))
        start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def escape(text: str) -> str:
    """Source text as Markdown that shows it letter for letter."""
    return _MARKDOWN.sub(r"\\\1", text)
