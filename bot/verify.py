"""Verifying: nothing leaves the bot with a quote that is not in its source or a marker without a citation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.types import Citation

MARKER = re.compile(r"(?<!\\)\[(\d+)\](?!\()")


def problems(text: str, citations: Sequence[Citation]) -> list[str]:
    """What is wrong with an answer, one line each; empty for one that holds."""
    found = []
    marked = {int(n) for n in MARKER.findall(text)}
    numbers = {citation.n for citation in citations}
    found += [f"marker [{n}] has no citation" for n in sorted(marked - numbers)]
    found += [f"citation {n} is not marked in the text" for n in sorted(numbers - marked)]
    for citation in citations:
        if not citation.quote.strip() or citation.quote not in citation.passage.text:
            found.append(f"the quote of citation {citation.n} does not stand in {citation.passage.ref}")
    return found
