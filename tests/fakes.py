"""Fakes: an encoder without a model, in which shared words and shared letters give likeness."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from kb.analysis import terms
from kb.encoder import Vectors


class HashingEncoder:
    """Counts stems and the letter groups in them, hashed into a fixed number of places: the same every time."""

    def __init__(self, dimensions: int = 256) -> None:
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
