"""A newer law: which paragraphs changed, and which notes and courses, however they point at them, must be checked."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from conftest import CAKE_LAW, COMING_LAW, TODAY, write_archive, write_corpus
from fakes import HashingEncoder

from ingest.changes import points_at
from ingest.sync import Report, sync

LAW = "lov/2020-01-02-3"
LOCAL = f"""---
id: notat/vakt
tittel: Kakevakt hos oss
gjelder: [{LAW}/§2/ledd/1]
kontrollert: 2026-11-21
spoersmaal: ["hvem har kakevakt?"]
---
## Kort svar
Vi har kakevakt på torsdager.
"""


class Office:
    """The small corpus and the law it is about, which can be amended."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.manifest = folder, write_corpus(folder / "corpus")
        self.lovdata = folder / "lovdata"
        self.publish()

    def publish(self, old: bytes = b"", new: bytes = b"") -> None:
        members = {"nl/nl-20200102-003.xml": CAKE_LAW.replace(old, new, 1), "nl/nl-20250607-008.xml": COMING_LAW}
        write_archive(self.lovdata, "gjeldende-lover", members)

    def sync(self, *manifests: Path) -> Report:
        run = partial(sync, data=self.folder / "data", encoder=HashingEncoder(), today=TODAY)
        return run(manifests or [self.manifest], lovdata_url=self.lovdata.as_uri())

    def course(self, name: str, content: bytes) -> None:
        path = self.manifest.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_changed_paragraphs_are_told_with_the_notes_and_courses_that_point_there(office: Office) -> None:
    office.course("kurs/kake.toml", f'[[steg]]\nfasit = ["{LAW}/§2/ledd/2"]\n'.encode())
    office.course("kurs/dypt/inne/start.md", f"# Start\n\nLes [kakeretten](https://lovdata.no/{LAW}/§2).".encode())
    office.course("kurs/gammel.txt", f"Jf. {LAW}/§2, som gjelder på lørdag.".encode("latin-1"))
    office.course("kurs/annet.md", f"Les {LAW}/§2a og {LAW}/§20, og hele {LAW}.".encode())
    office.course("kurs/bilde.png", b"\x89PNG\r\n\0\xff\xfe")
    office.course("andre/kake.md", f"{LAW}/§2".encode())
    assert office.sync().courses == ()
    office.publish(b"minst ett stykke kake", b"minst tre stykker kake")
    report = office.sync()
    assert report.plan.replace == (LAW,)
    assert report.changed == (f"{LAW}/§2",)
    assert report.to_check == ("notat/kakeloven-2",)
    assert report.courses == ("kurs/dypt/inne/start.md", "kurs/gammel.txt", "kurs/kake.toml")


def test_notes_of_manifests_that_are_not_given_are_told_too(office: Office) -> None:
    local = office.folder / "lokalt" / "manifest.toml"
    (local.parent / "notater").mkdir(parents=True)
    (local.parent / "notater" / "vakt.md").write_text(LOCAL, encoding="utf-8")
    local.write_text('[[source]]\nfolder = "notater"\n', encoding="utf-8")
    office.sync(office.manifest, local)
    office.publish(b"minst ett stykke kake", b"minst tre stykker kake")
    assert office.sync().to_check == ("notat/kakeloven-2", "notat/vakt")


def test_a_note_that_goes_in_the_same_sync_is_not_told(office: Office) -> None:
    office.sync()
    (office.manifest.parent / "notater" / "2-rett-til-kake.md").unlink()
    office.publish(b"minst ett stykke kake", b"minst tre stykker kake")
    report = office.sync()
    assert (report.changed, report.to_check) == ((f"{LAW}/§2",), ())


def test_a_law_that_is_only_published_again_changes_nothing(office: Office) -> None:
    office.course("kurs/kake.md", f"{LAW}/§2".encode())
    office.sync()
    office.publish(b"</html>", b"</html>\n")
    report = office.sync()
    assert (report.changed, report.to_check, report.courses) == ((), (), ())


@pytest.mark.parametrize(
    ("references", "points"),
    [
        ((f"{LAW}/§2",), True),
        ((f"{LAW}/§2/ledd/2",), True),
        ((f"{LAW}/§2/ledd/1/bokstav/a",), True),
        ((f"{LAW}/§1", f"{LAW}/§2/ledd/9"), True),
        ((f"{LAW}/§2a",), False),
        ((f"{LAW}/§20/ledd/2",), False),
        ((LAW,), False),
        (("lov/2020-01-02-34/§2",), False),
        (("praksis/solbu-2014/lysbilde/2",), False),
        ((), False),
    ],
)
def test_a_reference_points_at_the_paragraph_it_lies_in(references: tuple[str, ...], points: bool) -> None:
    assert points_at(references, {f"{LAW}/§2"}) is points
