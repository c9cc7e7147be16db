"""Text to vectors: the one-method protocol, and our own static encoder, read without torch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]
"""Shape (texts, dimensions), rows of length 1 (or 0 for a text without words)."""

SHIPPED = Path(__file__).parent / "static-nb"
"""The encoder that comes with navkb; `make encoder` trains it (ingest/train_encoder.py)."""


class Encoder(Protocol):
    """Anything that turns texts into vectors whose dot product is their likeness."""

    @property
    def stamp(self) -> str:
        """Names model and version: vectors of different stamps must not be mixed."""
        ...

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """One row per text; `query` tells models that treat questions and passages differently."""
        ...


class StaticEncoder:
    """The mean of trained token vectors: no network to run, so a text takes microseconds.

    Reads the same folder as `SentenceTransformer(folder)` does (a `StaticEmbedding` in the layout of
    model2vec: `embeddings` int8 of shape (tokens, dimensions), `weights` float32 one per token), but
    with NumPy and `tokenizers` alone, because importing sentence-transformers takes ten seconds.
    """

    def __init__(self, folder: Path = SHIPPED) -> None:
        self._folder = folder
        for name in ("model.safetensors", "tokenizer.json"):
            if not (folder / name).is_file():
                raise ModelError(
                    f"Encoderen i {str(folder)!r} mangler {name}. Hent den fra prosjektet, eller kjør «make encoder»."
                )

    @cached_property
    def stamp(self) -> str:
        digest = blake2b(digest_size=6)
        for name in ("model.safetensors", "tokenizer.json"):
            digest.update((self._folder / name).read_bytes())
        return f"{self._folder.name}-{digest.hexdigest()}"

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        embeddings, weights = self._model
        vectors = np.zeros((len(texts), embeddings.shape[1]), dtype=np.float32)
        for row, encoding in zip(
            vectors, self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False), strict=True
        ):
            if ids := encoding.ids:
                row[:] = weights[ids] @ embeddings[ids]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths > 0, lengths, 1)
        return vectors

    @cached_property
    def _model(self) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
        from safetensors.numpy import load_file

        tensors = load_file(self._folder / "model.safetensors")
        return tensors["embeddings"], tensors["weights"]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._folder / "tokenizer.json"))
