"""The command line as others use it: real processes, stable JSON keys, exit statuses, messages without tracebacks."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest

from navkb import main

ROOT = Path(__file__).parent.parent


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def navkb(*arguments: str, data: Path, stdin: str = "", **settings: str) -> Done:
    """Run a command as its process would, without the cost of one."""
    environment = {"NAVKB_DATA": str(data), "NAVKB_LOVDATA_URL": "http://127.0.0.1:9", **settings}
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch("sys.stdin", StringIO(stdin)),
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        try:
            status = main(arguments)
        except SystemExit as stopped:  # how argparse ends
            status = int(stopped.code or 0)
    return Done(status, out.getvalue(), err.getvalue())


def test_a_process_of_its_own_does_the_same(tmp_path: Path) -> None:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("NAVKB_")}
    command = [sys.executable, str(ROOT / "navkb.py"), "ask", "--questions", "-"]
    done = subprocess.run(
        command,
        env={**settings, "NAVKB_DATA": str(tmp_path)},
        input="blåbærsyltetøy\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "Kjør «navkb sync» først" in done.stderr


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
