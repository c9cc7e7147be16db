"""Fakes: an encoder without a model, in which shared words and shared letters give likeness, and a shelf of passages
without an index."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast
from zlib import crc32

import numpy as np

from kb.analysis import terms
from kb.encoder import Vectors
from kb.index import Index
from kb.references import LawNames
from kb.types import Kind, Passage, Section, Source


class HashingEncoder:
    """Counts stems and the letter groups in them, hashed into a fixed number of places: the same every time."""

    def __init__(self, dimensions: int = 1024) -> None:
        self.dimensions = dimensions

    @property
    def stamp(self) -> str:
        return f"hashing-{self.dimensions}"

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term in terms(text):
                framed = f"<{term}>"
                groups = [framed, *(framed[i : i + 4] for i in range(len(framed) - 3))]
                for group in groups:
                    hashed = crc32(group.encode())
                    row[(hashed >> 1) % self.dimensions] += (1 if hashed & 1 else -1) / len(groups) ** 0.5
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths > 0, lengths, 1)
        return vectors


def shelf(
    *texts: str, law: str = "lov/2009-12-18-131", name: str = "sosialtjenesteloven"
) -> tuple[Index, list[Passage]]:
    """As much of an index as verification reads, and one passage per text: §§ 1, 2, … of a law."""
    sources = {law: Source(law, Kind.LOV, f"Lov om noe ({name})", (name,))}
    other = "lov/1967-02-10"
    names = LawNames({law: (name, "stl."), other: ("forvaltningsloven", "fvl.")}, home=law)
    listed = []
    for n, text in enumerate(texts, 1):
        section = Section(f"§{n}", text, title="Om stønad")
        listed.append(Passage(f"{law}-{n}", law, f"§{n}/ledd/1", 0, len(text), text, section))
    return cast(Index, SimpleNamespace(store=SimpleNamespace(sources=lambda: sources), law_names=names)), listed
