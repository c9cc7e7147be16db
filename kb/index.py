"""An index on disk: snapshots side by side, one of them current, opened read-only with its stamps checked."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from kb.analysis import content_words, known_words
from kb.encoder import Encoder, Vectors
from kb.errors import IndexMismatch, IndexMissing
from kb.fields import EMBEDDED, SHORT_ANSWER, Field
from kb.references import LawNames, parse
from kb.store import SCHEMA_VERSION, PassageStore
from kb.types import Kind, Source
from kb.vectors import VectorIndex
from kb.vocabulary import Outside, Spellings, Synonyms, Vocabulary

PASSAGES_FILE = "passages.sqlite"
VECTORS_FOLDER = "vectors"
_CURRENT = "current"


@dataclass(frozen=True)
class Snapshots:
    """The folder that holds all snapshots of an index; `current` names the one that answers."""

    folder: Path

    def current(self) -> Path | None:
        """The snapshot that answers now, None before the first `navkb sync`."""
        try:
            name = (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        path = self.folder / name
        return path if name and (path / PASSAGES_FILE).exists() else None

    def all(self) -> list[Path]:
        """Every complete snapshot, oldest first (their names sort by time)."""
        return sorted(
            path.parent for path in self.folder.glob(f"*/{PASSAGES_FILE}") if not path.parent.name.endswith(".part")
        )

    def make_current(self, snapshot: Path) -> None:
        """Switch readers to `snapshot` in one atomic step."""
        pointer = self.folder / f"{_CURRENT}.tmp"
        with pointer.open("w", encoding="utf-8") as file:
            file.write(snapshot.name)
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self.folder / _CURRENT)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a section's source is to the rest: a note that gives way to indexed paragraphs, one of the home laws."""

    source: Source
    gives_way: bool
    home: bool


class Index:
    """One snapshot, open for reading, with the encoder its vectors come from."""

    def __init__(self, snapshot: Path, encoder: Encoder) -> None:
        self.snapshot = snapshot
        self.encoder = encoder
        self.store = PassageStore(snapshot / PASSAGES_FILE)
        self._check(encoder)
        self.size = self.store.count()
        self._standing: dict[str, Standing | None] = {}
        self._linked: dict[str, frozenset[str]] = {}
        self._meant: dict[str, Vectors] = {}
        self.vocabulary = Vocabulary.from_json(self.store.meta("vocabulary"))

    @cached_property
    def vectors(self) -> VectorIndex:
        """The vectors in Chroma, counted against the passage store when first used."""
        vectors = VectorIndex(self.snapshot / VECTORS_FOLDER)
        expected = int(self.store.meta("vectors") or 0)
        if vectors.count() != expected:
            raise IndexMismatch(
                f"Vektorene i indeksen {str(self.snapshot)!r} er ufullstendige ({vectors.count()} av {expected}). "
                "Kjør «navkb sync --rebuild» for å bygge dem på nytt."
            )
        return vectors

    @cached_property
    def finders(self) -> ThreadPoolExecutor:
        """Threads that ask Chroma for the nearest vectors of large fields while the words are looked up."""
        return ThreadPoolExecutor(len(EMBEDDED), thread_name_prefix="finder")

    @cached_property
    def law_names(self) -> LawNames:
        """Names of every law in the index or in the vocabulary."""
        names = {s.id: s.names for s in self.store.sources().values() if s.kind.is_law and s.names}
        for law_id, listed in self.vocabulary.laws.items():
            names[law_id] = tuple(dict.fromkeys((*listed, *names.get(law_id, ()))))
        return LawNames(names, home=self.vocabulary.home[0] if self.vocabulary.home else "")

    @cached_property
    def benefits(self) -> dict[str, str]:
        """The law that gives a benefit, by the benefit's stem."""
        return {
            said.stem: law
            for law, listed in self.vocabulary.benefits.items()
            for word in listed
            for said in content_words(word)
        }

    @cached_property
    def synonyms(self) -> Synonyms:
        """Other words for what a question says."""
        return Synonyms(self.vocabulary.synonyms)

    @cached_property
    def spellings(self) -> Spellings:
        """The words of the laws and of our notes, for questions that misspell them."""
        return Spellings(self.store.note_words() + Counter(known_words()))

    @cached_property
    def about(self) -> dict[str, tuple[str, ...]]:
        """What each note explains: note id to section references."""
        return self.store.about()

    def text_vectors(self, refs: Collection[str]) -> dict[str, Vectors]:
        """The vectors of each section's passages, shape (passages, dimensions); a row of zeros where there is none."""
        if new := [ref for ref in refs if ref not in self._meant]:
            passages = {ref: self.store.section_passages(ref) for ref in new}
            known = self.vectors.of(Field.TEXT, [passage.id for listed in passages.values() for passage in listed])
            nothing = np.zeros_like(next(iter(known.values()))) if known else np.zeros(1, dtype=np.float32)
            for ref, listed in passages.items():
                self._meant[ref] = np.array([known.get(passage.id, nothing) for passage in listed])
        return {ref: self._meant[ref] for ref in refs}

    @cached_property
    def _shared_notes(self) -> tuple[list[str], Vectors, list[int]]:
        """The paragraphs of notes about several, with text: their references, the vectors of all their ledd, and where
        each begins."""
        several = sorted({ref for about in self.about.values() if len(about) > 1 for ref in about})
        vectors = self.text_vectors(several)
        refs = [ref for ref in several if vectors[ref].any()]
        starts = np.cumsum([0, *(len(vectors[ref]) for ref in refs)]).tolist()[:-1]
        rows = np.concatenate([vectors[ref] for ref in refs]) if refs else np.zeros((0, 1), dtype=np.float32)
        return refs, rows, starts

    def likeness(self, vector: Vectors) -> dict[str, float]:
        """The cosine of a question's vector to the most alike ledd of each paragraph that shares a note with others."""
        refs, rows, starts = self._shared_notes
        if not refs:
            return {}
        cosines = np.einsum("ij,j->i", rows, vector)  # on one core: starting BLAS threads costs more than the work
        return dict(zip(refs, np.maximum.reduceat(cosines, starts).tolist(), strict=True))

    def linked(self, ref: str) -> frozenset[str]:
        """The sections that the notes about a section point on to; nothing for one without a note of its own."""
        if ref not in self._linked:
            own = (note for note in self.store.notes_about(ref) if self.about[note][0] == ref)
            told = (
                passage.section for note in own for passage in self.store.section_passages(f"{note}/{SHORT_ANSWER}")[:1]
            )
            links = (link for section in told for link in (*section.about, *section.see_also))
            self._linked[ref] = frozenset(place.section_ref if (place := parse(link)) else link for link in links)
        return self._linked[ref]

    def standing(self, ref: str) -> Standing | None:
        """The standing of the source a reference points into, None when it is not indexed."""
        if ref not in self._standing:
            source = self._source_of(ref)
            self._standing[ref] = self._standing_of(source) if source else None
        return self._standing[ref]

    def _source_of(self, ref: str) -> Source | None:
        sources = self.store.sources()
        while "/" in ref:
            if ref in sources:
                return sources[ref]
            ref = ref.rpartition("/")[0]
        return None

    def _standing_of(self, source: Source) -> Standing:
        explained = self.about.get(source.id, ())
        gives_way = (
            source.kind is Kind.NOTAT
            and not source.stands_alone
            and any(self._source_of(ref) is not None for ref in explained)
        )
        first = explained[0] if explained else source.id
        home = any(first == law or first.startswith(f"{law}/") for law in self.vocabulary.home)
        return Standing(source, gives_way, home)

    @cached_property
    def authors(self) -> tuple[str, ...]:
        """Those who wrote the sources: names that may be said."""
        return tuple(sorted({s.author for s in self.store.sources().values() if s.author}))

    @cached_property
    def outside(self) -> tuple[list[Outside], Vectors]:
        """Topics we do not cover, one row per question about them, with the vectors of these questions."""
        asked = [(topic, question) for topic in self.vocabulary.outside for question in topic.questions]
        return [topic for topic, _ in asked], self.encoder.encode([question for _, question in asked], query=True)

    @cached_property
    def has_law(self) -> bool:
        """Whether any law text is indexed (it is not before the first sync with Lovdata in reach)."""
        return any(source.kind is Kind.LOV for source in self.store.sources().values())

    def close(self) -> None:
        """Let go of the files."""
        if "finders" in self.__dict__:
            self.finders.shutdown()
        self.store.close()
        if "vectors" in self.__dict__:
            self.vectors.close()

    def _check(self, encoder: Encoder) -> None:
        schema, stamp = self.store.meta("schema"), self.store.meta("encoder")
        if schema != SCHEMA_VERSION:
            raise IndexMismatch(
                f"Indeksen {str(self.snapshot)!r} er bygd av en annen versjon av navkb ({schema or 'ukjent'}, her {SCHEMA_VERSION}). Kjør «navkb sync»."
            )
        if stamp != encoder.stamp:
            raise IndexMismatch(
                f"Indeksen {str(self.snapshot)!r} er bygd med encoderen {stamp!r}, men innstillingene sier {encoder.stamp!r}. "
                "Kjør «navkb sync», eller sett NAVKB_ENCODER tilbake."
            )


def open_index(data: Path, encoder: Encoder) -> Index:
    """Open the current snapshot under the data folder.

    Raises `IndexMissing` when there is none, `IndexMismatch` when another encoder built it.
    """
    snapshot = Snapshots(data / "index").current()
    if snapshot is None:
        raise IndexMissing(f"Det finnes ingen indeks i {str(data)!r} ennå. Kjør «navkb sync» først.")
    return Index(snapshot, encoder)
