"""Fetching an address over real HTTP: only what is newer, never half of it, and never from the inside."""

from __future__ import annotations

import socket
from itertools import count
from pathlib import Path

import pytest
from web import Handler, Web

from ingest import fetch_url as fetching
from ingest.fetch_url import fetch_url, kept_url
from kb.errors import SourceError

PAGE = "<html><head><title>Kakevakt</title></head><body><main><h2>Torsdag</h2><p>{} baker.</p></main></body></html>"
TAG = '"utgave-1"'


def test_a_page_is_fetched_once_and_then_asked_about(web: Web, tmp_path: Path) -> None:
    url = web.serve("/side", "første", etag=TAG)
    first = fetch_url(url, tmp_path / "cache")
    assert (first.path.read_text(), first.content_type) == ("første", "text/html; charset=utf-8")
    assert fetch_url(url, tmp_path / "cache") == first == kept_url(url, tmp_path / "cache")
    assert [headers.get("if-none-match") for _, headers in web.asked] == [None, TAG]
    web.serve("/side", "andre", etag='"utgave-2"')
    second = fetch_url(url, tmp_path / "cache")
    assert second.path.read_text() == "andre"
    assert second.stamp != first.stamp
    assert len(list((tmp_path / "cache").iterdir())) == 2, "a file and its note"


def test_last_modified_will_do_where_there_is_no_tag(web: Web, tmp_path: Path) -> None:
    stamp = "Sat, 21 Nov 2026 10:00:00 GMT"
    web.answers["/side"] = lambda handler: handler.say(200, {"Last-Modified": stamp}, b"x")
    fetch_url(web.url("/side"), tmp_path)
    web.answers["/side"] = lambda handler: handler.say(304, {})
    assert fetch_url(web.url("/side"), tmp_path).path.read_bytes() == b"x"
    assert web.asked[-1][1]["if-modified-since"] == stamp


@pytest.mark.parametrize("harm", ["file", "note", "gone"])
def test_a_damaged_cache_is_fetched_whole(web: Web, tmp_path: Path, harm: str) -> None:
    url = web.serve("/side", "hele siden", etag=TAG)
    kept = fetch_url(url, tmp_path)
    if harm == "file":
        kept.path.write_text("hele")
    elif harm == "note":
        kept.path.with_name(f"{kept.path.name}.json").write_text('{"url": ')
    else:
        kept.path.unlink()
    assert kept_url(url, tmp_path) is None
    assert fetch_url(url, tmp_path).path.read_text() == "hele siden"
    assert "if-none-match" not in web.asked[-1][1]


def test_three_redirects_are_followed_and_no_more(web: Web, tmp_path: Path) -> None:
    web.serve("/0", "fremme")
    for n in range(1, 5):
        web.refuse(f"/{n}", 302, Location=f"/{n - 1}")
    assert fetch_url(web.url("/3"), tmp_path).path.read_text() == "fremme"
    with pytest.raises(SourceError, match="videre mer enn 3 ganger"):
        fetch_url(web.url("/4"), tmp_path)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:alert(1)", "data:text/html,x"]
)
def test_a_redirect_out_of_the_web_is_refused(web: Web, tmp_path: Path, target: str) -> None:
    web.refuse("/ut", 302, Location=target)
    with pytest.raises(SourceError, match=r"ikke er en nettadresse|ikke en gyldig adresse"):
        fetch_url(web.url("/ut"), tmp_path)


def _names(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> None:
    """A name server: each look-up of a name gives its next address, the last one for good."""
    real = socket.getaddrinfo

    def lookup(host: str, port: object, *args: object, **more: object) -> object:
        name = host.partition(".")[0]
        if name in known:
            host = known[name].pop(0) if len(known[name]) > 1 else known[name][0]
        return real(host, port, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.mark.parametrize(
    "target",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
    ],
)
def test_a_page_outside_may_not_send_us_inside(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    """The first look-up is the connection to the page, which is on this machine; to the judge it is outside."""
    _names(monkeypatch, ute=["127.0.0.1", "93.184.216.34"])
    web.serve("/hemmelig", "innsiden")
    web.refuse("/", 302, Location=f"http://{target}:{web.server_port}/hemmelig")
    with pytest.raises(SourceError, match="på innsiden av nettet"):
        fetch_url(web.url("/", "ute.example"), tmp_path)
    assert web.paths == ["/"]
    assert not list(tmp_path.iterdir())


def test_a_name_that_changes_between_look_up_and_connection_is_caught(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _names(monkeypatch, ute=["127.0.0.1", "93.184.216.34"], vrang=["93.184.216.34", "127.0.0.1"])
    web.serve("/hemmelig", "innsiden")
    web.refuse("/", 302, Location=web.url("/hemmelig", "vrang.example"))
    with pytest.raises(SourceError, match=r"'vrang\.example' på innsiden"):
        fetch_url(web.url("/", "ute.example"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_page_inside_may_move_on_its_own_host(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office's own server, which the manifest names; the machine behind it may not be chosen by the page."""
    connection, judge = "127.0.0.1", "10.1.2.3"
    _names(monkeypatch, inne=[connection, judge, judge, connection, judge], annen=["10.1.2.4"])
    web.serve("/ny", "flyttet")
    web.refuse("/", 301, Location="/ny")
    assert fetch_url(web.url("/", "inne.example"), tmp_path).path.read_text() == "flyttet"
    web.refuse("/", 301, Location=web.url("/", "annen.example"))
    _names(monkeypatch, inne=[connection, judge])
    with pytest.raises(SourceError, match=r"'annen\.example' på innsiden"):
        fetch_url(web.url("/", "inne.example"), tmp_path)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "innlogging"),
        (403, "innlogging"),
        (404, "finnes ikke lenger"),
        (410, "finnes ikke lenger"),
        (500, "igjen senere"),
        (503, "igjen senere"),
        (304, "igjen senere"),
    ],
)
def test_a_refusal_is_named_with_its_cure(web: Web, tmp_path: Path, status: int, says: str) -> None:
    with pytest.raises(SourceError, match=rf"HTTP {status}\).*{says}"):
        fetch_url(web.refuse("/side", status), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("told", [True, False])
def test_a_page_that_is_too_large_leaves_nothing(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr(fetching, "LARGEST_PAGE", 1_000)

    def untold(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * 1_001)
        handler.break_off()

    web.answers["/stor"] = (lambda handler: handler.say(200, {}, b"x" * 1_001)) if told else untold
    with pytest.raises(SourceError, match="større enn 1000 byte"):
        fetch_url(web.url("/stor"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_page_that_never_ends_is_given_up(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(0, fetching.PAGE_SECONDS + 1)
    monkeypatch.setattr(fetching, "monotonic", lambda: next(clock))
    with pytest.raises(SourceError, match="ferdig på 120 sekunder"):
        fetch_url(web.serve("/treg", "litt etter litt"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_server_that_says_nothing_is_given_up(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "STILL_SECONDS", 0.05)

    def silent(_: Handler) -> None:
        web.over.wait()

    web.answers["/taus"] = silent
    with pytest.raises(SourceError, match="tidsavbrudd"):
        fetch_url(web.url("/taus"), tmp_path)


def test_what_breaks_off_leaves_the_earlier_version(web: Web, tmp_path: Path) -> None:
    url = web.serve("/side", "hele", etag=TAG)
    kept = fetch_url(url, tmp_path)

    def broken(handler: Handler) -> None:
        handler.say(200, {}, b"halve", length=10)
        handler.break_off()

    web.answers["/side"] = broken
    with pytest.raises(SourceError, match="brutt underveis"):
        fetch_url(url, tmp_path)
    assert kept_url(url, tmp_path) == kept
    assert kept.path.read_text() == "hele"


def test_packed_answers_are_refused_as_we_asked_for_none(web: Web, tmp_path: Path) -> None:
    web.answers["/side"] = lambda handler: handler.say(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08")
    with pytest.raises(SourceError, match=r"kom pakket \(gzip\)"):
        fetch_url(web.url("/side"), tmp_path)
    assert web.asked[0][1]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://vikeby.example/x", "begynner med https://"),
        ("vikeby.example/x", "begynner med https://"),
        ("http://[", "kunne ikke hentes"),
        ("https://", "kunne ikke hentes"),
        ("http://127.0.0.1:9/", "ingen forbindelse"),
        ("file:///finnes/ikke.html", "Sjekk stien"),
    ],
)
def test_an_address_that_leads_nowhere_is_named(url: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=says):
        fetch_url(url, tmp_path)


def test_a_disk_that_refuses_is_named(web: Web, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("en fil, ikke en mappe")
    with pytest.raises(SourceError, match="kunne ikke lagres"):
        fetch_url(web.serve("/side", "x"), tmp_path / "cache")
