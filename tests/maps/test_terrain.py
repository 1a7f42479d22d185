import pytest

from events.maps.terrain import TERRAINS, meaningful, propose


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ("Flat Grassland", "plains"),
        ("Flat Forest Evergreen Heavy", "forest"),
        ("Hills Forest Deciduous", "forest"),
        ("Hills", "hills"),
        ("Mountains Snowcapped", "mountain"),
        ("Mountain Volcano", "volcanic"),
        ("Flat Desert Sandy", "desert"),
        ("Flat Snowfields", "tundra"),
        ("Flat Swamp", "swamp"),
        ("Water Ocean", "water"),
        ("Sea", "water"),
        ("dark-green firs", "forest"),
        ("light-green", "plains"),
        ("light-grey mountain", "mountain"),
        ("Flat Beach", "coast"),
        ("Blank", ""),
        ("Feywild", "Feywild"),
        ("", ""),
    ],
)
def test_a_foreign_name_means_a_usual_terrain(foreign: str, ours: str) -> None:
    assert propose(foreign) == ours


@pytest.mark.parametrize("terrain", TERRAINS)
def test_our_own_names_mean_themselves(terrain: str) -> None:
    assert propose(terrain) == terrain


def test_a_castle_is_no_ground() -> None:
    assert meaningful("swamp")
    assert not meaningful("castle")
