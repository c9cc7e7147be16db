"""`navkb mcp` as an assistant meets it: a real process, the SDK's own client, three tools."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest import mock

import anyio
import pytest
from conftest import TODAY, write_corpus
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.shared.memory import create_connected_server_and_client_session
from test_command_line import navkb

from bot.knowledge import Knowledge
from bot.mcp_server import build_server
from bot.provision import NOTES, provision
from bot.schema import ProvisionBody
from ingest.sync import sync
from kb.encoder import StaticEncoder
from kb.errors import IndexMissing, UsageError
from kb.index import Index

ROOT = Path(__file__).parent.parent.parent
KAKE = "Hun fikk ikke fredagskaffe, hva har hun krav på?"
NUMBER = "13876698743"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, lovdata_folder: Path) -> Path:
    """A data folder whose index `navkb mcp` can open."""
    folder = tmp_path_factory.mktemp("mcp")
    sync([write_corpus(folder / "corpus")], folder / "data", StaticEncoder(), lovdata_folder.as_uri(), TODAY)
    return folder / "data"


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "NAVKB_DATA": str(data), "NAVKB_TODAY": TODAY.isoformat(), "PYTHONUTF8": "1"}


NOISY = """
import bot.replies
quiet = bot.replies.search
bot.replies.search = lambda *arguments: (print("støy"), quiet(*arguments))[1]
import navkb
navkb.main(["mcp"])
"""
"""`navkb mcp` with a library in it that prints."""


def with_client(data: Path, log: Path, use: Callable[[ClientSession], Awaitable[None]]) -> str:
    """Start `navkb mcp`, use it over the SDK's client; returns what it wrote to standard error."""
    server = StdioServerParameters(command=sys.executable, args=["-c", NOISY], cwd=ROOT, env=environment(data))
    strange: list[Exception] = []

    async def keep(message: object) -> None:
        if isinstance(message, Exception):
            strange.append(message)

    async def run() -> None:
        with log.open("w", encoding="utf-8") as errors:
            async with (
                stdio_client(server, errlog=errors) as streams,
                ClientSession(*streams, message_handler=keep) as session,
            ):
                started = await session.initialize()
                assert started.serverInfo.name == "navkb"
                assert "personopplysninger" in (started.instructions or "")
                await use(session)

    anyio.run(run)
    assert not strange, "something but the protocol was written to standard output"
    return log.read_text(encoding="utf-8")


def said(result: types.CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, types.TextContent)
    return content.text


def from_command_line(*arguments: str, data: Path) -> Any:
    return json.loads(navkb(*arguments, data=data, NAVKB_TODAY=TODAY.isoformat()).stdout)


def without_time(answer: Any) -> Any:
    return {**answer, "ms": 0}


WRONG = [
    ("ask", {"question": f"gjelder {NUMBER}"}, "fødselsnummer"),
    ("ask", {"question": ""}, "«question» skal være"),
    ("ask", {}, "«question» skal være"),
    ("ask", {"question": "kake", "navn": "Kari"}, "ikke er kjent"),
    ("search", {"question": "kake", "k": 0}, "«k» skal være"),
    ("get_provision", {"reference": "hva som helst"}, "«sotjl § 18»"),
    ("get_provision", {"reference": "kakeloven § 99"}, "kakeloven § 99 finnes ikke"),
    ("get_provision", {"reference": f"kakeloven § 2 {NUMBER}"}, "fødselsnummer"),
    ("slett_alt", {}, "ask, search, get_provision"),
]


def test_the_tools_say_what_the_command_line_says(data: Path, tmp_path: Path) -> None:
    async def use(session: ClientSession) -> None:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        assert set(tools) == {"ask", "search", "get_provision"}
        for tool in tools.values():
            assert tool.description
            assert tool.outputSchema
            assert tool.annotations is not None
            assert tool.annotations.readOnlyHint

        answer = await session.call_tool("ask", {"question": KAKE})
        assert not answer.isError
        assert without_time(answer.structuredContent) == without_time(
            from_command_line("ask", "--json", KAKE, data=data)
        )
        assert json.loads(said(answer)) == answer.structuredContent
        assert "å" in said(answer), "Norwegian letters are written as they are"

        hits = await session.call_tool("search", {"question": KAKE, "k": 2})
        assert without_time(hits.structuredContent) == without_time(
            from_command_line("search", "--json", "-k", "2", KAKE, data=data)
        )

        for name, arguments, sentence in WRONG:
            result = await session.call_tool(name, arguments)
            assert result.isError, name
            assert sentence in said(result)
            assert NUMBER not in said(result)

        place = await session.call_tool("get_provision", {"reference": "kakeloven § 2"})
        assert place.structuredContent is not None
        assert place.structuredContent["ref"] == "lov/2020-01-02-3/§2"

    log = with_client(data, tmp_path / "log", use)
    assert NUMBER not in log
    assert "fredagskaffe" not in log
    assert "støy" in log


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [(IndexMissing("Kjør «navkb sync» først."), "Kjør «navkb sync»"), (ValueError(KAKE), "Oppgi nummeret")],
)
def test_what_fails_is_told_in_a_sentence(
    tmp_path: Path, broken: Exception, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    knowledge = Knowledge(tmp_path, StaticEncoder())

    async def run() -> None:
        async with create_connected_server_and_client_session(build_server(knowledge, TODAY)) as session:
            result = await session.call_tool("ask", {"question": KAKE})
            assert result.isError
            assert sentence in said(result)

    with mock.patch.object(knowledge, "index", side_effect=broken):
        anyio.run(run)
    assert KAKE not in caplog.text


def test_without_the_package_the_cure_is_named(tmp_path: Path) -> None:
    with mock.patch.dict(sys.modules, {"mcp": None}):
        sys.modules.pop("bot.mcp_server", None)
        done = navkb("mcp", data=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'navkb[mcp]'" in done.stderr


@pytest.mark.parametrize("reference", ["kakeloven § 2", "kakeloven § 2 andre ledd", "lov/2020-01-02-3/§2"])
def test_a_provision_comes_ledd_by_ledd_with_its_notes(cake_index: Index, reference: str) -> None:
    given = ProvisionBody.model_validate(provision(cake_index, reference))
    assert (given.ref, given.name) == ("lov/2020-01-02-3/§2", "kakeloven § 2")
    assert given.url == "https://lovdata.no/lov/2020-01-02-3/%C2%A72"
    assert [ledd.ref for ledd in given.ledd] == [f"lov/2020-01-02-3/§2/ledd/{n}" for n in range(1, len(given.ledd) + 1)]
    passages = cake_index.store.section_passages(given.ref)
    assert [ledd.text for ledd in given.ledd] == [passage.text for passage in passages]
    (note,) = given.notes
    assert note.ref == "notat/kakeloven-2"
    assert [part.title for part in note.parts] == ["Kort svar", "Vilkår og vurdering", "Husk"]
    assert len(given.notes) <= NOTES


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        (" ", "tomt"),
        ("kake", "ikke til en bestemmelse"),
        ("kakeloven", "ikke til en bestemmelse"),
        ("kakeloven §§ 1 og 2", "flere bestemmelser"),
        ("kakeloven § 2 niende ledd", "ikke et ledd 9"),
        ("lov/1814-05-17/§1", "finnes ikke i indeksen"),
    ],
)
def test_what_names_no_provision_is_told(cake_index: Index, reference: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        provision(cake_index, reference)
