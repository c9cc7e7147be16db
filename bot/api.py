"""The HTTP API beside the chat: the command line's JSON for other programs, with errors as problem documents."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route

from bot.border import PROBLEMS, Border, ProblemResponse, problem
from bot.knowledge import Knowledge
from bot.render import sources_json
from bot.replies import answer, hits
from bot.schema import (
    VERSION,
    AnswerBody,
    AskRequest,
    ProblemBody,
    SearchBody,
    SearchRequest,
    SourceBody,
    complaint,
)
from kb.errors import IndexMismatch, IndexMissing, UsageError

log = logging.getLogger(__name__)

PATH = "/api"
DESCRIPTION = (
    "Svar og søk i kunnskapsbasen for NAV-veiledere, med den samme JSON-en som `navkb ask --json`, `navkb search --json` "
    "og `navkb sources --json`.\n\n"
    "Send aldri personopplysninger: et fødselsnummer i et spørsmål stopper det. Ingenting av det du spør om, blir logget. "
    "API-et svarer bare på denne maskinen og har derfor ingen innlogging."
)


def add_api(app: FastAPI, knowledge: Knowledge, today: Callable[[], date]) -> None:
    """Put the API under `/api` of an application; paths it does not know are not left to the chat page."""
    api = build_api(knowledge, today)
    app.mount(PATH, api)
    app.router.routes.append(Route(PATH, endpoint=api, include_in_schema=False))


def build_api(knowledge: Knowledge, today: Callable[[], date]) -> FastAPI:
    """The API as an application of its own, so that its errors and headers are not the chat's."""
    api = _Api(
        title="navkb",
        summary="Kunnskapsbase for veiledere ved NAV-kontor",
        description=DESCRIPTION,
        version=VERSION,
        openapi_url="/openapi.json",
        docs_url=None,  # FastAPI's pages fetch their scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": PATH}],
        root_path_in_servers=False,
        exception_handlers={
            HTTPException: _http_problem,
            RequestValidationError: _invalid,
            UsageError: _unusable,
            IndexMissing: _no_index,
            IndexMismatch: _no_index,
        },
    )
    api.add_middleware(Border)
    asked = [Depends(_only_json)]

    @api.post(
        "/ask",
        summary="Svar på et spørsmål",
        description="Det samme svaret som i chatten. Dekker kildene ikke spørsmålet, er `refused` sann og statusen 200.",
        operation_id="ask",
        response_model=AnswerBody,
        response_description="Svaret",
        responses=_problems(400, 403, 413, 415, 422, 500, 503),
        dependencies=asked,
    )
    def post_ask(body: Annotated[AskRequest, Body()]) -> JSONResponse:
        return JSONResponse(answer(knowledge, body, today()))

    @api.post(
        "/search",
        summary="Finn passasjer",
        description="Passasjene som passer best, høyst én fra hver paragraf eller del av et dokument.",
        operation_id="search",
        response_model=SearchBody,
        response_description="Treffene",
        responses=_problems(400, 403, 413, 415, 422, 500, 503),
        dependencies=asked,
    )
    def post_search(body: Annotated[SearchRequest, Body()]) -> JSONResponse:
        return JSONResponse(hits(knowledge, body))

    @api.get(
        "/sources",
        summary="Hva som er indeksert",
        description="Alle kilder, de med høyest rang først.",
        operation_id="sources",
        response_model=list[SourceBody],
        response_description="Kildene",
        responses=_problems(403, 500, 503),
    )
    def get_sources() -> JSONResponse:
        return JSONResponse(sources_json(knowledge.index(), today()))

    return api


class _Api(FastAPI):
    """FastAPI whose OpenAPI document holds the one model that no route returns: what an error looks like."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"]["schemas"]["ProblemBody"] = ProblemBody.model_json_schema()
        return document


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route as OpenAPI has them."""
    return {
        status: {
            "description": PROBLEMS[status].title,
            "content": {
                ProblemResponse.media_type: {
                    "schema": {"$ref": "#/components/schemas/ProblemBody"},
                    "example": PROBLEMS[status].document(),
                }
            },
        }
        for status in statuses
    }


def _only_json(request: Request) -> None:
    """Refuse the content types a web page may send anywhere without asking first."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != "application/json":
        raise HTTPException(415)


async def _http_problem(request: Request, error: HTTPException) -> ProblemResponse:
    return problem(error.status_code, headers=error.headers)


async def _invalid(request: Request, error: RequestValidationError) -> ProblemResponse:
    errors = error.errors()
    if errors[0]["type"] == "json_invalid":
        return problem(400)
    return problem(422, complaint(errors))


async def _unusable(request: Request, error: UsageError) -> ProblemResponse:
    return problem(422, str(error))


async def _no_index(request: Request, error: IndexMissing | IndexMismatch) -> ProblemResponse:
    log.error("no index to answer from: %s", error)
    return problem(503, str(error))
