"""Cleaning is idempotent, splitting covers, planning after applying is empty: true of any text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.clean import STEPS, clean
from ingest.plan import plan
from ingest.split import LONGEST, split
from kb.types import Document, Kind, Section, Source

TEXTS = st.text(st.sampled_from("aå §.\n\r\t\u00a0\u00ad\ufeffe\u0301*b"), max_size=120)
DIGESTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"))


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    for step in STEPS:
        assert step(step(text)) == step(text)


@given(
    st.lists(st.text("abc dæø.", min_size=1, max_size=900).map(str.strip).filter(bool), min_size=1, max_size=6),
    st.sampled_from(Kind),
)
def test_passages_cover_their_section(blocks: list[str], kind: Kind) -> None:
    section = Section("§1" if kind.is_law else "side/1", "\n\n".join(blocks))
    passages = split(Document(Source("lov/2020-01-02-3", kind, "T"), (section,)))
    assert all(passage.text == section.text[passage.start : passage.end] for passage in passages)
    uncovered = "".join(
        section.text[a:b]
        for a, b in zip([0, *(p.end for p in passages)], [*(p.start for p in passages), len(section.text)], strict=True)
    )
    assert not uncovered.strip()
    if kind.is_law:
        assert [passage.locator for passage in passages] == [f"§1/ledd/{n}" for n in range(1, len(blocks) + 1)]
    else:
        assert all(len(p.text) <= LONGEST for p in passages)
    assert len({passage.id for passage in passages}) == len(passages)


@given(DIGESTS, DIGESTS, st.sets(st.sampled_from("abcdef")))
def test_a_plan_carried_out_leaves_nothing_to_do(
    wanted: dict[str, str], have: dict[str, str], removable: set[str]
) -> None:
    first = plan(wanted, have, removable)
    after = {id_: digest for id_, digest in have.items() if id_ not in first.remove} | {
        id_: wanted[id_] for id_ in (*first.add, *first.replace)
    }
    assert plan(wanted, after, removable).empty
    assert not set(first.remove) & wanted.keys()
    assert set(first.remove) <= removable
