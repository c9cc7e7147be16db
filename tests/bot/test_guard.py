"""The guard: valid identity numbers are found, look-alikes pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import MASK, identity_numbers, mask

_FIRST, _SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def synthetic(day: int, month: int, year: int, individual: int) -> str | None:
    """A synthetic number (month + 80) with right check digits; None where none exists."""
    digits = [int(c) for c in f"{day:02}{month + 80:02}{year:02}{individual:03}"]
    for weights in (_FIRST, _SECOND):
        check = -sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
        if check == 10:
            return None
        digits.append(check)
    return "".join(map(str, digits))


@given(
    st.integers(1, 28),
    st.integers(1, 12),
    st.integers(0, 99),
    st.integers(0, 999),
    st.sampled_from(["", " ", "-", "."]),
)
def test_every_valid_number_is_found_and_masked(day: int, month: int, year: int, individual: int, gap: str) -> None:
    number = synthetic(day, month, year, individual)
    if number is None:
        return
    text = f"gjelder {number[:6]}{gap}{number[6:]}, hva nå?"
    assert identity_numbers(text) == [f"{number[:6]}{gap}{number[6:]}"]
    assert mask(text) == f"gjelder {MASK}, hva nå?"


@pytest.mark.parametrize(
    "text",
    [
        "saksnummer 20241234567",
        "12 000 kroner og 15 500 kroner",
        "lov/2009-12-18-131/§20a",
        "01.01.2026 til 31.12.2026",
        "13876698744",
        "99999999999",
        "1234567890123",
    ],
)
def test_look_alikes_pass(text: str) -> None:
    assert identity_numbers(text) == []
