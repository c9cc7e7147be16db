"""Many chat users at once on one process: the real server, a socket for each user, the time to the whole answer."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from uuid import uuid4

USERS = 50
QUESTIONS_EACH = 4
EVERY = 10.0
"""Seconds between one user's questions; each begins at a random time within the first of them."""
LONGEST_START, LONGEST_ANSWER = 120.0, 30.0
"""Seconds until the server must listen, and until a question counts as unanswered."""
SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Load:
    """Seconds to the whole answer, sorted, and how many questions got none."""

    seconds: tuple[float, ...]
    errors: int

    def quantile(self, share: float) -> float:
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * share))] if self.seconds else 0.0


def chat_load(navkb: Path, data: Path, questions: Sequence[str], *, at_once: bool = False) -> Load:
    """Start the chat on a free port and let `USERS` users ask; `at_once` sends all their questions in the same instant."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "NAVKB_DATA": str(data), "NAVKB_PORT": str(port)}
    server = subprocess.Popen(
        [sys.executable, str(navkb), "chat"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return asyncio.run(_all_users(f"http://127.0.0.1:{port}", questions, at_once=at_once))
    finally:
        server.terminate()
        server.wait()


async def _all_users(url: str, questions: Sequence[str], *, at_once: bool) -> Load:
    choose = random.Random(SEED)
    drawn = choose.sample(questions, USERS * QUESTIONS_EACH)
    users = [_User(url) for _ in range(USERS)]
    await users[0].connect(LONGEST_START)
    await asyncio.gather(*(user.connect(LONGEST_ANSWER) for user in users[1:]))
    await asyncio.gather(*(user.ask(drawn[0]) for user in users))  # what is only made once is made now
    rounds: list[list[float | None]]
    if at_once:
        rounds = [
            await asyncio.gather(*(user.ask(drawn[n * USERS + m]) for m, user in enumerate(users)))
            for n in range(QUESTIONS_EACH)
        ]
    else:
        starts = [choose.uniform(0, EVERY) for _ in users]
        own = [drawn[n::USERS] for n in range(USERS)]
        rounds = await asyncio.gather(*(u.ask_now_and_then(o, s) for u, o, s in zip(users, own, starts, strict=True)))
    await asyncio.gather(*(user.leave() for user in users))
    times = [seconds for listed in rounds for seconds in listed]
    return Load(tuple(sorted(s for s in times if s is not None)), sum(s is None for s in times))


class _User:
    """One page's socket, as Chainlit's own page opens it."""

    def __init__(self, url: str) -> None:
        import socketio

        self._url = url
        self._socket = socketio.AsyncClient(reconnection=False)
        self._no_connection = socketio.exceptions.ConnectionError
        self._done = asyncio.Event()
        self._answered = False
        self._socket.on("new_message", self._message)
        self._socket.on("task_end", self._end)

    async def _message(self, message: dict[str, object]) -> None:
        self._answered |= message.get("type") == "assistant_message" and bool(message.get("output"))

    async def _end(self, *_: object) -> None:
        if self._answered:  # the page's own start ends a task too
            self._done.set()

    async def connect(self, seconds: float) -> None:
        """Connect, trying again until the server listens."""
        page = {"clientType": "webapp", "sessionId": str(uuid4()), "userEnv": "{}", "chatProfile": "", "threadId": ""}
        due = perf_counter() + seconds
        while True:
            try:
                await self._socket.connect(
                    self._url,
                    headers={"Origin": self._url},
                    auth=page,
                    transports=["websocket"],
                    socketio_path="/ws/socket.io",
                )
                break
            except self._no_connection:
                if perf_counter() > due:
                    raise
                await asyncio.sleep(0.5)
        await self._socket.emit("connection_successful")

    async def ask(self, question: str) -> float | None:
        """Seconds until the whole answer was there, None if none came."""
        self._done.clear()
        self._answered = False
        message = {"id": str(uuid4()), "name": "user", "type": "user_message", "output": question, "createdAt": ""}
        started = perf_counter()
        await self._socket.emit("client_message", {"message": message, "fileReferences": []})
        try:
            await asyncio.wait_for(self._done.wait(), LONGEST_ANSWER)
        except TimeoutError:
            return None
        return perf_counter() - started

    async def ask_now_and_then(self, questions: Sequence[str], start: float) -> list[float | None]:
        """Ask one question after the other, one every `EVERY` seconds, the first after `start`."""
        began, times = perf_counter() + start, []
        for n, question in enumerate(questions):
            await asyncio.sleep(max(0.0, began + n * EVERY - perf_counter()))
            times.append(await self.ask(question))
        return times

    async def leave(self) -> None:
        await self._socket.disconnect()
