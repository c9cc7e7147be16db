"""The command line as others use it: real processes, stable JSON keys, exit statuses, messages without tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def navkb(*arguments: str, data: Path, stdin: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "NAVKB_DATA": str(data), "NAVKB_LOVDATA_URL": "http://127.0.0.1:9", **settings}
    return subprocess.run(
        [sys.executable, str(ROOT / "navkb.py"), *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["ask", "hei"], 3, "Kjør «navkb sync» først"),
        (["search", "hei"], 3, "Kjør «navkb sync» først"),
        (["sources"], 3, "Kjør «navkb sync» først"),
        (["chat"], 3, "Kjør «navkb sync» først"),
        (["ask", ""], 2, "Spørsmålet er tomt"),
        (["ask", "a" * 10_000], 2, "for langt"),
        (["ask", "gjelder 13876698743"], 2, "fødselsnummer"),
        (["sync", "finnes-ikke.toml"], 2, "kan ikke leses"),
        (["ask", "--questions", "finnes-ikke.txt"], 3, "navkb sync"),
        (["chat", "--host", "0.0.0.0"], 3, "navkb sync"),
        ([], 2, "usage: navkb"),
    ],
)
def test_bad_use_is_told_without_a_traceback(tmp_path: Path, arguments: list[str], status: int, message: str) -> None:
    done = navkb(*arguments, data=tmp_path)
    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_unknown_and_impossible_settings_are_told(tmp_path: Path) -> None:
    assert "NAVKB_DATTA" in navkb("sources", data=tmp_path, NAVKB_DATTA="x").stderr
    done = navkb("sources", data=tmp_path, NAVKB_PORT="åtte")
    assert (done.returncode, "NAVKB_PORT" in done.stderr) == (2, True)
