"""Claims: what a language model wrote, taken apart into sentences, of which only those its passages vouch for are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.compose import escape, link_of
from bot.evidence import QUOTED, Evidence, plain
from bot.excerpts import sentences
from bot.phrases import PHRASES
from bot.support import false_amount, unsupported
from kb.index import Index
from kb.types import Citation, Passage

HEADINGS = frozenset(words_["short_answer"] for words_ in PHRASES.values()) | frozenset(
    words_[key] for words_ in PHRASES.values() for key in ("law_says", "guidance", "practice", "remember")
)
"""Headings that are kept: our own. Another heading may hold a claim, and none can carry a marker."""

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*|\*\*([^*]+)\*\*:?|__([^_]+)__:?")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_SEVERAL = re.compile(r"\[\s*\^?(?:kilde|kjelde|kilder|kjelder)?\s*(\d+(?:\s*(?:,|;|og)\s*\d+)+)\s*\]", re.IGNORECASE)
_ODD_MARKER = re.compile(r"\[\s*\^?(?:kilde|kjelde)?\s*(\d+)\s*\]|【\s*(\d+)[^】]*】", re.IGNORECASE)
_MARKER = re.compile(r"\s*\[(\d+)\]")
_STOP_MARKERS = re.compile(r"([.!?])([»\"”]?)((?:\s*\[\d+\])+)(?=\s|$)")
_CARRIER = re.compile(
    r"://|\bwww\.|\b(?:mailto|javascript|data|tel|file):\S|\]\s*\(|!\[|<\s*[/!?a-z]|&#?\w+;|\S@\w"
    r"|\b[\w-]{2,}(?:\.[\w-]{2,})*\.[a-zæøå]{2,}\b|```|\|",
    re.IGNORECASE,
)
"""What can lead a reader or a browser elsewhere: addresses, links, images, HTML, code and tables."""
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|`+|~~")
_LEANS = re.compile(
    r"(?:dette|disse|desse|denne|den|de|dei|da|då|slike?|likevel|derfor|dermed|men|ellers|elles|han|hun|ho|unntaket|"
    r"i så fall|i tillegg|også|òg|heller)\b(?!\s+som\b)",
    re.IGNORECASE,
)
"""How a sentence begins that means something else when the one before it is gone."""
_KEPT_SIGNS = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Verified:
    """What is left of a reply: Markdown in which every sentence has a marker, the citation of each, and two counts.

    `kept` and `removed` count sentences; `text` is empty when none was kept.
    """

    text: str
    citations: tuple[Citation, ...]
    kept: int
    removed: int


@dataclass(slots=True)
class _Kept:
    """The answer while it is put together."""

    index: Index
    first_number: int
    blocks: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    kept: int = 0
    removed: int = 0

    def cite(self, witness: Evidence, claim: str) -> int:
        """The number for the words behind a marker, the same one when they were cited before."""
        passage, quote = witness.passage, witness.best_quote(claim)
        for citation in self.citations:
            if citation.passage.id == passage.id and citation.quote == quote:
                return citation.n
        source = self.index.store.sources()[passage.source_id]
        n = self.first_number + len(self.citations)
        self.citations.append(Citation(n, passage, source, quote, link_of(passage, source)))
        return n


def verified(text: str, index: Index, passages: Sequence[Passage], first_number: int = 1) -> Verified:
    """Keep of a model's reply what follows from the passages it was given; marker `[n]` means `passages[n - 1]`.

    A sentence is kept when it carries a marker, all its markers are of passages given, and `unsupported` finds
    nothing against it. A list stands or falls with the line that leads into it, since an item alone may mean
    the opposite. What is kept is plain text and markers: nothing a page could load or a reader click on.
    """
    witnesses = [Evidence(index, passage) for passage in passages]
    answer = _Kept(index, first_number)
    heading = lead = ""
    for block in _blocks(without_thoughts(text)):
        if name := _heading_of(block[0]):
            heading, lead = (f"**{name}**", "") if name in HEADINGS else ("", name)
            answer.removed += name not in HEADINGS
            continue
        if lead and _ITEM.match(block[0]):
            # «Dette dekkes ikke» over a list is a claim about its items.
            block.insert(0, f"{lead}:")
            answer.removed -= 1
        if lines := _keep_block(block, witnesses, answer):
            answer.blocks += [*([heading] if heading else []), "\n".join(lines)]
            heading = ""
        lead = ""
    return Verified("\n\n".join(answer.blocks), tuple(answer.citations), answer.kept, answer.removed)


def without_thoughts(text: str) -> str:
    """`text` without what a reasoning model thinks aloud before it answers, and without invisible signs."""
    text = _THOUGHTS.sub("", text)
    return "".join(ch for ch in text if ch in _KEPT_SIGNS or not unicodedata.category(ch).startswith("C"))


def _blocks(text: str) -> list[list[str]]:
    """Lines that belong together: a heading, a paragraph, a list with the line that leads into it."""
    blocks: list[list[str]] = [[]]
    after_blank = False
    for line in text.split("\n"):
        if not line.strip() or _RULE.fullmatch(line):
            after_blank = True
            continue
        block, is_item = blocks[-1], bool(_ITEM.match(line))
        in_list = any(_ITEM.match(earlier) for earlier in block)
        leads = bool(block) and _MARKER.sub("", block[-1]).rstrip("*_ ").endswith(":")
        goes_on = (in_list or leads) if is_item else not after_blank and (not in_list or line[0].isspace())
        if _heading_of(line):
            blocks += [[line], []]
        elif goes_on or not block:
            block.append(line)
        else:
            blocks.append([line])
        after_blank = False
    return [block for block in blocks if block]


def _heading_of(line: str) -> str:
    """The words of a heading; a bold line that ends in a colon is no heading but leads into what follows."""
    match = _HEADING.fullmatch(line.strip())
    name = next((group for group in match.groups() if group), "").strip(" *_") if match else ""
    return "" if line.rstrip(" *_").endswith(":") and name.rstrip(":") not in HEADINGS else name.rstrip(":")


def _keep_block(block: Sequence[str], witnesses: Sequence[Evidence], answer: _Kept) -> list[str]:
    """The lines of a block that hold, escaped and with their new markers."""
    first = next((i for i, line in enumerate(block) if _ITEM.match(line)), None)
    if first is None:
        return _keep_prose(_joined(block), witnesses, answer)
    items = _items(block[first:])
    if first:
        return _keep_list(_joined(block[:first]), items, witnesses, answer)
    return [f"- {' '.join(kept)}" for item in items if (kept := _keep_prose(item, witnesses, answer))]


def _joined(lines: Sequence[str]) -> str:
    """Lines as running text; lines marked as a quotation become one, so that they are held against the source's words."""
    said = " ".join(line.strip().lstrip("> ") for line in lines)
    if not lines[0].lstrip().startswith(">") or QUOTED.search(said):
        return said
    return f"«{_MARKER.sub('', said).strip()}»" + "".join(f" [{n}]" for n in _numbers(said))


def _items(lines: Sequence[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if match := _ITEM.match(line):
            items.append(line[match.end() :].strip())
        else:
            items[-1] += f" {line.strip()}"
    return items


def _keep_list(lead: str, items: Sequence[str], witnesses: Sequence[Evidence], answer: _Kept) -> list[str]:
    """A lead-in with its items, all or nothing; a lead-in without markers is held against those of its items."""
    *before, last = _sentences(lead)
    kept_before = _keep_prose(" ".join(before), witnesses, answer)
    listed = [_sentences(item) for item in items]
    cited = [(sentence, _numbers(sentence)) for sentences_ in listed for sentence in sentences_]
    shared = list(dict.fromkeys(n for _, numbers in cited for n in numbers))
    cited.append((last, _numbers(last) or shared))
    if not all(numbers and not _fault(sentence, numbers, witnesses) for sentence, numbers in cited):
        answer.removed += len(cited)
        return kept_before
    answer.kept += len(cited)
    return [
        *kept_before,
        _written(last, witnesses, answer),
        "",
        *(f"- {' '.join(_written(sentence, witnesses, answer) for sentence in sentences_)}" for sentences_ in listed),
    ]


def _keep_prose(text: str, witnesses: Sequence[Evidence], answer: _Kept) -> list[str]:
    """The sentences of running text that hold, in one line; one that leans on a fallen sentence falls with it."""
    kept: list[str] = []
    fell = False
    for sentence in _sentences(text):
        numbers = _numbers(sentence)
        fell = (
            not numbers or bool(_fault(sentence, numbers, witnesses)) or (fell and bool(_LEANS.match(plain(sentence))))
        )
        if fell:
            answer.removed += 1
        else:
            answer.kept += 1
            kept.append(_written(sentence, witnesses, answer))
    return [" ".join(kept)] if kept else []


def _sentences(text: str) -> list[str]:
    """Sentences with their markers before the stop, whichever side the model put them; quotes are not cut in two."""
    text = _SEVERAL.sub(lambda m: "".join(f"[{n}]" for n in re.findall(r"\d+", m[1])), text)
    text = _ODD_MARKER.sub(lambda m: f"[{m[1] or m[2]}]", text)
    text = _STOP_MARKERS.sub(lambda m: f"{m[2]}{m[3]}{m[1]}", _EMPHASIS.sub("", text))
    hidden = QUOTED.sub(lambda m: re.sub(r"[.!?]", "\x00", m[0]), text)
    return [text[start:end].strip() for start, end in sentences(hidden) if text[start:end].strip()]


def _numbers(sentence: str) -> list[int]:
    return list(dict.fromkeys(int(n) for n in _MARKER.findall(sentence)))


def _fault(sentence: str, numbers: Sequence[int], witnesses: Sequence[Evidence]) -> str:
    """Why a sentence that cites `numbers` falls; empty when it holds."""
    if _CARRIER.search(sentence):
        return "link"
    if any(not 1 <= n <= len(witnesses) for n in numbers):
        return "marker"
    cited = [witnesses[n - 1] for n in numbers]
    if not all(witness.said for witness in cited):
        return "words"
    if fault := unsupported(_MARKER.sub("", sentence), cited, cited[0].names):
        return fault
    # Between two markers stands what the second one is for: «tre uker [1] og seks måneder [2]».
    at, said = 0, ""
    for group in re.finditer(r"(?:\s*\[\d+\])+", sentence):
        said, at = sentence[at : group.start()], group.end()
        if false_amount(said, [witnesses[n - 1] for n in _numbers(group[0])]):
            return "amount"
    return ""


def _written(sentence: str, witnesses: Sequence[Evidence], answer: _Kept) -> str:
    """The sentence as inert Markdown, its markers renumbered."""
    claim = _MARKER.sub("", sentence)
    pieces, at = [], 0
    for match in _MARKER.finditer(sentence):
        n = answer.cite(witnesses[int(match[1]) - 1], claim)
        pieces += [escape(sentence[at : match.start()]), f" [{n}]"]
        at = match.end()
    return "".join([*pieces, escape(sentence[at:])]).strip()
