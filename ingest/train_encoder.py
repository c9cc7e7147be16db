"""Training the static encoder from the open law archives' structure and our own notes (`make encoder`).

Contrastive learning with in-batch negatives (Henderson et al. 2017, "Efficient natural language response
suggestion"; sentence-transformers calls it MultipleNegativesRankingLoss) of an embedding bag: first pairs
that the law's own structure gives – a heading and its ledd, two neighbouring ledd, a sentence and the rest
of its ledd –, then the notes: a question and another question, answer, word or paragraph of the same note.
Golden questions never come near it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.clean import clean_document
from ingest.fetch_archive import Lovdata
from ingest.load import files_of, load_file
from ingest.lovdata import load_lovdata
from ingest.manifest import Manifest, read_manifest
from ingest.vocabulary import read_vocabulary
from kb.analysis import KNOWN_WORDS, SHORTEST_PART, words
from kb.encoder import SHIPPED
from kb.types import Document, Kind
from kb.vocabulary import Outside

if TYPE_CHECKING:
    from tokenizers import Tokenizer

ARCHIVES = ("gjeldende-lover", "gjeldende-sentrale-forskrifter")
UNKNOWN = "[UNK]"
VOCABULARY = 32_000
DIMENSIONS = 256
COMMON = 20
"""How often a word must stand in the archives and notes to count as known."""
BATCH = 1_024
LAW_EPOCHS = 1
NOTE_STEPS = 1_200
LAW_RATE, NOTE_RATE = 0.02, 0.01
SCALE = 20.0
"""What cosines are multiplied by before the softmax, as in sentence-transformers."""
OWN_LAWS_TIMES = 3
"""Laws of the manifest count this much more than the rest of the country's."""
DROPPED_WORDS = 0.15
"""Share of words left out of half the questions, so that no single word carries one."""
SEED = 20_261_121

_SENTENCE = re.compile(r"(?<=[.;:])\s+|\n+")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Theme:
    """What people ask of one note or slide, and what answers it."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]


def law_pairs(documents: Sequence[Document], own: set[str], choose: random.Random) -> Iterator[Pair]:
    """Pairs that belong together because the law puts them together."""
    for document in documents:
        for section in document.sections:
            ledd = [block for block in section.text.split("\n\n") if len(block) > 20]
            if not ledd or not section.in_force:
                continue
            for _ in range(OWN_LAWS_TIMES if document.source.id in own else 1):
                if section.title:
                    heading = (
                        " ".join([section.title, *section.headings[-1:]]) if choose.random() < 0.5 else section.title
                    )
                    yield heading, choose.choice(ledd)[:600]
                if len(ledd) > 1:
                    at = choose.randrange(len(ledd) - 1)
                    yield ledd[at][:600], ledd[at + 1][:600]
                sentences = [sentence for sentence in _SENTENCE.split(choose.choice(ledd)) if len(sentence) > 25]
                if len(sentences) > 1:
                    at = choose.randrange(len(sentences))
                    yield sentences[at][:300], " ".join(sentences[:at] + sentences[at + 1 :])[:600]


def themes(notes: Sequence[Document], laws: Sequence[Document], outside: Sequence[Outside]) -> list[Theme]:
    """One theme per note, per slide of a digest, and per topic we do not cover."""
    paragraphs = {f"{law.source.id}/{s.locator}": (s.title, s.text.split("\n\n")) for law in laws for s in law.sections}
    found = [Theme(topic.questions, (topic.topic,)) for topic in outside]
    for note in notes:
        if note.source.kind is not Kind.NOTAT:
            found += [Theme(s.questions + s.words, (f"{s.title} {s.text}",)) for s in note.sections if s.questions]
            continue
        short = note.sections[0]
        answers = [f"{note.source.title} {s.text}" for s in note.sections if s.title.startswith("Kort svar")]
        answers += [point[2:] for s in note.sections for point in s.text.split("\n") if point.startswith("- ")]
        answers.append(" ".join(short.words))
        title, ledd = paragraphs.get(short.about[0], ("", []))
        answers += 2 * [f"{title} {block[:500]}" for block in ledd]
        found.append(Theme(short.questions + short.words, tuple(answers)))
    return found


def bokmal_nynorsk(notes: Sequence[Document], files: Sequence[Path]) -> list[Pair]:
    """Sentences that say the same in bokmål and nynorsk: our short answers, and any tab-separated files given."""
    pairs = []
    for note in notes:
        by_title = {section.title: section.text for section in note.sections}
        if "Kort svar (nynorsk)" in by_title:
            pairs.append((by_title["Kort svar"], by_title["Kort svar (nynorsk)"]))
    for file in files:
        rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
        pairs += [(row[-2], row[-1]) for row in rows if len(row) >= 2]
    return pairs


def known_words(texts: Iterable[str]) -> str:
    """The words that are common enough to be trusted as parts of compounds, with their counts, one a line."""
    counts = Counter(word for text in texts for word in words(text) if word.isalpha() and len(word) >= SHORTEST_PART)
    return "".join(f"{word} {count}\n" for word, count in sorted(counts.items()) if count >= COMMON)


def train_tokenizer(texts: Sequence[str]) -> Tokenizer:
    """A WordPiece tokenizer over lower-cased text."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=80))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, special_tokens=[UNKNOWN], min_frequency=2, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def train(
    tokenizer: Tokenizer, laws: list[Pair], own: Sequence[Theme], languages: Sequence[Pair], choose: random.Random
) -> Any:
    """Token vectors, float32 of shape (vocabulary, dimensions)."""
    import torch
    from torch.nn import functional

    torch.manual_seed(SEED)
    bag = torch.nn.EmbeddingBag(tokenizer.get_vocab_size(), DIMENSIONS, mode="mean")
    torch.nn.init.normal_(bag.weight, 0, 0.05)
    optimizer = torch.optim.Adam(bag.parameters(), lr=LAW_RATE)

    def encoded(texts: Sequence[str]) -> torch.Tensor:
        ids = [encoding.ids or [0] for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]
        starts = torch.tensor(np.cumsum([0] + [len(listed) for listed in ids[:-1]]))
        return functional.normalize(bag(torch.tensor([i for listed in ids for i in listed]), starts), dim=1)

    def step(pairs: Sequence[Pair], rate: float) -> float:
        for group in optimizer.param_groups:
            group["lr"] = rate
        scores = SCALE * encoded([one for one, _ in pairs]) @ encoded([other for _, other in pairs]).T
        right = torch.arange(len(pairs))
        loss = (functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    choose.shuffle(laws)
    steps = LAW_EPOCHS * (len(laws) // BATCH)
    for n in range(steps):
        at = n * BATCH % (len(laws) - BATCH)
        loss = step(laws[at : at + BATCH], LAW_RATE * (1 - n / steps) + LAW_RATE / 10)
        _report("lov", n, steps, loss)
    for n in range(NOTE_STEPS):
        rate = NOTE_RATE * (1 - n / NOTE_STEPS) + NOTE_RATE / 20
        loss = step(_note_batch(own, choose), rate)
        if n % 4 == 0:
            step(choose.sample(laws, BATCH // 2), rate)
        if n % 4 == 2:
            step(choose.sample(languages, min(BATCH // 2, len(languages))), rate)
        _report("notat", n, NOTE_STEPS, loss)
    return bag.weight.detach().numpy().copy()


def _note_batch(own: Sequence[Theme], choose: random.Random) -> list[Pair]:
    """One pair per theme, so that no two rows of a batch are right for each other."""
    pairs = []
    for theme in choose.sample(own, len(own)):
        one = choose.choice(theme.questions)
        other = choose.choice(theme.questions) if choose.random() < 0.5 else choose.choice(theme.answers)
        if one != other:
            pairs.append((_drop_words(one, choose), _drop_words(other, choose)))
    return pairs


def _drop_words(text: str, choose: random.Random) -> str:
    listed = text.split()
    if len(listed) < 4 or choose.random() < 0.5:
        return text
    return " ".join(word for word in listed if choose.random() > DROPPED_WORDS) or text


def save(weights: Any, tokenizer: Tokenizer, folder: Path) -> None:
    """Write int8 vectors with one scale per token, in the layout `SentenceTransformer(folder)` reads.

    Tokens are renumbered at random: in the alphabet's order the vocabulary would hold whole runs of numbers.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    described = json.loads(tokenizer.to_str())
    tokens = sorted(described["model"]["vocab"])
    random.Random(SEED).shuffle(tokens)
    rows = np.array([described["model"]["vocab"][token] for token in tokens])
    described["model"]["vocab"] = {token: n for n, token in enumerate(tokens)}
    weights = np.array(weights)[rows]
    weights[tokens.index(UNKNOWN)] = 0  # what no token stands for says nothing
    scale = np.abs(weights).max(axis=1) / 127
    scale[scale == 0] = 1
    save_file(
        {"embeddings": np.round(weights / scale[:, None]).astype(np.int8), "weights": scale.astype(np.float32)},
        folder / "model.safetensors",
    )
    (folder / "tokenizer.json").write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "1_Normalize" / "config.json").write_text("{}\n", encoding="utf-8")
    (folder / "modules.json").write_text(json.dumps(modules, indent=2) + "\n", encoding="utf-8")
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"similarity_fn_name": "cosine"}, indent=2) + "\n", encoding="utf-8"
    )


def _read(manifest: Manifest, lovdata_url: str, cache: Path) -> tuple[list[Document], list[Document]]:
    source = Lovdata(lovdata_url, cache)
    laws = [
        clean_document(load_lovdata(xml, date.today()))
        for name in ARCHIVES
        for _, xml in source.archive(name).documents()
    ]
    notes = [
        clean_document(load_file(path, entry))
        for entry in manifest.entries
        if entry.way == "folder"
        for path in files_of(entry)
    ]
    return laws, notes


def _report(what: str, n: int, of: int, loss: float) -> None:
    if n % 100 == 0 or n == of - 1:
        sys.stderr.write(f"{what} {n + 1}/{of}: tap {loss:.3f}\n")


def main() -> None:
    """Read, train, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("lovdata", help="Lovdatas åpne API, eller en file://-mappe med arkivene")
    parser.add_argument(
        "--parallel", type=Path, nargs="*", default=[], help="tabulatordelte filer med bokmål og nynorsk"
    )
    parser.add_argument("--words-only", action="store_true", help="lag bare ordlisten for sammensetninger")
    parser.add_argument("--cache", type=Path, default=Path("build/lovdata"))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    arguments = parser.parse_args()
    choose = random.Random(SEED)
    manifest = read_manifest(arguments.manifest)
    laws, notes = _read(manifest, arguments.lovdata, arguments.cache)
    pairs = list(law_pairs(laws, {entry.id for entry in manifest.entries if entry.way == "lovdata"}, choose))
    own = themes(notes, laws, read_vocabulary(manifest.vocabulary).outside)
    languages = bokmal_nynorsk(notes, arguments.parallel)
    sys.stderr.write(
        f"{len(laws)} lover og forskrifter gir {len(pairs)} par, {len(own)} tema, {len(languages)} språkpar\n"
    )
    everything = (section.text for document in (*laws, *notes) for section in document.sections)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / KNOWN_WORDS.name).write_text(known_words(everything), encoding="utf-8")
    if arguments.words_only:
        return
    texts = [text for pair in pairs for text in pair] + 3 * [
        text for theme in own for text in (*theme.questions, *theme.answers)
    ]
    tokenizer = train_tokenizer(texts)
    save(train(tokenizer, pairs, own, languages, choose), tokenizer, arguments.out)


if __name__ == "__main__":
    main()
