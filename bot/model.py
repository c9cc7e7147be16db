"""The door to language models: any OpenAI-compatible endpoint through LlamaIndex, within a deadline that holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from kb.errors import ModelError

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

_T = TypeVar("_T")

LONGEST_REPLY = 20_000
"""Characters; an answer is a page at most, and a model that never stops must not fill the memory."""
NO_KEY = "none"
"""Sent where no key is set: with an empty one LlamaIndex would look for somebody else's in the environment."""
CONTEXT_WINDOW = 16_000
"""Tokens LlamaIndex may fill in one call; its default of 3,900 would cut a judge's sources into pieces."""
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What the libraries, which check no shapes, stumble over when a server sends something else than a chat completion."""

STATUS = {
    400: "avviste forespørselen. Sjekk at NAVKB_LLM_MODEL er riktig og at modellen tåler så lange tekster",
    401: "godtok ikke nøkkelen. Sjekk NAVKB_LLM_KEY",
    403: "slapp ikke forespørselen inn. Sjekk NAVKB_LLM_KEY og at den gjelder for denne modellen",
    404: "kjenner ikke adressen eller modellen. Sjekk NAVKB_LLM_URL (den slutter som regel på /v1) og NAVKB_LLM_MODEL",
    413: "sa at teksten var for lang. Velg en modell som tar lengre tekst",
    429: "sa at grensen for antall forespørsler er nådd. Vent litt, eller øk kvoten",
}


@dataclass(frozen=True, slots=True)
class _Whole:
    """The text of a reply that came to its end."""

    text: str


class LanguageModel:
    """A chat model behind an OpenAI-compatible endpoint.

    `url` is its base address (`http://127.0.0.1:11434/v1`), `name` the model, `key` may be empty, `seconds`
    is how long one call may take. The libraries are imported here, some seconds' work, so that no call's
    deadline pays for it. Raises `ModelError` when they are not installed or a value cannot be used.
    """

    def __init__(self, url: str, name: str, key: str, seconds: float) -> None:
        self.url, self.name, self.seconds = url.strip(), name.strip(), seconds
        self._key = key.strip()
        try:
            parts = urlsplit(self.url)
            self._host = f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"
        except ValueError as error:
            raise ModelError(
                "NAVKB_LLM_URL er ikke en adresse. Skriv for eksempel http://127.0.0.1:8080/v1."
            ) from error
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in self.url:
            raise ModelError(
                "NAVKB_LLM_URL må begynne med http:// eller https:// og navngi en maskin, for eksempel http://127.0.0.1:8080/v1."
            )
        if not self.name:
            raise ModelError("NAVKB_LLM_MODEL er tom. Sett den til navnet språkmodellen har hos den som tilbyr den.")
        if not (self._key.isascii() and self._key.isprintable()):
            raise ModelError("NAVKB_LLM_KEY har tegn som ikke kan sendes. Kopier nøkkelen på nytt.")
        try:
            import openai  # noqa: F401
            from llama_index.llms.openai_like import OpenAILike  # noqa: F401
        except ImportError as error:
            raise ModelError(
                "Språkmodeller trenger llama-index, som ikke er installert. Kjør «pip install 'navkb[llm]'»."
            ) from error

    def within(self, seconds: float) -> LanguageModel:
        """The same model with other time for a call."""
        other = copy(self)
        other.seconds = max(0.0, seconds)
        return other

    def complete(self, instructions: str, material: str, on_draft: Callable[[str], None]) -> str:
        """The model's whole reply; `on_draft` gets the text so far, in the caller's thread, each time it has grown.

        Raises `ModelError` for every way a call can fail, at the latest after `seconds` – also when the
        server stalls or drips. The call runs in a thread of its own: an address look-up or a library that
        hangs can keep that thread, never the caller.
        """
        due = monotonic() + self.seconds
        parts: SimpleQueue[str | _Whole | Exception] = SimpleQueue()
        Thread(target=self._run, args=(instructions, material, parts), name="navkb-model", daemon=True).start()
        while True:
            try:
                part = parts.get(timeout=max(0.0, due - monotonic()))
            except Empty:
                raise self._too_slow() from None
            if isinstance(part, ModelError):
                raise part
            if isinstance(part, Exception):
                # A library's error may carry the key in its text, and a debug trace shows the cause.
                raise self._explained(part) from (None if self._key and self._key in repr(part) else part)
            if isinstance(part, _Whole):
                return part.text
            if monotonic() >= due:
                raise self._too_slow()
            on_draft(part)

    def _run(self, instructions: str, material: str, parts: SimpleQueue[str | _Whole | Exception]) -> None:
        try:
            parts.put(_Whole(asyncio.run(self._stream(instructions, material, parts))))
        except Exception as error:  # noqa: BLE001 – the end of a thread: whoever waits for it raises the error
            parts.put(error)

    async def _stream(self, instructions: str, material: str, parts: SimpleQueue[str | _Whole | Exception]) -> str:
        from llama_index.core.base.llms.types import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=instructions),
            ChatMessage(role=MessageRole.USER, content=material),
        ]
        async with asyncio.timeout(self.seconds), self.opened() as model:
            return await self._read(model, messages, parts)

    async def held(self, call: Awaitable[_T]) -> _T:
        """What a call made with an `opened` model gives, in time; every way it can fail is a `ModelError`."""
        try:
            async with asyncio.timeout(self.seconds):
                return await call
        except Exception as error:  # noqa: BLE001 – libraries and server fail in every way, and each has its sentence
            raise self._explained(error) from None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[OpenAILike]:
        """The model as LlamaIndex knows it, while its connection is open."""
        from llama_index.llms.openai_like import OpenAILike
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        client = AsyncOpenAI(
            api_key=self._key or NO_KEY,
            base_url=self.url,
            organization="",
            project="",
            timeout=self.seconds,
            max_retries=0,  # a second try would start when the first has used up the time
            # Passages and question go to the address that was set, not to one it points on to.
            http_client=DefaultAsyncHttpxClient(follow_redirects=False),
        )
        async with client:
            yield OpenAILike(
                model=self.name,
                api_base=self.url,
                api_key=self._key or NO_KEY,
                is_chat_model=True,
                context_window=CONTEXT_WINDOW,
                temperature=0.0,
                timeout=self.seconds,
                max_retries=0,
                async_openai_client=client,
            )

    async def _read(
        self, model: OpenAILike, messages: list[ChatMessage], parts: SimpleQueue[str | _Whole | Exception]
    ) -> str:
        text, ended = "", ""
        async for reply in await model.astream_chat(messages):
            choices = getattr(reply.raw, "choices", None)
            ended = (choices and choices[0].finish_reason) or ended
            if reply.delta:
                text += reply.delta
                parts.put(text)
            if len(text) > LONGEST_REPLY:
                raise ModelError(
                    f"Språkmodellen hos {self._host} sluttet ikke å skrive. Velg en annen modell (NAVKB_LLM_MODEL)."
                )
        if not text.strip():
            raise ModelError(
                f"Språkmodellen hos {self._host} svarte uten tekst. Sjekk NAVKB_LLM_URL (den slutter som regel på /v1) og NAVKB_LLM_MODEL."
            )
        if ended != "stop":
            # Half an answer can mean the opposite of the whole one.
            why = (
                "nådde grensen for hvor langt den får skrive"
                if ended == "length"
                else "ble brutt av før den var ferdig"
            )
            raise ModelError(f"Språkmodellen hos {self._host} {why}. Prøv igjen, eller velg en annen modell.")
        return text

    def _too_slow(self) -> ModelError:
        seconds = f"{self.seconds:.3g}".replace(".", ",")
        return ModelError(
            f"Språkmodellen hos {self._host} ble ikke ferdig innen {seconds} sekunder. "
            "Prøv igjen, velg en raskere modell, eller øk NAVKB_LLM_SECONDS."
        )

    def _explained(self, error: Exception) -> ModelError:
        """The same failure as a sentence that names cause and cure, without a word of what the server wrote."""
        import openai

        if isinstance(error, (TimeoutError, openai.APITimeoutError)):
            return self._too_slow()
        if isinstance(error, openai.APIStatusError):
            code = error.status_code
            if code >= 500:
                said = "har en feil hos seg selv. Prøv igjen om litt, eller spør den som driver den"
            elif 300 <= code < 400:
                said = "viser videre til en annen adresse. Sett NAVKB_LLM_URL til den endelige"
            else:
                said = STATUS.get(code, "avviste forespørselen. Sjekk NAVKB_LLM_URL og NAVKB_LLM_MODEL")
            return ModelError(f"Språkmodellen hos {self._host} {said} (HTTP {code}).")
        if isinstance(error, openai.APIConnectionError):
            return ModelError(
                f"Får ikke kontakt med språkmodellen hos {self._host}. Sjekk at den kjører, og at NAVKB_LLM_URL er riktig."
            )
        if isinstance(error, openai.APIError):
            return ModelError(f"Språkmodellen hos {self._host} meldte en feil midt i svaret. Prøv igjen om litt.")
        if isinstance(error, UNREADABLE):
            return ModelError(
                f"Svaret fra {self._host} kan ikke leses ({type(error).__name__}). Sjekk at NAVKB_LLM_URL er et OpenAI-kompatibelt endepunkt."
            )
        return ModelError(f"Forbindelsen til språkmodellen hos {self._host} ble brutt midt i svaret. Prøv igjen.")
