"""Cleaning: named, ordered, idempotent text → text steps that every loaded text goes through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from kb.types import Document

_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_ODD_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\v\f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def compose_characters(text: str) -> str:
    """One code point per letter (NFC), so that «å» is always the same «å»."""
    return unicodedata.normalize("NFC", text)


def drop_invisible(text: str) -> str:
    """Soft hyphens, zero-width characters and control characters carry no words."""
    return _CONTROL.sub("", _INVISIBLE.sub("", text))


def plain_line_ends(text: str) -> str:
    """Windows and old Mac line ends become newlines."""
    return (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n\n")
        .replace("\x85", "\n")
    )


def plain_spaces(text: str) -> str:
    """Hard, thin and other odd spaces become one plain space; none at the ends of lines."""
    text = re.sub(r" {2,}", " ", _ODD_SPACES.sub(" ", text))
    return re.sub(r" *\n *", "\n", text)


def plain_blank_lines(text: str) -> str:
    """At most one blank line in a row, none first or last."""
    return re.sub(r"\n{3,}", "\n\n", text).strip()


STEPS: tuple[Callable[[str], str], ...] = (
    plain_line_ends,
    drop_invisible,
    compose_characters,
    plain_spaces,
    plain_blank_lines,
)


def clean(text: str) -> str:
    """Run every step in order."""
    for step in STEPS:
        text = step(text)
    return text


def clean_document(document: Document) -> Document:
    """Clean the text of every section; sections that hold nothing after that are left out."""
    sections = (replace(section, text=clean(section.text)) for section in document.sections)
    return replace(document, sections=tuple(section for section in sections if section.text))
