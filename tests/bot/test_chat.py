"""The chat as a person meets it: a real server, a real browser, a question, an answer, a source beside it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TODAY, write_corpus
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from bot.server import check_host
from ingest.sync import sync
from kb.encoder import StaticEncoder
from kb.errors import SettingsError

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = shutil.which("chromium")
FLAGS = """
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run
    --disable-background-networking --disable-component-update --disable-sync --no-default-browser-check --lang=nb-NO --window-size=1300,1000
""".split()

pytestmark = [
    pytest.mark.skipif(
        not CHROMIUM and os.environ.get("CI") != "true",
        reason="nettleseren mangler; på Debian: apt-get install chromium chromium-driver",
    ),
]


@pytest.fixture(scope="module")
def starting(
    tmp_path_factory: pytest.TempPathFactory, lovdata_folder: Path
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A `navkb chat` over the small corpus that has been started, and its port."""
    folder = tmp_path_factory.mktemp("chat")
    sync([write_corpus(folder / "corpus")], folder / "data", StaticEncoder(), lovdata_folder.as_uri(), TODAY)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "NAVKB_DATA": str(folder / "data"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(ROOT / "navkb.py"), "chat", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server, port
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def address(starting: tuple[subprocess.Popen[str], int], browser: webdriver.Chrome) -> str:
    """Where the chat answers; the browser comes up while the server does."""
    server, port = starting
    assert server.stdout is not None
    assert f"http://127.0.0.1:{port}" in server.stdout.readline()
    WebDriverWait(None, 20, poll_frequency=0.1, ignored_exceptions=[OSError]).until(lambda _: _alive(port))
    return f"http://127.0.0.1:{port}"


def _alive(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/isalive", timeout=2) as response:
        return bool(response.status == 200)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or "/usr/bin/chromium"
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def _page(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def _wait_for(browser: webdriver.Chrome, words: str) -> None:
    wait = WebDriverWait(browser, 15, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])
    wait.until(lambda b: words in _page(b), f"the page never said {words!r}")


def _wait_until_gone(browser: webdriver.Chrome, words: str) -> None:
    wait = WebDriverWait(browser, 15, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])
    wait.until(lambda b: words not in _page(b), f"the page went on saying {words!r}")


def _press(browser: webdriver.Chrome, ending: str) -> None:
    """Press the button whose text ends so; the page may draw it anew while we look."""

    def pressed(page: webdriver.Chrome) -> bool:
        found = [button for button in page.find_elements(By.TAG_NAME, "button") if button.text.endswith(ending)]
        if found:
            page.execute_script("arguments[0].click()", found[0])
        return bool(found)

    wait = WebDriverWait(browser, 15, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])
    wait.until(pressed, f"no button ends with {ending!r}")


def _ask(browser: webdriver.Chrome, question: str) -> None:
    box = WebDriverWait(browser, 15, poll_frequency=0.1).until(lambda b: b.find_element(By.ID, "chat-input"))
    box.send_keys(question)

    def sent(page: webdriver.Chrome) -> bool:  # the box takes text before the page is connected, but sends none
        left = page.find_element(By.ID, "chat-input")
        if question in (left.text or left.get_attribute("value") or ""):
            left.send_keys(Keys.ENTER)
            return False
        return True

    wait = WebDriverWait(browser, 15, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])
    wait.until(sent, f"{question!r} could not be sent")


def test_a_question_in_the_browser(address: str, browser: webdriver.Chrome) -> None:
    browser.get(address)
    _wait_for(browser, "Ikke tak over hodet i natt")
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "nb"

    _ask(browser, "Hun fikk ikke fredagskaffe, hva har hun krav på?")
    _wait_for(browser, "Den som har jobbet hele uken, skal ha minst ett kakestykke.")
    _wait_for(browser, "— kakeloven § 2")
    links = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "blockquote a")]
    assert "https://lovdata.no/lov/2020-01-02-3/%C2%A72" in links

    _press(browser, "kakeloven § 2")
    _wait_for(browser, "med mindre arbeidstakeren har bedt om noe annet")

    _ask(browser, "gjelder 13876698743, hva har hun krav på?")
    _wait_for(browser, "inneholder et fødselsnummer")
    _press(browser, "Fjern og spør på nytt")
    _wait_for(browser, "gjelder [fødselsnummer fjernet], hva har hun krav på?")
    _wait_until_gone(browser, "13876698743")

    _ask(browser, "Kari Hansen fikk ikke fredagskaffe, ring 98 76 54 32, hva har hun krav på?")
    _wait_for(browser, "Spørsmålet inneholdt et telefonnummer og et personnavn.")
    _wait_until_gone(browser, "98 76 54 32")

    _ask(browser, "Hvordan blir været i Oslo i morgen?")
    _wait_for(browser, "Kildene mine dekker ikke dette spørsmålet")

    assert _other_hosts(browser) == set()


def _other_hosts(browser: webdriver.Chrome) -> set[str]:
    """Addresses outside this machine that the page asked for."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {
        m["params"]["request"]["url"]
        for m in messages
        if m["method"] == "Network.requestWillBeSent" and "127.0.0.1" in m["params"].get("documentURL", "")
    }
    assert urls, "the browser logged no requests"
    return {url for url in urls if not url.startswith(("http://127.0.0.1", "data:", "blob:", "chrome:"))}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "navkb.example"])
def test_other_addresses_are_refused_without_a_login(host: str) -> None:
    with pytest.raises(SettingsError, match="ingen innlogging"):
        check_host(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_fine(host: str) -> None:
    check_host(host)
