"""Settings: one frozen class, read from `NAVKB_…` variables, only at the entry points."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from platformdirs import user_data_path

from kb.errors import SettingsError

PREFIX = "NAVKB_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set from outside; `Settings.from_environment()` reads it."""

    data: Path = field(default_factory=lambda: user_data_path("navkb", appauthor=False))
    """`NAVKB_DATA`: the folder for indexes and downloads; the platform's user-data folder unless set."""

    lovdata_url: str = "https://api.lovdata.no/v1/publicData"
    """`NAVKB_LOVDATA_URL`: Lovdata's open data, or a `file://` folder that holds its archives."""

    encoder: str = ""
    """`NAVKB_ENCODER`: name or path of a sentence-transformers model; empty for the built-in encoder."""

    host: str = "127.0.0.1"
    """`NAVKB_HOST`: the address the chat listens on; anything but this machine is refused until there is a login."""

    port: int = 8000
    """`NAVKB_PORT`: the port the chat listens on."""

    today: date = field(default_factory=lambda: datetime.now(UTC).astimezone().date())
    """`NAVKB_TODAY`: the date answers are given for (YYYY-MM-DD); today unless set."""

    llm_url: str = ""
    """`NAVKB_LLM_URL`: an OpenAI-compatible endpoint (`https://…/v1`) that writes the short answers; empty for none."""

    llm_model: str = ""
    """`NAVKB_LLM_MODEL`: the model's name at that endpoint."""

    llm_key: str = field(default="", repr=False)
    """`NAVKB_LLM_KEY`: its key, if it wants one."""

    llm_seconds: float = 20.0
    """`NAVKB_LLM_SECONDS`: how long an answer may wait for it before it is given without."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read `NAVKB_…`; an unknown name or an impossible value is a `SettingsError`."""
        names = {PREFIX + f.name.upper(): f for f in dataclasses.fields(cls)}
        unknown = sorted(key for key in environment if key.startswith(PREFIX) and key not in names)
        if unknown:
            raise SettingsError(f"Innstillingen {unknown[0]!r} er ikke kjent. Kjente er {', '.join(sorted(names))}.")
        values: dict[str, object] = {}
        for name, f in names.items():
            if not (text := environment.get(name, "").strip()):
                continue
            try:
                values[f.name] = _READERS.get(f.name, str)(text)
            except ValueError as error:
                raise SettingsError(
                    f"Innstillingen {name} har verdien {text!r}, som ikke kan brukes ({_EXPECTED[f.name]})."
                ) from error
        return cls(**values)  # type: ignore[arg-type]


_READERS: Mapping[str, Callable[[str], object]] = {
    "data": lambda text: Path(text).expanduser(),
    "port": int,
    "llm_seconds": float,
    "today": date.fromisoformat,
}
_EXPECTED = {
    "data": "en mappe",
    "port": "et tall",
    "llm_seconds": "et antall sekunder",
    "today": "en dato som 2026-11-21",
}
