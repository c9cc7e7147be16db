"""Fit the weights of kb/confidence.py on the dev questions and check them on the test questions."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evals.questions import Question, QuestionKind, read_questions
from kb.encoder import StaticEncoder
from kb.index import Index, open_index
from kb.search import search
from kb.settings import Settings

RIDGE = 1.0
"""L2 penalty on the standardised weights: there are few refusals to learn from."""
REFUSALS_COUNT = 4.0
"""What one refusal weighs against one question with an answer, as there are far fewer of them."""

Floats = npt.NDArray[np.float64]


def evidence_of(index: Index, questions: list[Question]) -> tuple[Floats, Floats]:
    """Evidence, shape (questions, 3), and whether each is in scope; questions that name a § are left out."""
    rows, labels = [], []
    for question in questions:
        if found := search(index, question.question).evidence:
            rows.append((found.score, found.inside, found.outside))
            labels.append(float(question.kind is not QuestionKind.REFUSAL))
    return np.array(rows), np.array(labels)


def fit(rows: Floats, labels: Floats) -> tuple[Floats, float]:
    """Logistic regression by Newton's method; weights and bias for the raw evidence."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    design = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    counts = np.where(labels == 1, 1.0, REFUSALS_COUNT)
    penalty = RIDGE * np.diag([1.0] * rows.shape[1] + [0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (counts * (probability - labels)) + penalty @ weights
        curvature = (design.T * (counts * probability * (1 - probability))) @ design + penalty
        weights -= np.linalg.solve(curvature, gradient)
    raw = weights[:-1] / spread
    return raw, float(weights[-1] - raw @ mean)


def main() -> None:
    """Print the fit and what it refuses on both splits."""
    settings = Settings.from_environment()
    index = open_index(settings.data, StaticEncoder())
    questions = read_questions(Path(__file__).parent / "questions")
    splits = {split: evidence_of(index, [q for q in questions if q.split == split]) for split in ("dev", "test")}
    weights, bias = fit(*splits["dev"])
    sys.stdout.write(f"WEIGHTS = ({', '.join(f'{w:.3g}' for w in weights)})\nBIAS = {bias:.3g}\n")
    for split, (rows, labels) in splits.items():
        probability = 1 / (1 + np.exp(-(rows @ weights + bias)))
        for threshold in (0.3, 0.4, 0.5, 0.6):
            lost, refused = (probability[labels == 1] < threshold).mean(), (probability[labels == 0] < threshold).mean()
            sys.stdout.write(f"{split} {threshold}: in scope refused {lost:.3f}, out of scope refused {refused:.3f}\n")


if __name__ == "__main__":
    main()
