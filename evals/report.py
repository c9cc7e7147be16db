"""`navkb eval report`: one HTML page with the figures, plots and misses, and the TREC files others can measure again."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from statistics import quantiles

from evals import plots
from evals.measures import write_trec
from evals.refusal import bins, brier, calibration_error, refused_rightly, refused_wrongly
from evals.run import SHOWN, Asked, Report, chosen, put, report
from kb.errors import UsageError
from kb.index import Index

PAGE = "rapport.html"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .25rem .6rem; text-align: right }
th:first-child, td:first-child { text-align: left } tbody tr { border-top: 1px solid #ddd } small { color: #666; display: block; white-space: nowrap }
svg { width: 100%; max-width: 44rem; height: auto; font: 12px system-ui, sans-serif } svg text { fill: currentColor }
svg circle, svg rect { fill: #0067c5 } .interval { stroke: #0067c5; stroke-width: 2 } .axis { stroke: #666 } .grid { stroke: #ccc }
dt { margin-top: .6rem } dd { margin-left: 1.2rem; color: #555 }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1b1b1b } tbody tr { border-color: #444 } .grid { stroke: #444 } small, dd { color: #aaa } }
"""


def write_report(index: Index, folder: Path, split: str, out: Path) -> int:
    """Ask the questions of a folder and write the page and the TREC files under `out`; returns the exit status.

    Raises `UsageError` when `out` cannot be written.
    """
    asked = put(index, chosen(folder, split))
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / PAGE).write_text(page(asked, split, index.encoder.stamp), encoding="utf-8")
        write_trec(out, [(one.question, one.ranked) for one in asked if one.in_scope], "navkb")
    except OSError as error:
        raise UsageError(
            f"Kan ikke skrive rapporten i {str(out)!r} ({error}). Velg en annen mappe med --out."
        ) from error
    print(f"Skrev {PAGE}, run.trec og qrels.trec i {out}.")
    return 0


def page(asked: Sequence[Asked], split: str, encoder: str) -> str:
    """The whole page; it asks for nothing from elsewhere."""
    found = report(asked)
    hits = {kind: row["hit@3"] for kind, row in found.items() if "hit@3" in row}
    return "".join(
        (
            '<!DOCTYPE html><html lang="nb"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            f"<title>navkb: målinger</title><style>{_STYLE}</style></head><body><h1>Målinger</h1>",
            f"<p>{len(asked)} spørsmål (del: {escape(split)}), encoder {escape(encoder)}. "
            "I hakeparentes: 95 % konfidensintervall, bootstrap over spørsmål.</p>",
            "<h2>Etter slag</h2>",
            _table(found),
            "<h2>hit@3</h2>" + plots.intervals("hit@3 med 95 % konfidensintervall etter slag", hits) if hits else "",
            "<h2>Avvisning og tillit</h2>",
            _refusals(asked),
            plots.calibration("Tillit mot andel med rett kilde blant de tre første", bins(asked)),
            "<h2>Svartid</h2>",
            _times(asked),
            plots.histogram("Svartider for søket", [one.ms for one in asked], "ms"),
            "<h2>Bom</h2>",
            _misses(asked, split),
            "</body></html>\n",
        )
    )


def _table(found: Report) -> str:
    names = (*SHOWN, "refused")
    head = "".join(f"<th>{'avvist' if name == 'refused' else name}</th>" for name in names)
    rows = []
    for kind, row in found.items():
        cells = (
            f"<td>{row[name].mean:.3f}<small>[{row[name].low:.3f}–{row[name].high:.3f}]</small></td>"
            if name in row
            else "<td>–</td>"
            for name in names
        )
        rows.append(f"<tr><td>{escape(kind)}</td><td>{row['ms'].n}</td>{''.join(cells)}</tr>")
    return f"<table><thead><tr><th>slag</th><th>antall</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _refusals(asked: Sequence[Asked]) -> str:
    lines = [
        f"{what}: {share}"
        for what, share in (
            ("Utenfor, avvist", refused_rightly(asked)),
            ("Innenfor, avvist", refused_wrongly(asked)),
        )
        if share
    ]
    lines += [
        f"Brier-skår: {brier(asked):.3f} (0 er best; 0,25 sier ingenting)",
        f"Kalibreringsfeil: {calibration_error(asked):.3f} (gjennomsnittlig avstand mellom tillit og andel rett)",
    ]
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"


def _times(asked: Sequence[Asked]) -> str:
    cuts = quantiles([one.ms for one in asked], n=20, method="inclusive") if len(asked) > 1 else [asked[0].ms] * 19
    return f"<p>p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms.</p>"


def _misses(asked: Sequence[Asked], split: str) -> str:
    """Misses one by one; those of the test split only when that is what was asked for, so that nobody tunes on them."""
    missed = [one for one in asked if one.missed]
    listed = [one for one in missed if one.question.split != "test" or split == "test"]
    items = "".join(
        f"<dt>{escape(one.question.id)}: {escape(one.question.question)}</dt>"
        f"<dd>ønsket {escape(', '.join(one.question.gold))}; fikk {escape(', '.join(one.ranked[:3]) or 'ingenting')}</dd>"
        for one in listed
    )
    held = len(missed) - len(listed)
    said = (
        f" {held} av dem er fra test-delen og listes bare med --split test, så ingen tilpasser noe til dem."
        if held
        else ""
    )
    return f"<p>{len(missed)} spørsmål uten rett kilde blant de tre første.{said}</p><dl>{items}</dl>"
