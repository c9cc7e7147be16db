"""Files of questions: plain lines, lines with turns and a date, and lines that are neither."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from bot.question_lines import parse_line, read_lines
from kb.errors import UsageError
from kb.types import Turn


def test_a_plain_line_is_the_question() -> None:
    line = parse_line("  hvem får kake?\n")
    assert (line.text, line.turns, line.per, line.wrong) == ("hvem får kake?", (), None, "")


def test_a_line_with_turns_has_the_last_as_question() -> None:
    line = parse_line('{"turns": ["Hva er kakeloven?", "og hvor lenge?"], "per": "2026-03-01"}')
    assert (line.text, line.turns) == ("og hvor lenge?", (Turn("user", "Hva er kakeloven?"),))
    assert line.per == date(2026, 3, 1)


@pytest.mark.parametrize(
    "line", ["{", "{}", '{"turns": []}', '{"turns": [1]}', '{"turns": ["a"], "per": "i går"}', '{"turns": 7}']
)
def test_a_line_that_cannot_be_read_says_so(line: str) -> None:
    assert "Linjen er ikke" in parse_line(line).wrong


def test_what_is_wrong_is_told_without_personal_data() -> None:
    wrong = parse_line('{"turns": ["a"], "per": "kari@eksempel.no"}').wrong
    assert "Linjen er ikke" in wrong
    assert "kari" not in wrong


def test_a_file_gives_its_lines_without_the_empty_ones(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("én\n\n{\nto\n", encoding="utf-8")
    assert [line.text for line in read_lines(str(tmp_path / "q.txt"))] == ["én", "{", "to"]


def test_standard_input_is_utf_8_whatever_the_terminal_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("blåbær\n".encode()), encoding="latin-1"))
    assert [line.text for line in read_lines("-")] == ["blåbær"]


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="kan ikke leses"):
        list(read_lines(str(tmp_path / "q.txt")))
