"""An unexpected error in the log: an id, its kind and where it happened, never what was asked."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from uuid import uuid4

log = logging.getLogger(__name__)

PLACES = 8
"""The innermost calls of an error; those before them are the web framework's."""


def logged(error: BaseException) -> str:
    """Log an error and return the id to give the user.

    Messages of exceptions are left out: they repeat what they stumbled over, and that may be a question.
    """
    number = uuid4().hex[:8]
    log.error("failure %s: %s", number, " <- ".join(_facts(error)))
    return number


def _facts(error: BaseException | None) -> list[str]:
    """Kind and place of an error and of what caused it, the outermost first."""
    facts = []
    while error is not None:
        frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
        places = ", ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
        facts.append(f"{type(error).__name__} ({places})")
        error = error.__cause__ or error.__context__
    return facts
