"""The command line: the one place that wires the parts together."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from bot import guard
from bot.answer import HITS, MODEL, ask, checked
from bot.gaps import count_gap, gap_report
from bot.question_lines import QuestionLine, read_lines
from bot.render import answer_json, answer_text, search_json, search_text, sources_json, sources_text
from ingest.manifest import SHIPPED
from kb.encoder import Encoder, StaticEncoder
from kb.errors import ModelError, NavkbError, SettingsError, SourceError, UsageError
from kb.index import Index, Snapshots, open_index
from kb.settings import Settings
from kb.types import Answer

if TYPE_CHECKING:
    from bot.model import LanguageModel

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


def model_of(settings: Settings, *, required: bool = False) -> LanguageModel | None:
    """The language model the settings name, None when they name none, or when it cannot be used and is not required."""
    if not settings.llm_url:
        if required:
            raise SettingsError("--require-model krever en språkmodell: sett NAVKB_LLM_URL og NAVKB_LLM_MODEL.")
        return None
    from bot.model import LanguageModel

    try:
        return LanguageModel(settings.llm_url, settings.llm_model, settings.llm_key, settings.llm_seconds)
    except ModelError as error:
        if required:
            raise
        print(f"Svarer uten språkmodell. {error}", file=sys.stderr)
        return None


def _gaps(arguments: argparse.Namespace, settings: Settings) -> int:
    print(gap_report(settings.data))
    return 0


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
    _print_changes(report.changed, report.to_check, report.courses)
    for line in (*report.warnings, *report.failures):
        print(line, file=sys.stderr)
    return report.failures[0].exit_status if report.failures else 0


def _print_changes(changed: Sequence[str], notes: Sequence[str], courses: Sequence[str]) -> None:
    """Paragraphs that are not as they were, and what of ours points at them."""
    if not changed:
        return
    from evals.questions import read_questions
    from ingest.changes import points_at

    questions = [q.id for q in read_questions(SHIPPED_QUESTIONS) if points_at((*q.gold, *q.also), set(changed))]
    print(f"{len(changed)} paragrafer er endret: {', '.join(changed[:LISTED])}{' …' if len(changed) > LISTED else ''}")
    for what, ids in (("fagnotater", notes), ("fasitspørsmål", questions), ("kurs", courses)):
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
        if arguments.json:
            _print_json(sources_json(index, settings.today))
        else:
            print(sources_text(index))
    return 0


def _search(arguments: argparse.Namespace, settings: Settings) -> int:
    from kb.search import search

    with closing(open_index(settings.data, encoder_of(settings))) as index:
        for question in _questions(arguments):
            started = perf_counter()
            text = guard.mask(question.text, index.authors)  # no personal data in, none out
            hits = search(index, guard.unmarked(text), arguments.k).hits if text else ()
            ms = round((perf_counter() - started) * 1000, 1)
            if arguments.json or arguments.questions:
                _print_json(search_json(text, hits, ms))
            else:
                print(search_text(hits))
    return 0


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.question:
        checked(" ".join(arguments.question))
    model = model_of(settings, required=arguments.require_model)
    with closing(open_index(settings.data, encoder_of(settings))) as index:
        for question in _questions(arguments):
            per = question.per or arguments.per or settings.today
            answer = _answer(index, question, per, model, arguments.require_model, batch=bool(arguments.questions))
            count_gap(index, settings.data, answer, settings.today)
            if arguments.json or arguments.questions:
                _print_json(answer_json(answer))
            else:
                print(answer_text(answer))
    return 0


def _answer(
    index: Index, question: QuestionLine, per: date, model: LanguageModel | None, require_model: bool, *, batch: bool
) -> Answer:
    """One answer; in a batch a line that cannot be served becomes a refusal that says why, and the rest go on."""
    try:
        if question.wrong:
            raise UsageError(question.wrong)
        return ask(index, question.text, per, question.turns, model, require_model=require_model)
    except UsageError as error:
        if not batch:
            raise
        return Answer("", "nb", str(error), refused=True, warnings=(str(error),), model=MODEL)


def _questions(arguments: argparse.Namespace) -> Iterator[QuestionLine]:
    if arguments.questions:
        yield from read_lines(arguments.questions)
    elif arguments.question:
        yield QuestionLine(checked(" ".join(arguments.question)))
    else:
        raise UsageError("Skriv et spørsmål, eller gi en fil med --questions FIL.")


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _chat(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.knowledge import Knowledge
    from bot.server import serve

    with closing(open_index(settings.data, encoder_of(settings))):
        pass  # say at once, and in plain words, when there is nothing to answer from
    changes = {name: value for name in ("host", "port") if (value := getattr(arguments, name)) is not None}
    serve(replace(settings, **changes), Knowledge(settings.data, encoder_of(settings), model_of(settings)))
    return 0


def _mcp(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.knowledge import Knowledge

    try:
        from bot.mcp_server import serve
    except ModuleNotFoundError as error:
        raise UsageError(f"Pakken {error.name!r} mangler. Kjør «pip install 'navkb[mcp]'».") from error
    serve(Knowledge(settings.data, encoder_of(settings), model_of(settings)), settings.today)
    return 0


def _eval(arguments: argparse.Namespace, settings: Settings) -> int:
    from evals.answers import run_answers
    from evals.gate import BASELINE, gate
    from evals.judge import run_judge
    from evals.report import write_report
    from evals.run import run

    folder, split = arguments.questions or SHIPPED_QUESTIONS, arguments.split
    for option, what in (
        ("json", ("run", "answers", "judge")),
        ("sample", ("judge",)),
        ("out", ("report",)),
        ("baseline", ("gate",)),
        ("update", ("gate",)),
        ("lower", ("gate",)),
    ):
        if getattr(arguments, option) and arguments.what not in what:
            raise UsageError(f"--{option} gjelder bare «navkb eval {' og '.join(what)}».")
    with closing(open_index(settings.data, encoder_of(settings))) as index:
        if arguments.what == "report":
            if not arguments.out:
                raise UsageError("Si hvor rapporten skal ligge, med --out MAPPE.")
            return write_report(index, folder, split, arguments.out)
        if arguments.what == "gate":
            baseline = arguments.baseline or BASELINE
            return gate(index, folder, baseline, split, update=arguments.update, lower=arguments.lower)
        if arguments.what in ("answers", "judge"):
            model = model_of(settings)

            def answer(question: str) -> Answer:
                return ask(index, question, settings.today, model=model)

            if arguments.what == "answers":
                return run_answers(answer, folder, split, as_json=arguments.json)
            if model is None:
                raise UsageError("En dommer er en språkmodell: sett NAVKB_LLM_URL og NAVKB_LLM_MODEL.")
            return run_judge(answer, model, folder, split, arguments.sample or 0, as_json=arguments.json)
        return run(index, folder, split, as_json=arguments.json)


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

        else:
            added.add_argument(
                "--per", type=date.fromisoformat, metavar="DATO", help="svar for denne dagen (ÅÅÅÅ-MM-DD)"
            )
            added.add_argument("--require-model", action="store_true", help="feil heller enn å svare uten språkmodell")

    command("gaps", _gaps, "vis hva det er spurt om som kildene ikke dekker")

    chat = command("chat", _chat, "start nettchatten")
    chat.add_argument("--host", help="adressen den lytter på (vanligvis 127.0.0.1)")
    chat.add_argument("--port", type=int, help="porten den lytter på (vanligvis 8000)")

    command("mcp", _mcp, "gi andre assistenter verktøyene ask, search og get_provision (MCP over standard inn og ut)")

    evaluate = command("eval", _eval, "mål hvor gode svarene er")
    evaluate.add_argument(
        "what",
        nargs="?",
        choices=["run", "answers", "judge", "gate", "report"],
        default="run",
        help="run: mål søket og skriv tallene (vanlig); answers: mål svarene; judge: la språkmodellen vurdere dem; gate: si hva som er falt under gulvene; report: skriv en HTML-rapport",
    )
    evaluate.add_argument(
        "--questions", type=Path, metavar="MAPPE", help="mappe med spørsmål (uten: de som følger med)"
    )
    evaluate.add_argument("--split", choices=["dev", "test", "all"], default="all", help="hvilken del av spørsmålene")
    evaluate.add_argument("--json", action="store_true", help="run, answers og judge: som JSON")
    evaluate.add_argument(
        "--sample", type=_positive, metavar="N", help="judge: bare N tilfeldige spørsmål (uten: alle)"
    )
    evaluate.add_argument("--out", type=Path, metavar="MAPPE", help="report: mappen rapporten og TREC-filene skrives i")
    evaluate.add_argument(
        "--baseline", type=Path, metavar="FIL", help="gate: filen med gulv (uten: evals/baseline.json)"
    )
    evaluate.add_argument("--update", action="store_true", help="gate: skriv gulvene på nytt, uten å senke noe")
    evaluate.add_argument("--lower", action="store_true", help="gate: la --update senke gulv")
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} er ikke et tall fra 1 til 100")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
