"""Covering: things by id and by the hexes that they cover."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from events.core.map_objects import Region, RegionId
from events.geometry.covering import Covering
from events.geometry.grid import Hex, hexes, runs

ADAPTER = TypeAdapter(Covering[RegionId, Region])
ids = st.sampled_from([RegionId("a"), RegionId("b"), RegionId("c")])
some = st.lists(st.builds(Hex, st.integers(-40, 40), st.integers(-3, 3)), min_size=1, max_size=12)
regions = some.map(lambda where: Region("R", runs(where)))


def plainly(of: Covering[RegionId, Region], where: list[Hex]) -> list[tuple[str, Hex]]:
    return sorted(
        (key, at) for key, region in of.items() for at in hexes(region.hexes) if at in where
    )


@given(
    st.lists(st.tuples(ids, st.none() | regions, st.booleans()), max_size=8),
    st.lists(st.builds(Hex, st.integers(-40, 40), st.integers(-3, 3)), max_size=30),
)
def test_within_finds_the_hexes_that_are_covered_after_every_change(
    changes: list[tuple[RegionId, Region | None, bool]], where: list[Hex]
) -> None:
    covering: Covering[RegionId, Region] = Covering()
    for key, region, ask in changes:
        before = covering
        covering = covering.put(key, region)
        if ask:
            assert sorted(covering.within(runs(where))) == plainly(covering, where)
            assert sorted(before.within(runs(where))) == plainly(before, where)
    assert sorted(covering.within(runs(where))) == plainly(covering, where)


def test_equal_maps_are_written_alike_whatever_their_history() -> None:
    a, b = Region("A", ((0, 0, 2),)), Region("B", ((1, 0, 5),))
    empty: Covering[RegionId, Region] = Covering()
    one = empty.put(RegionId("b"), b).put(RegionId("x"), a).put(RegionId("a"), a)
    one = one.put(RegionId("x"), None)
    other = empty.put_all({RegionId("a"): a, RegionId("b"): b, RegionId("x"): None})
    assert one == other
    assert ADAPTER.dump_json(one) == ADAPTER.dump_json(other)
    assert ADAPTER.validate_json(ADAPTER.dump_json(one)) == one
