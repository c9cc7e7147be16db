"""What a question asks: its parts, where it asks several things at once."""

from __future__ import annotations

import re

_ASKING = (
    r"(?:hvor|hvem|hva|hvilke[nt]?|når|hvordan|hvorfor|kor|kven|kva|korleis|kvifor"
    r"|kan|kunne|må|skal|får|har|er|gjelder|gjeld)\b"
)
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_ASKS = re.compile(_ASKING, re.IGNORECASE)
_NEXT_PART = re.compile(rf",?\s+\b(?:og|samt)\s+(?={_ASKING})|[,:]\s+(?={_ASKING})", re.IGNORECASE)


def asked_parts(question: str) -> list[str]:
    """Each thing that is asked, alone and with the story that is told around it; nothing where only one is.

    «Han mistet huset. Kan han få hjelp, og hvor klager han?» asks «Kan han få hjelp» and «hvor klager han».
    """
    story, parts = [], []
    for sentence in filter(None, _SENTENCE_END.split(question.strip())):
        if "?" in sentence or _ASKS.match(sentence):
            parts += [part for cut in _NEXT_PART.split(sentence) if (part := cut.strip(" ,?"))]
        else:
            story.append(sentence)
    if len(parts) < 2:
        return []
    told = " ".join(story)
    return [text for part in parts for text in dict.fromkeys((part, f"{told} {part}".strip()))]
