"""Imports point down, each outside library has its door, and docs/architecture.md says what the modules say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "kb": {"kb"},
    "ingest": {"ingest", "kb"},
    "bot": {"bot", "kb"},
    "evals": {"evals", "bot", "ingest", "kb"},
}
DOORS = {
    "chromadb": {"kb/vectors.py"},
    "sentence_transformers": {"kb/sentence_encoder.py"},
    "httpx": {"ingest/fetch_archive.py", "ingest/fetch_url.py"},
    "trafilatura": {"ingest/html.py"},
    "lxml": {"ingest/html.py"},
    "chainlit": {"bot/chat.py", "bot/server.py"},
    "fastapi": {"bot/api.py", "bot/server.py"},
    "mcp": {"bot/mcp_server.py"},
    "pydantic": {"bot/schema.py", "bot/mcp_server.py"},
    "starlette": {"bot/api.py", "bot/border.py"},
    "snowballstemmer": {"kb/analysis.py"},
    "simplemma": {"ingest/lemmas.py"},
    "yaml": {"ingest/notes.py"},
    "tokenizers": {"kb/encoder.py", "ingest/train_encoder.py"},
    "torch": {"ingest/train_encoder.py"},
    "llama_index": {"bot/model.py", "bot/retriever.py", "evals/judge.py", "evals/peers.py"},
    "openai": {"bot/model.py"},
    "pypdf": {"ingest/pdf.py", "ingest/drawing.py"},
    "docx": {"ingest/word.py"},
    "pptx": {"ingest/powerpoint.py"},
    "ir_measures": {"evals/measures.py"},
    "bm25s": {"evals/peers.py"},
    "socketio": {"evals/users.py"},
    "sqlite3": {"kb/store.py", "kb/word_index.py", "ingest/apply.py"},
}
LATE = {
    "chromadb",
    "sentence_transformers",
    "httpx",
    "torch",
    "llama_index",
    "trafilatura",
    "lxml",
    "pypdf",
    "docx",
    "pptx",
}
"""Slow to import: never at the top of a module."""
NAMES_TO_AVOID = {
    "helper",
    "helpers",
    "util",
    "utils",
    "common",
    "manager",
    "service",
    "factory",
    "engine",
    "processor",
}

MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def _imports(path: Path, *, top_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    found = {alias.name.partition(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return found | {(node.module or "").partition(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_keeps_the_rules(path: Path) -> None:
    package, name = path.relative_to(ROOT).parts[0], str(path.relative_to(ROOT))
    imported = _imports(path)
    assert imported & MAY_IMPORT.keys() <= MAY_IMPORT[package], "imports point the wrong way"
    for library, doors in DOORS.items():
        assert library not in imported or name in doors, f"{library} comes in through {doors}"
    if name not in ("bot/chat.py", "bot/retriever.py", "kb/vectors.py"):
        assert not (LATE & _imports(path, top_only=True)), "a slow library is imported at the top"
    assert path.stem not in NAMES_TO_AVOID


def test_the_architecture_page_says_what_the_modules_say() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^- `([\w/.]+\.py)` – (.+)$", page, re.MULTILINE))
    said = {}
    for path in MODULES:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert docstring, f"{path} does not say what it is for"
        said[str(path.relative_to(ROOT))] = docstring.split("\n\n")[0].replace("\n", " ")
    assert listed == said


def test_no_third_party_library_is_imported_before_it_is_needed() -> None:
    """The first answer must come fast: `navkb ask` may load Chroma, never torch, LlamaIndex or Chainlit."""
    for name in ("kb/search.py", "bot/answer.py", "bot/render.py", "navkb.py"):
        assert not (_imports(ROOT / name, top_only=True) & {"chainlit", "torch", "llama_index", "uvicorn", "fastapi"})
