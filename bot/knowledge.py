"""The knowledge a long-lived chat answers from: the current snapshot, reopened when a sync has swapped it."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from kb.encoder import Encoder
from kb.index import Index, Snapshots, open_index


class Knowledge:
    """Gives the open index; safe to ask from many threads."""

    def __init__(self, data: Path, encoder: Encoder) -> None:
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
