"""Rendering: answers and hits as JSON with stable keys, and as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

from bot.compose import link_of
from kb.index import Index
from kb.types import Answer, Citation, Hit, Source

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"


def hit_json(hit: Hit) -> dict[str, Json]:
    """One hit, as `navkb search --json` shows it."""
    passage = hit.passage
    return {
        "ref": passage.ref,
        "source": hit.source.id,
        "locator": passage.locator,
        "title": passage.section.title or hit.source.title,
        "kind": str(hit.source.kind),
        "score": round(hit.score, 5),
        "found_by": [str(finder) for finder in hit.found_by],
        "about": list(passage.section.about),
        "text": passage.text,
        "url": link_of(passage, hit.source),
    }


def citation_json(citation: Citation) -> dict[str, Json]:
    """One citation, as `navkb ask --json` shows it."""
    return {
        "n": citation.n,
        "ref": citation.passage.ref,
        "about": list(citation.passage.section.about),
        "source": citation.source.id,
        "title": citation.source.title,
        "kind": str(citation.source.kind),
        "quote": citation.quote,
        "url": citation.url,
    }


def search_json(question: str, hits: Sequence[Hit], ms: float) -> dict[str, Json]:
    """The whole answer of `navkb search --json`."""
    return {"question": question, "ms": ms, "hits": [hit_json(hit) for hit in hits]}


def answer_json(answer: Answer) -> dict[str, Json]:
    """The whole answer of `navkb ask --json`."""
    return {
        "question": answer.question,
        "language": answer.language,
        "refused": answer.refused,
        "text": answer.text,
        "citations": [citation_json(citation) for citation in answer.citations],
        "hits": [hit_json(hit) for hit in answer.hits],
        "warnings": list(answer.warnings),
        "model": answer.model,
        "ms": answer.ms,
    }


def sources_json(index: Index, today: date) -> list[dict[str, Json]]:
    """Every source, as `navkb sources --json` lists them: by authority, then by id."""
    counts = index.store.passage_counts()
    return [
        {
            "id": source.id,
            "kind": str(source.kind),
            "title": source.title,
            "in_force": source.in_force,
            "local": source.local,
            "in_force_from": source.in_force_from.isoformat() if source.in_force_from else None,
            "date": source.date.isoformat() if source.date else None,
            "age_days": (today - source.date).days if source.date else None,
            "passages": counts.get(source.id, 0),
            "language": source.language,
            "licence": source.licence,
            "url": source.url,
            "origin": source.origin,
        }
        for source in _by_authority(index)
    ]


def sources_text(index: Index) -> str:
    """Every source for the terminal, a line each, and how many they are."""
    counts = index.store.passage_counts()
    sources = _by_authority(index)
    lines = [
        f"{source.kind:<10} {source.id:<36} {counts.get(source.id, 0):>5}  {source.date or '':<10}  {source.title[:70]}"
        + ("" if source.in_force else "  IKKE I KRAFT")
        + ("  LOKAL" if source.local else "")
        for source in sources
    ]
    return "\n".join([*lines, f"{len(sources)} kilder, {index.size} passasjer."])


def _by_authority(index: Index) -> list[Source]:
    return sorted(index.store.sources().values(), key=lambda source: (source.kind.rank, source.id))


def answer_text(answer: Answer) -> str:
    """An answer for the terminal: the Markdown as it stands, then a numbered list of sources."""
    lines = [answer.text]
    if answer.citations:
        lines += ["", "Kjelder:" if answer.language == "nn" else "Kilder:"]
        lines += [
            f"[{c.n}] {c.source.names[0] if c.source.names else c.source.title} – {c.passage.locator}  {c.url}".rstrip()
            for c in answer.citations
        ]
    lines += [f"OBS: {warning}" for warning in answer.warnings]
    return "\n".join(lines)


def search_text(hits: Sequence[Hit]) -> str:
    """Hits for the terminal, two lines each."""
    lines = []
    for n, hit in enumerate(hits, 1):
        lines.append(f"{n:2}. {hit.passage.ref}  {hit.passage.section.title}  ({', '.join(hit.found_by)})")
        lines.append(f"    {' '.join(hit.passage.text.split())[:160]}")
    return "\n".join(lines) or "Ingen treff."
