"""Making kb/nynorsk.txt: the bokmål word for nynorsk words, as far as our texts know that word (`make nynorsk`).

Translates word by word with Apertium, an open machine translation system (Debian: apertium-nno-nob): the vocabulary
of the law archives' selection and our notes, whose pairs are turned around, and the nynorsk of a spelling list
(Debian: wnorwegian). A word that bokmål has as well is left out: «bur» in a bokmål text is a cage.
"""

from __future__ import annotations

import argparse
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kb.analysis import NYNORSK_WORDS, STOP_WORDS, stem, words
from kb.encoder import StaticEncoder
from kb.errors import UsageError
from kb.index import Index, open_index
from kb.settings import Settings
from kb.types import Kind

SPELLING_LISTS = Path("/usr/share/dict")
"""Where wnorwegian keeps `nynorsk` and `bokmaal`, one word form a line in Latin-1."""
DIRECTIONS = ("nob-nno", "nob-nno_e")
"""Nynorsk with infinitives in -a and in -e: people write both."""
_HEADER = "# Nynorske ord og det bokmålske ordet for det samme. Laget av ingest/nynorsk.py; rett der, ikke her.\n"


def bokmal_words(index: Index) -> tuple[Counter[str], set[str]]:
    """How often our texts use each word, and the words that stand in bokmål law and documents."""
    used: Counter[str] = Counter()
    in_bokmal: set[str] = set()
    for source in index.store.sources().values():
        if source.language == "nn":
            continue
        for passage in index.store.source_passages(source.id):
            listed = words(passage.text)
            used.update(listed)
            if source.kind is not Kind.NOTAT:
                in_bokmal.update(listed)
            if not passage.start:
                used.update(word for text in passage.section.questions for word in words(text))
                used.update(word for text in passage.section.words for word in words(text))
    return used, in_bokmal


def translated(listed: Sequence[str], direction: str) -> list[str]:
    """Each word's translation, or the word itself when Apertium does not know it."""
    try:
        done = subprocess.run(
            ["apertium", direction],
            input="\n".join(f"{word} ." for word in listed),
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError(f"Apertium kunne ikke kjøres ({error}). Installer pakken «apertium-nno-nob».") from error
    lines = [line.rstrip(" .").lower() for line in done.stdout.split("\n")]
    return [new if new.isalpha() else old for old, new in zip(listed, lines, strict=False)]


def dictionary(used: Mapping[str, int], in_bokmal: Iterable[str]) -> dict[str, str]:
    """Nynorsk word to the most used bokmål word it translates, where their stems do not meet by themselves."""
    known = sorted(word for word in used if word.isalpha() and len(word) > 1)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for direction in DIRECTIONS:
        for old, new in zip(known, translated(known, direction), strict=True):
            if new != old:
                found[new].add(old)
    bokmal = set(in_bokmal)
    return {
        new: max(sorted(olds), key=lambda old: used[old])
        for new, olds in sorted(found.items())
        if new not in bokmal and stem(new) not in {stem(old) for old in olds}
    }


def spelled(name: str) -> set[str]:
    """The words of a spelling list, lower case."""
    try:
        lines = (SPELLING_LISTS / name).read_text(encoding="latin-1").lower().splitlines()
    except OSError as error:
        raise UsageError(f"Ordlista kan ikke leses ({error}). Installer pakken «wnorwegian».") from error
    return {word for word in lines if word.isalpha()}


def further(found: Mapping[str, str], used: Iterable[str]) -> dict[str, str]:
    """Words that nynorsk alone has and that mean a word our texts have, some form of it; `found` ones left out."""
    known = {stem(word) for word in used if word.isalpha()}
    fresh = sorted(spelled("nynorsk") - spelled("bokmaal") - STOP_WORDS - found.keys() - set(used))
    pairs = zip(fresh, translated(fresh, "nno-nob"), strict=True)
    return {new: old for new, old in pairs if stem(old) in known and stem(old) != stem(new)}


def main() -> None:
    """Translate and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=NYNORSK_WORDS)
    arguments = parser.parse_args()
    used, in_bokmal = bokmal_words(open_index(Settings.from_environment().data, StaticEncoder()))
    found = dictionary(used, in_bokmal)
    lines = [f"{new} {old}\n" for new, old in sorted((found | further(found, used)).items())]
    arguments.out.write_text(_HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
