import pytest

from events.geometry.grid import Hex
from events.geometry.offset import Cell, hex_of
from events.maps.errors import BadMap
from events.maps.imports import Warned
from events.maps.reading import detect, import_map

SEC = """\
# A sector
Regina        1910 A788899-A A Ri Cp         A 703 Im
Ruie          1809 C776977-7   Hi In           101 Na
"""
TAB = "Sector\tSS\tHex\tName\tUWP\tBases\tRemarks\tZone\nSpin\tC\t1910\tRegina\tA788899-A\tNS\tRi Cp\tA\nSpin\tC\t1809\tRuie\tC776977-7\t\tHi In\t\n"
T5 = """\
Hex  Name                 UWP       Remarks                   {Ix}   Z
---- -------------------- --------- ------------------------- ------ -
1910 Regina               A788899-A Ri Cp                     { 4 }  A
1809 Ruie                 C776977-7 Hi In                     { 1 }  -
"""
XML = f"""<?xml version="1.0" encoding="utf-8"?>
<Sector><Name>The Marches</Name>
<Borders><Border Allegiance="Im" Color="#ff0000">1909 1910</Border></Borders>
<Routes><Route Start="1910" End="1809"/></Routes><Labels><Label Hex="1905">The Rift</Label></Labels>
<Worlds><![CDATA[
{T5}]]></Worlds></Sector>"""


@pytest.mark.parametrize(
    ("text", "name"), [(SEC, "m.sec"), (TAB, "m.tab"), (T5, "m.txt"), (XML, "m.xml")]
)
def test_a_sector_becomes_space_sites_and_notes(text: str, name: str) -> None:
    assert detect(text.encode(), name) == "traveller"

    read = import_map(text.encode(), name)

    regina, ruie = (hex_of(Cell(18, 9), "flat"), hex_of(Cell(17, 8), "flat"))
    assert len(read.document.hexes) == 80
    assert set(read.document.terrain().values()) == {"space"}
    assert [(site.hex, site.kind, site.title) for site in read.sites] == [
        (regina, "port", "Regina"),
        (ruie, "port", "Ruie"),
    ]
    assert [note.title for note in read.notes] == ["Regina", "Ruie"]
    assert read.notes[0].dm_text.startswith("UWP A788899-A: excellent starport, 11 200 km across, a dense atmosphere, 80 % water, hundreds of millions of inhabitants, impersonal bureaucracy, law level 9, technology level 10.")  # fmt: skip
    assert all(note.dm_only for note in read.notes)


def test_the_xml_has_borders_routes_and_labels() -> None:
    read = import_map(XML.encode(), "m.xml")

    assert read.document.name == "m"
    assert [(region.name, region.color, len(region.hexes)) for region in read.regions] == [("Im", "#ff0000", 2)]  # fmt: skip
    assert [path.kind for path in read.paths] == ["road"]
    assert [(label.hex, label.text) for label in read.labels] == [(Hex(18, -5), "The Rift")]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Hex\tName\tUWP\n0199\tX\tA788899-A\n", 2, "expected a hex from 0101 to 3240, found 0199"),
        ("Hex\tName\tUWP\n0101\tX\tearthlike\n", 2, "expected a profile such as A788899-A"),
        ("Hex\tName\tUWP\n", None, "expected worlds such as"),
        ("<Sector><Worlds></Sector>", 1, "not valid XML"),
        ("<Sector>" + "<a>" * 40, 1, "more elements"),
    ],
)
def test_a_fault_is_named_by_its_line(text: str, line: int | None, said: str) -> None:
    with pytest.raises(BadMap, match=said) as caught:
        import_map(text.encode(), "m.tab")

    assert caught.value.line == line


def test_entities_are_refused() -> None:
    with pytest.raises(BadMap, match="not allowed here"):
        import_map(b'<!DOCTYPE Sector [<!ENTITY a "aa">]><Sector/>', "m.xml", None)


def test_two_worlds_in_one_hex_are_both_kept_and_said() -> None:
    read = import_map((SEC + SEC.splitlines()[1] + "\n").encode(), "m.sec")

    assert len(read.notes) == 3
    assert read.warnings == (Warned("hex 1910 has a world on line 2 already; both are kept", 4),)
