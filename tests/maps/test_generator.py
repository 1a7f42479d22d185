import hashlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.geometry.grid import Hex
from events.geometry.offset import Orientation, cell_of
from events.maps.document import MapDocument
from events.maps.errors import BadMap
from events.maps.generator import MIX, generate
from events.maps.hexroom_json import export
from events.maps.terrain import TERRAINS


def counts(document: MapDocument) -> Counter[str]:
    return Counter(at.terrain for at in document.hexes)


def test_a_seed_is_a_map_for_ever() -> None:
    digest = hashlib.sha256(export(generate(42, 30, 20))).hexdigest()

    assert digest == "10f10579e45e7480bfc8421feff2d1f3634d08c3c324a6b810715a492a7d42d1"


def test_other_seeds_are_other_maps() -> None:
    assert generate(1, 20, 20).hexes != generate(2, 20, 20).hexes


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(-(2**70), 2**70),
    width=st.integers(1, 25),
    height=st.integers(1, 25),
    orientation=st.sampled_from(("flat", "pointy")),
    weights=st.one_of(
        st.none(), st.dictionaries(st.sampled_from(sorted(TERRAINS)), st.floats(0.1, 9), min_size=1)
    ),
)
def test_every_cell_has_terrain_in_the_shares_asked_for(
    seed: int,
    width: int,
    height: int,
    orientation: Orientation,
    weights: dict[str, float] | None,
) -> None:
    document = generate(seed, width, height, orientation, weights)

    cells = {cell_of(at.hex, orientation) for at in document.hexes}
    assert cells == {(column, row) for column in range(width) for row in range(height)}
    mix = MIX if weights is None else weights
    for terrain, count in counts(document).items():
        share = mix[terrain] / sum(mix.values()) * width * height
        assert abs(count - share) < 1


def test_coasts_lie_by_water_and_water_together() -> None:
    ground = generate(7, 60, 40).terrain()

    def beside(at: Hex, terrain: str) -> int:
        return sum(1 for near in at.neighbours() if ground.get(near) == terrain)

    coasts = [at for at, terrain in ground.items() if terrain == "coast"]
    waters = [at for at, terrain in ground.items() if terrain == "water"]
    assert sum(1 for at in coasts if beside(at, "water")) > 0.9 * len(coasts)
    assert sum(beside(at, "water") for at in waters) / len(waters) > 3


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, -1), (1000, 101)])
def test_an_impossible_size_is_refused(width: int, height: int) -> None:
    with pytest.raises(BadMap, match="hexes, found"):
        generate(1, width, height)


@pytest.mark.parametrize(
    "mix", [{}, {"plains": 0.0}, {"plains": -1.0}, {"plains": float("nan")}, {"cheese": 1.0}]
)
def test_an_impossible_mix_is_refused(mix: dict[str, float]) -> None:
    with pytest.raises(BadMap, match="expected"):
        generate(1, 5, 5, mix=mix)
