"""Making kb/lemmas.txt: the dictionary form of words whose stem does not meet it, «søkte» and «søke» (`make lemmas`).

From simplemma's bokmål dictionary, as far as our texts know the word. Snowball's rules know no irregular verbs, no past
tense in -te, and take the -er off «arbeidstaker» but not off «arbeidstakeren».
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from ingest.nynorsk import bokmal_words
from kb.analysis import LEMMAS, STOP_WORDS, without_ending
from kb.encoder import StaticEncoder
from kb.errors import UsageError
from kb.index import open_index
from kb.settings import Settings

_HEADER = (
    "# Ord og oppslagsformen deres, der stammene ellers er ulike. Laget av ingest/lemmas.py; rett der, ikke her.\n"
)


def dictionary() -> Iterator[tuple[str, str]]:
    """Every form simplemma knows with its dictionary form."""
    try:
        from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory
    except ModuleNotFoundError as error:
        raise UsageError("Pakken «simplemma» mangler. Kjør «pip install 'navkb[lemmas]'».") from error
    for form, lemma in DefaultDictionaryFactory().get_dictionary("nb").items():
        yield str(form), str(lemma)


def unmet(pairs: Iterable[tuple[str, str]], used: Container[str]) -> dict[str, str]:
    """The forms whose stem is not that of their dictionary form, of words that some form of is in `used`."""
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for form, lemma in pairs:
        if all(word.isalpha() and word.islower() for word in (form, lemma)) and form not in STOP_WORDS:
            forms[lemma].append(form)
    return {
        form: lemma
        for lemma, listed in sorted(forms.items())
        if any(form in used for form in listed)
        for form in sorted(listed)
        if without_ending(form) != without_ending(lemma)
    }


def main() -> None:
    """Choose and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=LEMMAS)
    arguments = parser.parse_args()
    used, _ = bokmal_words(open_index(Settings.from_environment().data, StaticEncoder()))
    lines = [f"{form} {lemma}\n" for form, lemma in unmet(dictionary(), used).items()]
    arguments.out.write_text(_HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
