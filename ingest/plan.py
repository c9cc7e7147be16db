"""Planning: what to add, replace and remove so that the index holds what the manifests want. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Source ids by what happens to them; `why` says what else makes a new snapshot necessary."""

    add: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to do."""
        return not (self.add or self.replace or self.remove or self.why)

    def __str__(self) -> str:
        if self.empty:
            return f"Ingenting er endret ({len(self.keep)} kilder)."
        lines = [
            f"{len(self.add)} nye, {len(self.replace)} endret, {len(self.remove)} fjernet, {len(self.keep)} uendret"
        ]
        for sign, ids in (("+", self.add), ("~", self.replace), ("-", self.remove)):
            lines += [f"  {sign} {source_id}" for source_id in ids[:LISTED]]
            if len(ids) > LISTED:
                lines.append(f"  {sign} … og {len(ids) - LISTED} til")
        lines += [f"  * {reason}" for reason in self.why]
        return "\n".join(lines)


LISTED = 12
"""How many ids of a kind are printed one by one."""


def plan(
    wanted: Mapping[str, str], have: Mapping[str, str], removable: Collection[str], why: tuple[str, ...] = ()
) -> Plan:
    """Compare digests by source id.

    `wanted` are the documents the manifests give, `have` those in the index. Only `removable` ones
    may go: sources of manifests that were not given stay, and so does a source that failed today.
    """
    return Plan(
        add=tuple(sorted(wanted.keys() - have.keys())),
        replace=tuple(sorted(id_ for id_ in wanted.keys() & have.keys() if wanted[id_] != have[id_])),
        remove=tuple(sorted((have.keys() - wanted.keys()) & set(removable))),
        keep=tuple(
            sorted(
                id_
                for id_ in have
                if wanted.get(id_, have[id_]) == have[id_] and (id_ in wanted or id_ not in removable)
            )
        ),
        why=why,
    )
