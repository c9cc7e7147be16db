"""What each step and each constant of the search brings: Markdown for docs/evals.md (`python -m evals.ladder`)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from math import inf
from pathlib import Path
from statistics import mean
from typing import Any

from evals.measures import measured, stands_for
from evals.questions import Question, QuestionKind
from evals.run import ALL, DEPTH, chosen
from kb import finders, priors, search
from kb import word_index as indexing
from kb.analysis import Word, words
from kb.encoder import StaticEncoder, Vectors
from kb.fields import Field
from kb.index import Index, open_index
from kb.settings import Settings
from kb.store import PassageStore
from kb.types import Document, Kind
from kb.vocabulary import Spellings, Synonyms

ITSELF = "§ itself"
"""All, when a note counts for nothing but itself: whether the law stands there too."""
TOGETHER = "multi all@5"
"""Of the questions that need several places, those that find all of them among the first five."""
KINDS = tuple(kind.value for kind in QuestionKind if kind is not QuestionKind.REFUSAL)
PRIORS: Mapping[str, Any] = {
    "NOTE_ITSELF": 1.0,
    "NAMED_LAW": 1.0,
    "BENEFIT_LAW": 1.0,
    "HOME_LAW": 1.0,
    "EXPERIENCE": 1.0,
    "WITHOUT_QUESTIONS": 1.0,
    "LAW_FIRST": inf,
    "LAW_MEANT": inf,
    "LINKED": 0.0,
    "LINKED_NEXT": 0.0,
    "PART_ANSWERED": inf,
    "NOT_IN_FORCE": 1.0,
}
"""The priors of the search, each with the value that takes its effect away."""
OFF: Mapping[str, Any] = {
    **PRIORS,
    "CANDIDATES": 10,
    "PART_CANDIDATES": 4,
    "KEPT_FIRST": 1,
    "PULL": 0.0,
    "PULL_FALLS": inf,
    "PULL_SHARED": 0.0,
    "REFERENCE_SCORE": 0.0,
}
"""The same for every constant with one value; of the candidates four fifths are taken."""
WEIGHTS = {"WORD_WEIGHT": "words", "MEANING_WEIGHT": "meaning"}
"""Constants with a weight for each field, taken away one field at a time."""
STEPS: Sequence[tuple[str, frozenset[Field], bool, bool]] = (
    ("Norwegian words (stems, compounds, synonyms, slips)", frozenset({Field.TEXT}), False, False),
    ("+ words of the notes", frozenset({Field.TEXT, Field.NOTE, Field.WORDS}), False, False),
    ("+ typical questions, one by one", frozenset(Field) - {Field.THEME}, False, False),
    ("+ all that is said of a section, together (theme)", frozenset(Field), False, False),
    ("+ meaning (static encoder)", frozenset(Field), True, False),
    ("+ priors", frozenset(Field), True, True),
)
"""Steps after the first: what it is called, fields, whether meaning takes part, whether priors do."""


NO_LIKENESS: tuple[list[str], list[float], list[int]] = ([], [], [])
"""Without meaning a note about several paragraphs pulls in all of them alike."""


class _NoVectors:
    """Finds nothing by meaning."""

    def in_memory(self, field: Field) -> bool:
        return True

    def nearest(self, field: Field, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        return []


MODULES = (finders, priors, search)
"""Where the constants of the search stand."""


@contextmanager
def constants(**values: Any) -> Iterator[None]:
    """Other values for constants of the search, wherever they are known by name; an unknown one is an error."""
    with ExitStack() as stack:
        for name, value in values.items():
            known = [module for module in MODULES if hasattr(module, name)]
            if not known:
                raise AttributeError(f"no module of the search has a constant {name}")
            for module in known:
                stack.enter_context(changed(module, **{name: value}))
        yield


@contextmanager
def changed(thing: object, **values: Any) -> Iterator[None]:
    """Other values for names of a module or an object; a name it does not have is an error."""
    before = {name: getattr(thing, name) for name in values}
    try:
        for name, value in values.items():
            setattr(thing, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(thing, name, value)


def quality(index: Index, questions: Sequence[Question]) -> dict[str, float]:
    """hit@3 of all and by kind, and all@5 of those that need several places, as the search stands now.

    What scored nothing was not found.
    """
    counted, strictly = [], []
    for question in questions:
        hits = [hit.passage for hit in search.search(index, question.question, DEPTH).hits if hit.score > 0]
        wanted = (*question.gold, *question.also)
        counted.append((question, stands_for(((hit.ref, hit.section.about) for hit in hits), wanted)))
        strictly.append((question, stands_for(((hit.ref, ()) for hit in hits), wanted)))
    figures = measured(counted)
    found = {ALL: mean(row["hit@3"] for row in figures.values())}
    found[ITSELF] = mean(row["hit@3"] for row in measured(strictly).values())
    for kind in KINDS:
        listed = [figures[question.id]["hit@3"] for question in questions if question.kind == kind]
        found[kind] = mean(listed) if listed else 0.0
    several = [figures[question.id]["all@5"] for question in questions if question.kind is QuestionKind.MULTI]
    found[TOGETHER] = mean(several) if several else 0.0
    return found


@contextmanager
def raw_words(index: Index, folder: Path) -> Iterator[None]:
    """Words as they are written, without stems, compounds or synonyms, in a word index of all but the notes."""
    with changed(indexing, terms=words):
        store = PassageStore(folder / "raw.sqlite", writable=True)
        for source in index.store.sources().values():
            if source.kind is not Kind.NOTAT:
                passages = index.store.source_passages(source.id)
                sections = {passage.section.locator: passage.section for passage in passages}
                store.replace_document(Document(source, tuple(sections.values())), "", passages)
        store.commit()
    as_written = {"content_words": lambda text: (Word(word, word) for word in words(text))}
    nothing = {"synonyms": Synonyms(()), "spellings": Spellings(Counter()), "about": {}}
    with changed(index, **nothing), changed(index, store=store), changed(finders, **as_written):
        yield
    store.close()


def steps(index: Index, questions: Sequence[Question]) -> Iterator[tuple[str, dict[str, float]]]:
    """The ladder: one thing added at a time."""
    with (
        tempfile.TemporaryDirectory() as folder,
        changed(index, vectors=_NoVectors(), _shared_notes=NO_LIKENESS),
        raw_words(index, Path(folder)),
        constants(WORD_WEIGHT=_only(frozenset({Field.TEXT})), **PRIORS),
    ):
        yield "words of laws and documents as they are written", quality(index, questions)
    for name, fields, meaning, with_priors in STEPS:
        with (
            constants(WORD_WEIGHT=_only(fields), **({} if with_priors else PRIORS)),
            changed(index, **({} if meaning else {"vectors": _NoVectors(), "_shared_notes": NO_LIKENESS})),
        ):
            yield name, quality(index, questions)


def _only(fields: frozenset[Field]) -> dict[Field, float]:
    return {field: weight if field in fields else 0.0 for field, weight in finders.WORD_WEIGHT.items()}


def without_each(index: Index, questions: Sequence[Question]) -> Iterator[tuple[str, dict[str, float]]]:
    """One constant of the search taken away at a time."""
    for constant, finder in WEIGHTS.items():
        weights = getattr(finders, constant)
        for field in weights:
            with constants(**{constant: {**weights, field: 0.0}}):
                yield f"no {finder} in {field} (`{constant}` {weights[field]:g})", quality(index, questions)
    for constant, value in OFF.items():
        before = next(getattr(module, constant) for module in MODULES if hasattr(module, constant))
        with constants(**{constant: value}):
            found = quality(index, questions)
        yield f"`{constant}` {before} → {value}", found


def table(rows: Iterator[tuple[str, dict[str, float]]]) -> Iterator[str]:
    """Rows as lines of a Markdown table, each as soon as it is measured."""
    columns = (ALL, ITSELF, *KINDS, TOGETHER)
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for name, found in rows:
        yield f"| {name} | {' | '.join(f'{value:.3f}' for value in found.values())} |"


def main() -> None:
    """Print both tables over the dev questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["dev", "test"], default="dev", help="hvilken del av spørsmålene")
    arguments = parser.parse_args()
    index = open_index(Settings.from_environment().data, StaticEncoder())
    questions = [q for q in chosen(Path(__file__).parent / "questions", arguments.split) if q.gold]
    for title, rows in (("One thing added at a time", steps), ("One constant taken away", without_each)):
        sys.stdout.write(f"hit@3 on {arguments.split}. {title}:\n\n")
        for line in table(rows(index, questions)):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        sys.stdout.write("\n")
    index.close()


if __name__ == "__main__":
    main()
