"""The door to sentence-transformers: any of its models as an encoder, with the prefixes it was trained with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np

from kb.encoder import Vectors
from kb.errors import ModelError

PREFIXES = {"e5": ("query: ", "passage: ")}
"""Model families (by a part of the name) that expect a prefix before queries and passages."""


class SentenceEncoder:
    """A sentence-transformers model by hub name or folder; loading one takes ten seconds or more."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelError(
                f"NAVKB_ENCODER={model!r} trenger sentence-transformers. Kjør «pip install -c constraints.txt -e '.[models]'»."
            ) from error
        try:
            self._model = SentenceTransformer(model, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelError(
                f"Modellen {model!r} kunne ikke lastes ({error}). Sjekk NAVKB_ENCODER, eller ta den bort for å bruke den innebygde."
            ) from error
        self._name = Path(model).name
        self._query, self._passage = next(
            (pair for part, pair in PREFIXES.items() if part in self._name.lower().split("-")), ("", "")
        )

    @property
    def stamp(self) -> str:
        return f"sentence-transformers-{self._name}"

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        prefix = self._query if query else self._passage
        encoded = self._model.encode(
            [prefix + text for text in texts], normalize_embeddings=True, show_progress_bar=len(texts) > 5_000
        )
        return cast(Vectors, np.asarray(encoded, dtype=np.float32))
