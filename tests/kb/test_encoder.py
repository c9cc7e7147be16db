"""The shipped encoder: fast to open, the same every time, near for near meanings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import only_in_ci

from kb.encoder import SHIPPED, StaticEncoder
from kb.errors import ModelError


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder()


@pytest.mark.parametrize(
    ("question", "near", "far"),
    [
        ("han har ikke noe sted å sove i natt", "midlertidig botilbud", "innsyn i dokumenter"),
        ("hun vil klage på avslaget", "klagefrist og klageinstans", "barnetillegg i kvalifiseringsstønad"),
        ("svogeren min har søkt, kan jeg behandle saken?", "inhabil saksbehandler", "individuell plan"),
    ],
)
def test_what_means_the_same_is_near(encoder: StaticEncoder, question: str, near: str, far: str) -> None:
    vectors = encoder.encode([question, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_vectors_have_length_one_and_repeat(encoder: StaticEncoder) -> None:
    vectors = encoder.encode(["nødhjelp i dag", "", "nødhjelp i dag"])
    assert np.linalg.norm(vectors, axis=1).round(5).tolist() == [1.0, 0.0, 1.0]
    assert (vectors[0] == vectors[2]).all()


@only_in_ci
def test_sentence_transformers_reads_the_same_folder_to_the_same_vectors(encoder: StaticEncoder) -> None:
    from kb.sentence_encoder import SentenceEncoder

    texts = ["nødhjelp i dag", "Kommunen skal yte økonomisk stønad, jf. § 18.", "kva med straumen?", "qwxz"]
    theirs = SentenceEncoder(str(SHIPPED)).encode(texts)
    assert np.abs(theirs - encoder.encode(texts)).max() < 1e-3


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        StaticEncoder(tmp_path)


def test_the_model_stays_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) <= 10_000_000
