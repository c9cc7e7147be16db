"""The door to MCP: `navkb mcp` gives other assistants the tools ask, search and get_provision over standard input and output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import Any

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from pydantic import BaseModel, ValidationError

from bot.failures import logged
from bot.knowledge import Knowledge
from bot.render import Json
from bot.replies import answer, hits, paragraph
from bot.schema import (
    VERSION,
    AnswerBody,
    AskRequest,
    ProvisionBody,
    ProvisionRequest,
    SearchBody,
    SearchRequest,
    complaint,
)
from kb.errors import NavkbError

INSTRUCTIONS = (
    "Kunnskapsbase for veiledere ved NAV-kontor: sosialtjenesteloven, NAV-loven, forvaltningsloven, forskrifter, fagnotater og "
    "erfaringer. Sitatene er kontrollert ordrett mot kilden; oppgi alltid kilden og lenken videre. Når «refused» er sann, "
    "dekker kildene ikke spørsmålet: si det, og svar ikke på egen hånd. Send aldri navn, fødselsnummer eller andre "
    "personopplysninger."
)


@dataclass(frozen=True)
class _Tool:
    """One tool: what it is for, what it takes and gives, and what it does."""

    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Any], Mapping[str, Json]]

    def listed(self, name: str) -> types.Tool:
        """The tool as a client sees it; none of them changes anything or reaches beyond the index."""
        return types.Tool(
            name=name,
            title=self.title,
            description=self.description,
            inputSchema=self.takes.model_json_schema(),
            outputSchema=self.gives.model_json_schema(),
            annotations=types.ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False),
        )


class _Refused(Exception):
    """Carries a Norwegian sentence to the client: the SDK makes a tool error of it."""


def serve(knowledge: Knowledge, today: date) -> None:
    """Answer one client until it closes our standard input. Only the protocol is written to standard output."""
    anyio.run(_serve, build_server(knowledge, today))


def build_server(knowledge: Knowledge, today: date) -> Server[Any, Any]:
    """The server with its three tools."""
    tools = _tools(knowledge, today)
    server: Server[Any, Any] = Server("navkb", version=VERSION, instructions=INSTRUCTIONS)

    @server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]
    async def list_tools() -> list[types.Tool]:
        return [tool.listed(name) for name, tool in tools.items()]

    # The SDK's own check of the input would repeat what was sent, in English.
    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
    async def call_tool(name: str, arguments: dict[str, Any]) -> tuple[list[types.ContentBlock], dict[str, Any]]:
        if name not in tools:
            raise _Refused(f"Verktøyet finnes ikke. De som finnes, er {', '.join(tools)}.")
        given = dict(await anyio.to_thread.run_sync(_result, tools[name], arguments))
        return [types.TextContent(type="text", text=json.dumps(given, ensure_ascii=False))], given

    return server


def _tools(knowledge: Knowledge, today: date) -> dict[str, _Tool]:
    return {
        "ask": _Tool(
            "Spør",
            "Svar på et spørsmål om sosiale tjenester i NAV, med ordrette sitater og lenker til lov, forskrift og "
            "fagnotater. Bruk dette først. «refused» er sann når kildene ikke dekker spørsmålet.",
            AskRequest,
            AnswerBody,
            lambda request: answer(knowledge, request, today),
        ),
        "search": _Tool(
            "Søk",
            "Finn passasjer i lover, forskrifter, fagnotater og erfaringer, best først. Bruk dette når du trenger flere kilder "
            "enn svaret viser.",
            SearchRequest,
            SearchBody,
            lambda request: hits(knowledge, request),
        ),
        "get_provision": _Tool(
            "Hent paragraf",
            "Hent en paragraf ordrett, ledd for ledd, med lenke og fagnotatene som forklarer den.",
            ProvisionRequest,
            ProvisionBody,
            lambda request: paragraph(knowledge, request),
        ),
    }


def _result(tool: _Tool, arguments: dict[str, Any]) -> Mapping[str, Json]:
    try:
        return tool.run(tool.takes.model_validate(arguments))
    except ValidationError as error:
        raise _Refused(complaint([dict(found) for found in error.errors()])) from None
    except NavkbError as error:
        raise _Refused(str(error)) from None
    except Exception as error:  # noqa: BLE001 – an entry point; the log gets the facts, the client an id
        number = logged(error)
        raise _Refused(f"Noe gikk galt. Oppgi nummeret {number} til den som drifter navkb.") from None


async def _serve(server: Server[Any, Any]) -> None:
    protocol = anyio.wrap_file(TextIOWrapper(sys.stdout.buffer, encoding="utf-8"))
    with redirect_stdout(sys.stderr):  # what a library prints must not end up between two messages
        async with stdio_server(stdout=protocol) as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
