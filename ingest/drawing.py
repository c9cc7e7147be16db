"""What a PDF page draws, operation by operation, with the forms it uses in their place."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PageObject
    from pypdf._text_extraction._layout_mode import Font
    from pypdf.generic import DictionaryObject

MOST_FORMS = 1_000
"""Forms (drawings used again) on one page, so that forms that call each other end."""
DEEPEST_FORM = 10
"""Forms within forms; two or three occur."""

Operation = tuple[Any, bytes]
"""Operands and operator."""


class TooSlow(Exception):
    """The time for one file is up."""


class Drawing:
    """The operations that draw a page, those of its forms in their place: pypdf's geometry knows no forms.

    `fonts` are filled as they come into use; `shown` counts the bytes of text drawn so far.
    """

    def __init__(self, page: PageObject, deadline: float) -> None:
        self.page, self.deadline = page, deadline
        self.fonts: dict[str, Font] = page._layout_mode_fonts()
        self.shown = self.forms = 0

    def operations(self) -> Iterator[Operation]:
        """All of them, one after the other."""
        from pypdf.generic import ArrayObject, ContentStream, StreamObject

        check_time(self.deadline)
        contents = self.page.get("/Contents")
        contents = contents.get_object() if contents is not None else None
        if isinstance(contents, (ArrayObject, StreamObject)):
            stream = ContentStream(contents, self.page.pdf, "bytes")
            yield from self._drawn(stream.operations, _dictionary(self.page.get("/Resources")), "", 0)

    def _drawn(
        self, operations: Iterable[Operation], resources: DictionaryObject | None, prefix: str, depth: int
    ) -> Iterator[Operation]:
        for operands, operator in operations:
            check_time(self.deadline)
            if operator == b"Do" and operands:
                yield from self._form(operands[0], resources, depth)
            elif operator == b"Tf" and operands:
                yield [f"{prefix}{operands[0]}", *operands[1:]], operator
            else:
                if operator in (b"Tj", b"TJ", b"'", b'"'):
                    self.shown += sum(_bytes_in(operand) for operand in operands)
                yield operands, operator

    def _form(self, name: str, resources: DictionaryObject | None, depth: int) -> Iterator[Operation]:
        from pypdf._text_extraction._layout_mode import Font
        from pypdf.generic import ContentStream, StreamObject

        forms = _dictionary(resources.get("/XObject")) if resources is not None else None
        form = forms[name].get_object() if forms is not None and name in forms else None
        if not isinstance(form, StreamObject) or form.get("/Subtype") != "/Form":
            return
        self.forms += 1
        if self.forms > MOST_FORMS or depth >= DEEPEST_FORM:
            return
        own = _dictionary(form.get("/Resources"))
        prefix = f"{self.forms}:" if own is not None else ""
        for font_name, font in (_dictionary(own.get("/Font")) or {}).items() if own is not None else ():
            if (resource := _dictionary(font)) is not None:
                self.fonts[f"{prefix}{font_name}"] = Font.from_font_resource(resource)
        yield [], b"q"
        yield list(form.get("/Matrix", (1, 0, 0, 1, 0, 0))), b"cm"
        stream = ContentStream(form, self.page.pdf, "bytes")
        yield from self._drawn(stream.operations, own if own is not None else resources, prefix, depth + 1)
        yield [], b"Q"


def _dictionary(found: object) -> DictionaryObject | None:
    """What an entry points at, if it is a dictionary."""
    from pypdf.generic import DictionaryObject, PdfObject

    found = found.get_object() if isinstance(found, PdfObject) else found
    return found if isinstance(found, DictionaryObject) else None


def _bytes_in(operand: object) -> int:
    if isinstance(operand, (bytes, str)):
        return len(operand)
    return sum(len(part) for part in operand if isinstance(part, bytes)) if isinstance(operand, list) else 0


def check_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TooSlow
