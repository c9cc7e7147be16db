"""The gap report counts refusals and keeps nobody's words."""

from __future__ import annotations

from pathlib import Path

from conftest import TODAY

from bot.answer import ask
from bot.gaps import GAPS_FILE, count_gap, gap_report
from kb.index import Index


def test_only_a_refusal_is_counted(cake_index: Index, tmp_path: Path) -> None:
    count_gap(cake_index, tmp_path, ask(cake_index, "hvem har rett til kake?", TODAY), TODAY)
    assert gap_report(tmp_path) == "Ingen spørsmål er avvist ennå."
    count_gap(cake_index, tmp_path, ask(cake_index, "Hvordan blir været i Oslo i morgen?", TODAY), TODAY)
    assert gap_report(tmp_path).startswith("1 spørsmål er avvist")


def test_words_of_the_question_alone_leave_no_trace(cake_index: Index, tmp_path: Path) -> None:
    count_gap(cake_index, tmp_path, ask(cake_index, "Hvordan blir været i Oslo i morgen?", TODAY), TODAY)
    written = (tmp_path / GAPS_FILE).read_text(encoding="utf-8").lower()
    assert "oslo" not in written
    assert "været" not in written
