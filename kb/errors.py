"""Everything that can go wrong, with the exit status the command line gives it.

NavkbError
├── UsageError (2)        bad question, setting or manifest
│   ├── SettingsError
│   └── ManifestError
├── IndexMissing (3)      no index yet
├── IndexMismatch (3)     built by another encoder or another version
├── SourceError (4)       a source could not be fetched, read or understood
└── ModelError (5)        a language model was required and failed
"""

from __future__ import annotations


class NavkbError(Exception):
    """An error the user can act on: what happened, to which thing, what to do (in Norwegian)."""

    exit_status = 1


class UsageError(NavkbError):
    """The request itself cannot be served."""

    exit_status = 2


class SettingsError(UsageError):
    """A `NAVKB_…` setting has a value that means nothing."""


class ManifestError(UsageError):
    """A manifest cannot be read, or says something impossible; names file and line."""


class IndexMissing(NavkbError):
    """There is no index to answer from."""

    exit_status = 3


class IndexMismatch(NavkbError):
    """The index was built by something that does not fit what reads it."""

    exit_status = 3


class SourceError(NavkbError):
    """One source could not be used; the others go on."""

    exit_status = 4


class ModelError(NavkbError):
    """A model (encoder or language model) could not be loaded or did not answer."""

    exit_status = 5
