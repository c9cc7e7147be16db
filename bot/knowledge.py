"""The knowledge a long-lived server answers from: the current snapshot, reopened when a sync has swapped it, and the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from bot.answer import ask
from bot.gaps import count_gap
from kb.encoder import Encoder
from kb.index import Index, Snapshots, open_index
from kb.types import Answer, Turn

if TYPE_CHECKING:
    from bot.model import LanguageModel


class Knowledge:
    """Gives the open index, and answers from it; safe to ask from many threads."""

    def __init__(self, data: Path, encoder: Encoder, model: LanguageModel | None = None) -> None:
        self.model = model
        self._data = data
        self._encoder = encoder
        self._lock = Lock()
        self._index: Index | None = None

    def index(self) -> Index:
        """The index of the current snapshot. Raises `IndexMissing` or `IndexMismatch` as `open_index` does."""
        current = Snapshots(self._data / "index").current()
        with self._lock:
            if self._index is None or (current is not None and self._index.snapshot != current):
                # The old one is left to the garbage collector: a question may still be reading it.
                self._index = open_index(self._data, self._encoder)
            return self._index

    def answer(
        self,
        question: str,
        today: date,
        turns: Sequence[Turn] = (),
        on_draft: Callable[[str], None] = lambda text: None,
    ) -> Answer:
        """What `bot.answer.ask` answers, a refusal counted for the gap report. Raises what it raises."""
        index = self.index()
        given = ask(index, question, today, turns, self.model, on_draft=on_draft)
        count_gap(index, self._data, given, today)
        return given
