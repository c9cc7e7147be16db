"""The command line: the one place that wires the parts together."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from time import perf_counter
from typing import TextIO

from bot.answer import HITS, MODEL, ask, checked
from bot.render import answer_json, answer_text, search_json, search_text
from ingest.manifest import SHIPPED
from kb.encoder import Encoder, StaticEncoder
from kb.errors import NavkbError, SourceError, UsageError
from kb.index import Index, Snapshots, open_index
from kb.settings import Settings
from kb.types import Answer, Turn

LISTED = 20
"""How many changed paragraphs and notes are named one by one."""
COVERAGE = SHIPPED.parent / "dekning.toml"
SHIPPED_QUESTIONS = Path(__file__).parent / "evals" / "questions"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status (DESIGN: 0 answered or refused, 2–5 what went wrong)."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments, Settings.from_environment()))
    except NavkbError as error:
        if arguments.debug:
            raise
        print(error, file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("Avbrutt; den forrige indeksen svarer fortsatt.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def encoder_of(settings: Settings) -> Encoder:
    """The encoder the settings name."""
    if settings.encoder:
        from kb.sentence_encoder import SentenceEncoder

        return SentenceEncoder(settings.encoder)
    return StaticEncoder()


def _sync(arguments: argparse.Namespace, settings: Settings) -> int:
    from tqdm import tqdm

    from ingest.apply import roll_back
    from ingest.sync import sync

    if arguments.rollback:
        print(f"Svarer nå fra {roll_back(Snapshots(settings.data / 'index')).name}.")
        return 0
    manifests = arguments.manifest or [SHIPPED]
    with tqdm(desc="Leser inn", unit=" kilder", leave=False, disable=None) as bar:

        def progress(name: str) -> None:
            bar.update()
            bar.set_postfix_str(name, refresh=False)

        report = sync(
            manifests,
            settings.data,
            encoder_of(settings),
            settings.lovdata_url,
            settings.today,
            offline=arguments.offline,
            dry_run=arguments.dry_run,
            rebuild=arguments.rebuild,
            progress=progress,
        )
    if arguments.dry_run:
        print("Dette ville blitt gjort:")
    print(report.plan)
    _print_changes(report.changed, report.to_check)
    for line in (*report.warnings, *report.failures):
        print(line, file=sys.stderr)
    return report.failures[0].exit_status if report.failures else 0


def _print_changes(changed: Sequence[str], notes: Sequence[str]) -> None:
    """Paragraphs that are not as they were, and what of ours points at them."""
    if not changed:
        return
    from evals.questions import read_questions

    questions = [q.id for q in read_questions(SHIPPED_QUESTIONS) if set(changed) & {*q.gold, *q.also}]
    print(f"{len(changed)} paragrafer er endret: {', '.join(changed[:LISTED])}{' …' if len(changed) > LISTED else ''}")
    for what, ids in (("fagnotater", notes), ("fasitspørsmål", questions)):
        if ids:
            print(
                f"Må kontrolleres, {what}: {', '.join(ids[:LISTED])}{f' og {len(ids) - LISTED} til' if len(ids) > LISTED else ''}"
            )


def _check(arguments: argparse.Namespace, settings: Settings) -> int:
    from ingest.check import check
    from ingest.fetch_archive import Lovdata
    from ingest.manifest import read_manifests

    source = Lovdata(settings.lovdata_url, settings.data / "cache" / "lovdata")
    findings = check(read_manifests(arguments.manifest or [SHIPPED]), COVERAGE, source, settings.today)
    print(findings)
    return SourceError.exit_status if findings.any else 0


def _sources(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.check:
        return _check(arguments, settings)
    with closing(open_index(settings.data, encoder_of(settings))) as index:
        counts = index.store.passage_counts()
        rows = sorted(index.store.sources().values(), key=lambda source: (source.kind.rank, source.id))
        if arguments.json:
            listed = [
                {
                    "id": source.id,
                    "kind": str(source.kind),
                    "title": source.title,
                    "in_force": source.in_force,
                    "in_force_from": source.in_force_from.isoformat() if source.in_force_from else None,
                    "date": source.date.isoformat() if source.date else None,
                    "age_days": (settings.today - source.date).days if source.date else None,
                    "passages": counts.get(source.id, 0),
                    "language": source.language,
                    "licence": source.licence,
                    "url": source.url,
                    "origin": source.origin,
                }
                for source in rows
            ]
            print(json.dumps(listed, ensure_ascii=False))
            return 0
        for source in rows:
            validity = "" if source.in_force else "  IKKE I KRAFT"
            print(
                f"{source.kind:<10} {source.id:<36} {counts.get(source.id, 0):>5}  {source.date or '':<10}  {source.title[:70]}{validity}"
            )
        print(f"{len(rows)} kilder, {index.size} passasjer.")
    return 0


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    from kb.search import search

    with closing(open_index(settings.data, encoder_of(settings))) as index:
        for question in _questions(arguments):
            started = perf_counter()
            hits = search(index, question.text, arguments.k).hits if question.text else ()
            ms = round((perf_counter() - started) * 1000, 1)
            if arguments.json or arguments.questions:
                _print_json(search_json(question.text, hits, ms))
            else:
                print(search_text(hits))
    return 0


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.question:
        checked(" ".join(arguments.question))
    with closing(open_index(settings.data, encoder_of(settings))) as index:
        for question in _questions(arguments):
            answer = _answer(index, question, settings, batch=bool(arguments.questions))
            if arguments.json or arguments.questions:
                _print_json(answer_json(answer))
            else:
                print(answer_text(answer))
    return 0


def _answer(index: Index, question: _Line, settings: Settings, *, batch: bool) -> Answer:
    """One answer; in a batch a line that cannot be served becomes a refusal that says why, and the rest go on."""
    try:
        if question.wrong:
            raise UsageError(question.wrong)
        return ask(index, question.text, question.per or settings.today, question.turns)
    except UsageError as error:
        if not batch:
            raise
        return Answer("", "nb", str(error), refused=True, warnings=(str(error),), model=MODEL)


class _Line:
    """One line of a question file: the question, the turns before it and the date it is asked for."""

    def __init__(self, line: str) -> None:
        self.text, self.turns, self.per, self.wrong = line.strip(), (), None, ""
        if not self.text.startswith("{"):
            return
        try:
            read = json.loads(self.text)
            turns = read["turns"]
            if not turns or not all(isinstance(turn, str) for turn in turns):
                raise ValueError("turns skal være en liste med minst én tekst")
            self.text, self.turns = turns[-1], tuple(Turn("user", turn) for turn in turns[:-1])
            self.per = date.fromisoformat(read["per"]) if read.get("per") else None
        except (ValueError, KeyError, TypeError) as error:
            self.wrong = f'Linjen er ikke {{"turns": ["…"], "per": "ÅÅÅÅ-MM-DD"}}: {error}'

    text: str
    turns: tuple[Turn, ...]
    per: date | None


def _questions(arguments: argparse.Namespace) -> Iterator[_Line]:
    if not arguments.questions:
        if not arguments.question:
            raise UsageError("Skriv et spørsmål, eller gi en fil med --questions FIL.")
        yield _Line(
            checked(" ".join(arguments.question)).replace("{", "(", 1)
            if arguments.question[0].startswith("{")
            else checked(" ".join(arguments.question))
        )
        return
    try:
        with _open(arguments.questions) as file:
            for line in file:
                if line.strip():
                    yield _Line(line)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Spørsmålsfilen {arguments.questions!r} kan ikke leses som UTF-8-tekst ({error}).") from error


def _open(name: str) -> TextIO:
    """A file of questions, or standard input, as UTF-8 whatever the terminal's language."""
    if name != "-":
        return open(name, encoding="utf-8")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8")
    return sys.stdin


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _chat(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.server import serve

    with closing(open_index(settings.data, encoder_of(settings))):
        pass  # say at once, and in plain words, when there is nothing to answer from
    changes = {name: value for name in ("host", "port") if (value := getattr(arguments, name)) is not None}
    serve(replace(settings, **changes), encoder_of(settings))
    return 0


def _eval(arguments: argparse.Namespace, settings: Settings) -> int:
    from evals.run import run

    with closing(open_index(settings.data, encoder_of(settings))) as index:
        return run(index, arguments.questions or SHIPPED_QUESTIONS, arguments.split, as_json=arguments.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="navkb", description="Kunnskapsbase og veiledningschat for veiledere ved NAV-kontor."
    )
    commands = parser.add_subparsers(title="kommandoer", metavar="KOMMANDO", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="vis full feilsøking ved feil")

    def command(name: str, run: object, what: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[common], help=what, description=what)
        added.set_defaults(run=run)
        return added

    sync = command("sync", _sync, "hent, les inn og indekser kildene i manifestene")
    sync.add_argument(
        "manifest", nargs="*", type=Path, metavar="MANIFEST", help="manifestfiler (uten: den som følger med)"
    )
    sync.add_argument("--offline", action="store_true", help="bruk ikke nettet; lovtekst som alt er hentet, beholdes")
    sync.add_argument("--dry-run", action="store_true", help="vis planen uten å gjøre noe")
    sync.add_argument("--rollback", action="store_true", help="gå tilbake til indeksen før den siste")
    sync.add_argument("--rebuild", action="store_true", help="bygg indeksen på nytt fra bunnen")

    sources = command("sources", _sources, "vis hva som er indeksert")
    sources.add_argument("manifest", nargs="*", type=Path, metavar="MANIFEST", help="manifestene --check skal lese")
    sources.add_argument("--json", action="store_true", help="som JSON")
    sources.add_argument(
        "--check", action="store_true", help="les notatene mot loven og si hva som mangler eller er feil"
    )

    for name, run, what in (("search", _search, "finn passasjer"), ("ask", _ask, "svar på et spørsmål, med kilder")):
        added = command(name, run, what)
        added.add_argument("question", nargs="*", metavar="SPØRSMÅL", help="spørsmålet")
        added.add_argument("--json", action="store_true", help="som JSON")
        added.add_argument(
            "--questions",
            metavar="FIL",
            help="ett spørsmål per linje, eller - for standard inn; én JSON-linje ut per spørsmål",
        )
        if name == "search":
            added.add_argument("-k", type=_positive, default=HITS, metavar="N", help=f"antall treff (vanligvis {HITS})")

    chat = command("chat", _chat, "start nettchatten")
    chat.add_argument("--host", help="adressen den lytter på (vanligvis 127.0.0.1)")
    chat.add_argument("--port", type=int, help="porten den lytter på (vanligvis 8000)")

    evaluate = command("eval", _eval, "mål hvor gode svarene er")
    evaluate.add_argument(
        "what", nargs="?", choices=["run"], default="run", help="run: mål søket på spørsmålene i evals/questions"
    )
    evaluate.add_argument(
        "--questions", type=Path, metavar="MAPPE", help="mappe med spørsmål (uten: de som følger med)"
    )
    evaluate.add_argument("--split", choices=["dev", "test", "all"], default="all", help="hvilken del av spørsmålene")
    evaluate.add_argument("--json", action="store_true", help="som JSON")
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} er ikke et tall fra 1 til 100")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
