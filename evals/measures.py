"""Retrieval measures, one short function each; `ranked` are references best first, `gold` what was needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def matches(ref: str, wanted: str) -> bool:
    """Whether `ref` is the place `wanted` or a part of it (a ledd of the §, a slide of the document)."""
    return ref == wanted or ref.startswith(wanted + "/")


def hit_at_k(ranked: Sequence[str], wanted: Collection[str], k: int) -> float:
    """1 if any wanted reference is among the first k, else 0 (also called success@k; not recall)."""
    return float(any(matches(ref, want) for ref in ranked[:k] for want in wanted))


def recall_at_k(ranked: Sequence[str], gold: Collection[str], k: int) -> float:
    """The share of the needed references among the first k (equals hit@k when one is needed)."""
    return sum(any(matches(ref, want) for ref in ranked[:k]) for want in gold) / len(gold)


def reciprocal_rank(ranked: Sequence[str], wanted: Collection[str]) -> float:
    """1 / rank of the first wanted reference, 0 when there is none; its mean over questions is MRR."""
    return next((1 / n for n, ref in enumerate(ranked, 1) if any(matches(ref, want) for want in wanted)), 0.0)
