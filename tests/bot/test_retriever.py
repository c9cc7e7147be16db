"""The knowledge base as a LlamaIndex retriever."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from fakes import HashingEncoder

pytestmark = pytest.mark.skipif(
    find_spec("llama_index") is None, reason="LlamaIndex er ikke installert; pip install -c constraints.txt -e '.[llm]'"
)


def test_hits_come_as_nodes(cake_data: Path) -> None:
    from bot.retriever import NavkbRetriever

    nodes = NavkbRetriever(cake_data, HashingEncoder(), k=3).retrieve(
        "hun fikk ikke fredagskaffe, hva har hun krav på?"
    )
    assert nodes[0].node.metadata["ref"].startswith("lov/2020-01-02-3/§2/ledd/")
    assert nodes[0].node.metadata["url"] == "https://lovdata.no/lov/2020-01-02-3/%C2%A72"
    assert len(nodes) == 3


def test_what_the_sources_do_not_cover_gives_no_nodes(cake_data: Path) -> None:
    from bot.retriever import NavkbRetriever

    assert NavkbRetriever(cake_data, HashingEncoder()).retrieve("Hvordan blir været i Bergen på søndag?") == []
