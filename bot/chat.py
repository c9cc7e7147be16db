"""The chat page: the door to Chainlit. Starters, answers with numbered sources, a side panel with the passage."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from uuid import uuid4

import chainlit as cl

from bot import guard
from bot.answer import LONGEST_QUESTION
from bot.compose import escape, link_of
from bot.failures import logged
from bot.knowledge import Knowledge
from bot.phrases import KIND_NAMES
from bot.verify import MARKER
from kb.errors import NavkbError, UsageError
from kb.index import Index
from kb.types import Answer, Turn

log = logging.getLogger(__name__)

STARTERS = (
    ("Ikke tak over hodet i natt", "Bruker har ikke tak over hodet i natt, hva må vi gjøre?"),
    ("Penger til strøm i dag", "Bruker har ikke råd til strøm og strømmen stenges i dag, kan vi hjelpe?"),
    (
        "Klagefrist på avslag",
        "Hvor lenge har bruker på seg til å klage på avslag på sosialhjelp, og hvem behandler klagen?",
    ),
    ("KVP: hvem og hvor mye?", "Hvem har rett til kvalifiseringsprogram, og hvor mye får de?"),
    ("Vilkår for unge under 30", "Må vi stille vilkår om aktivitet til en på 24 år?"),
    ("Hva var «kapittel 5»?", "Hva betydde det at kapittel 5 var minimum i NAV-kontoret?"),
)
OPEN_SOURCE = "open_source"
ASK_MASKED = "ask_masked"
_TURNS = "turns"
EXTRACTIVE_AT_ONCE, MODEL_AT_ONCE = 1, 50
"""How many answers are made at the same time. Without a model an answer is work for the processor alone, and two at
once only hold each other up (docs/evals.md); with one it is mostly waiting."""


def register(knowledge: Knowledge, today: Callable[[], date]) -> None:
    """Tell Chainlit what to do when somebody comes, asks, or opens a source."""
    workers = ThreadPoolExecutor(MODEL_AT_ONCE if knowledge.model else EXTRACTIVE_AT_ONCE, thread_name_prefix="answer")

    @cl.set_starters
    async def starters(user: cl.User | None = None, language: str | None = None) -> list[cl.Starter]:
        return [cl.Starter(label=label, message=message) for label, message in STARTERS]

    @cl.on_chat_start
    async def start() -> None:
        cl.user_session.set(_TURNS, [])

    @cl.on_message
    async def answer(message: cl.Message) -> None:
        asked = await respond(message.content)
        if asked != message.content:  # nor does the page go on showing what was taken out
            message.content = asked
            await message.update()

    @cl.action_callback(ASK_MASKED)
    async def ask_masked(action: cl.Action) -> None:
        await action.remove()
        await cl.Message(content=action.payload["question"], type="user_message").send()
        await respond(action.payload["question"])

    async def respond(question: str) -> str:
        """Answer, or say why not; returns the question as it may be shown and kept: without personal data."""
        turns: list[Turn] = cl.user_session.get(_TURNS) or []
        draft = _Draft()
        try:
            given = await asyncio.get_running_loop().run_in_executor(
                workers, knowledge.answer, question, today(), turns, draft.show
            )
        except UsageError as error:
            await cl.Message(content=escape(str(error)), actions=_again(question)).send()
            return guard.mask(question) if _again(question) else question
        except NavkbError as error:
            log.error("could not answer: %s", error)
            await cl.Message(content=escape(str(error))).send()
            return question
        except Exception as error:  # noqa: BLE001 – an entry point; the log gets the facts, the page an id
            number = logged(error)
            await cl.Message(
                content=f"Noe gikk galt, og jeg har ikke noe svar. Oppgi nummeret {number} til den som drifter navkb."
            ).send()
            return question
        turns.append(Turn("user", given.question))
        cl.user_session.set(_TURNS, turns)
        await draft.replace(page_text(given), _buttons(given, knowledge.index()))
        return given.question

    @cl.action_callback(OPEN_SOURCE)
    async def open_source(action: cl.Action) -> None:
        title, text = await asyncio.to_thread(
            panel, knowledge.index(), action.payload["ref"], action.payload["section"]
        )
        await cl.ElementSidebar.set_title(title)
        # A new key each time, so that the panel opens again after it was closed.
        await cl.ElementSidebar.set_elements([cl.Text(name=title, content=text)], key=uuid4().hex)


class _Draft:
    """The message an answer is shown in: while a model writes, its unverified text, marked as a draft."""

    MARK = "*Utkast – ikke kontrollert mot kildene ennå:*"

    def __init__(self) -> None:
        self._message = cl.Message(content="")
        self._sent = self._done = False
        self._loop, self._context = asyncio.get_running_loop(), copy_context()

    def show(self, text: str) -> None:
        """Show the text so far; called from the thread that waits for the model."""
        shown = f"{self.MARK}\n\n{escape(text)}"
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._stream(shown)), context=self._context)

    async def _stream(self, text: str) -> None:
        if not self._done:  # a draft that comes late must not cover the answer
            self._sent = True
            await self._message.stream_token(text, is_sequence=True)

    async def replace(self, text: str, actions: list[cl.Action]) -> None:
        """Put the answer in the draft's place."""
        self._done = True
        self._message.content, self._message.actions = text, actions
        await (self._message.update() if self._sent else self._message.send())


def page_text(answer: Answer) -> str:
    """The answer as the page shows it: every marker a link to its source, warnings last."""
    links = {citation.n: citation.url for citation in answer.citations}
    text = MARKER.sub(
        lambda m: f"[\\[{m[1]}\\]]({links[int(m[1])]})" if links.get(int(m[1])) else f"\\[{m[1]}\\]", answer.text
    )
    return "\n\n".join([text, *(f"*{escape(warning)}*" for warning in answer.warnings)])


def _again(question: str) -> list[cl.Action]:
    """The button that asks without the identity numbers that stopped a question; it carries nothing of them."""
    if len(question) > LONGEST_QUESTION or not guard.identity_numbers(question):
        return []
    return [cl.Action(name=ASK_MASKED, payload={"question": guard.mask(question)}, label="Fjern og spør på nytt")]


def _buttons(answer: Answer, index: Index) -> list[cl.Action]:
    """One button per source, in the order of the markers."""
    buttons: dict[str, cl.Action] = {}
    for citation in answer.citations:
        passage = citation.passage
        name = index.law_names.write(passage.section_ref) if citation.source.kind.is_law else citation.source.title
        buttons.setdefault(
            passage.section_ref,
            cl.Action(
                name=OPEN_SOURCE,
                payload={"ref": passage.ref, "section": passage.section_ref},
                label=f"{citation.n} · {name}"
                + ("" if citation.source.kind.is_law else f" ({KIND_NAMES[citation.source.kind]})"),
                tooltip="Åpne kilden ved siden av",
            ),
        )
    return list(buttons.values())


def panel(index: Index, ref: str, section_ref: str) -> tuple[str, str]:
    """Title and Markdown of the side panel: the whole section, the cited part set off."""
    passages = index.store.section_passages(section_ref)
    if not passages:
        return "Kilden", "Kilden finnes ikke lenger i indeksen. Still spørsmålet på nytt."
    section, source = passages[0].section, index.store.sources()[passages[0].source_id]
    title = index.law_names.write(section_ref) if source.kind.is_law else source.title
    lines = [
        f"### {escape(title)}",
        "",
        f"**{escape(section.title)}**",
        "",
        *(escape(heading) for heading in section.headings if heading != source.title),
        "",
    ]
    for passage in passages:
        text = escape(passage.text).replace("\n", "  \n")
        cited = passage.ref == ref
        lines += [f"> **▸ sitert**\n\n{text}".replace("\n", "\n> ") if cited else text, ""]
    facts = [
        KIND_NAMES[source.kind],
        source.author or source.publisher,
        f"per {source.date}" if source.date else "",
        source.licence,
    ]
    lines += ["---", "", " · ".join(escape(fact) for fact in facts if fact)]
    if link := link_of(passages[0], source):
        lines += ["", f"[Åpne originalen]({link})"]
    return title, "\n".join(lines)
