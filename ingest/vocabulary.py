"""`begreper.toml` and `utenfor.toml` to a vocabulary: names of laws, synonyms, and topics we do not cover."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kb.errors import ManifestError
from kb.vocabulary import Outside, Vocabulary

_KEYS: dict[str, tuple[dict[str, type], dict[str, type]]] = {
    "lov": ({"id": str, "navn": str}, {"alias": list, "hjem": bool, "ytelser": list}),
    "begrep": ({"ord": list}, {"merknad": str}),
    "utenfor": ({"tema": str, "spoer": str, "spoersmaal": list}, {}),
}
"""For each table: the keys it must have and the keys it may have, with their types."""


def read_vocabulary(paths: Iterable[Path]) -> Vocabulary:
    """Read vocabulary files and put them together, earlier ones first; mistakes are `ManifestError`s."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in _KEYS}
    for path in paths:
        for name, listed in _read(path).items():
            tables[name] += listed
    laws: dict[str, tuple[str, ...]] = {}
    for law in tables["lov"]:
        laws[law["id"]] = tuple(dict.fromkeys((*laws.get(law["id"], ()), law["navn"], *law.get("alias", []))))
    return Vocabulary(
        laws=laws,
        benefits={law["id"]: tuple(law["ytelser"]) for law in tables["lov"] if law.get("ytelser")},
        home=tuple(dict.fromkeys(law["id"] for law in tables["lov"] if law.get("hjem"))),
        synonyms=tuple(tuple(concept["ord"]) for concept in tables["begrep"]),
        outside=tuple(Outside(o["tema"], o["spoer"], tuple(o["spoersmaal"])) for o in tables["utenfor"]),
    )


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(
            f"Ordlisten {str(path)!r} er ikke gyldig TOML: {error}. Rett linjen og prøv igjen."
        ) from error
    if unknown := read.keys() - _KEYS.keys():
        raise ManifestError(f"Ordlisten {str(path)!r}: ukjent tabell [[{min(unknown)}]]; kjente er {', '.join(_KEYS)}.")
    for table, listed in read.items():
        needed, allowed = _KEYS[table]
        for n, fields in enumerate(listed, 1):
            where = f"Ordlisten {str(path)!r}, [[{table}]] nr. {n}"
            if unknown := fields.keys() - needed.keys() - allowed.keys():
                raise ManifestError(
                    f"{where}: ukjent nøkkel {min(unknown)!r}; kjente er {', '.join([*needed, *allowed])}."
                )
            for key, kind in {**needed, **allowed}.items():
                if key in needed and key not in fields:
                    raise ManifestError(f"{where}: mangler {key}.")
                if key in fields and not _is_a(fields[key], kind):
                    raise ManifestError(f"{where}: {key} = {fields[key]!r} har feil form; skriv {_FORMS[kind]}.")
    return read


_FORMS = {str: "tekst i anførselstegn", list: "en liste med tekster", bool: "true eller false"}


def _is_a(value: object, kind: type) -> bool:
    return isinstance(value, kind) and (not isinstance(value, list) or all(isinstance(item, str) for item in value))
