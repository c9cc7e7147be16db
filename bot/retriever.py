"""The door to LlamaIndex: the knowledge base as a retriever, so that LlamaIndex users can plug it into their own apps."""

from __future__ import annotations

from pathlib import Path

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from bot.answer import is_confident
from bot.knowledge import Knowledge
from bot.render import hit_json
from kb.encoder import Encoder
from kb.search import search


class NavkbRetriever(BaseRetriever):
    """Gives the hits of `kb.search` as nodes, best first, with the keys of `navkb search --json` as metadata.

    Where the search is not confident it gives none: LlamaIndex's engines answer from whatever they are
    given, and nothing is the only way to say that the sources do not cover a question.
    """

    def __init__(self, data: Path, encoder: Encoder, k: int = 10) -> None:
        self._knowledge = Knowledge(data, encoder)
        self._k = k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = search(self._knowledge.index(), query_bundle.query_str, self._k)
        if not is_confident(found):
            return []
        return [
            NodeWithScore(
                node=TextNode(
                    id_=hit.passage.id,
                    text=hit.passage.text,
                    metadata={key: value for key, value in hit_json(hit).items() if key != "text"},
                ),
                score=hit.score,
            )
            for hit in found.hits
        ]
