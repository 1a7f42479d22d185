import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.geometry.grid import Hex, disc
from events.geometry.offset import Cell, Orientation, cell_of, hex_of
from events.maps.errors import BadMap
from events.maps.imports import ImportedNote, ImportOptions, Warned, clean, one_line
from events.maps.labels import LabelStyle
from events.maps.reading import import_map, preview
from events.maps.spreadsheet_export import export

HEAD = b"label,terrain,title,public,secret\r\n"


def test_a_row_is_a_hex_and_perhaps_a_note() -> None:
    read = import_map(
        HEAD
        + b"0101,hills,Thorp,A village,The miller is a spy\r\n"
        + b"0101,,Lair,,A dragon\r\n"
        + b'0102,Deep Forest,,"Two\nlines",\r\n'
        + b"0201,water\r\n",
        "marches.csv",
    )

    assert read.document.name == "marches"
    assert read.document.terrain() == {
        Hex(0, 0): "hills",
        Hex(0, 1): "forest",
        Hex(1, 0): "water",
    }
    assert read.notes == (
        ImportedNote(Hex(0, 0), "Thorp", "A village", "The miller is a spy", dm_only=False),
        ImportedNote(Hex(0, 0), "Lair", "", "A dragon"),
        ImportedNote(Hex(0, 1), "", "Two\nlines", dm_only=False),
    )


@pytest.mark.parametrize(
    "data",
    [
        b"0101\thills\tThorp\n0102\twater\t\n",
        b"0101;hills;Thorp\n0102;water;\n",
        b"Title,Hex,Terrain,GM\nThorp,0101,hills,\n,0102,water,\n",
        "0101\thills\tThorp\r\n0102\twater\t\r\n".encode("utf-16"),
        b"\xef\xbb\xbf01.01,hills,Thorp\n01.02,water\n",
        b"A1,hills,Thorp\nA2,water\n",
    ],
)
def test_the_dialects_of_spreadsheets_are_understood(data: bytes) -> None:
    read = import_map(data, "m.csv")

    assert read.document.terrain() == {Hex(0, 0): "hills", Hex(0, 1): "water"}
    assert [note.title for note in read.notes] == ["Thorp"]


def test_what_no_column_takes_is_said() -> None:
    read = import_map(b"hex,terrain,mood\n0101,hills,grim\n0102,hills,,extra\n", "m.csv")

    assert [(warned.text, warned.line) for warned in read.warnings[:2]] == [
        ("the column 'mood' was left out", 1),
        ("cells beyond the heading were left out", 3),
    ]


def test_text_of_old_windows_is_read_and_said() -> None:
    read = import_map("0101,hills,Mühle\n".encode("cp1252"), "m.csv")

    assert read.notes[0].title == "Mühle"
    assert any("Windows-1252" in warned.text and warned.line == 1 for warned in read.warnings)


@pytest.mark.parametrize(
    ("data", "line", "text"),
    [
        (b"", None, "empty"),
        (HEAD, None, "found none"),
        (HEAD + b"0101,hills\n01x1,hills\n", 3, "expected a label like 0303, found '01x1'"),
        (HEAD + b"0101,hills\n0101,water\n", 3, "'hills' above and 'water' here"),
        (b"label,terrain\n0101,hil\0ls\n", 2, "not a text"),
        (
            b"0101,hills\n02\x8101,hills\x01\x02\x03\x04\x05\x06\x90\n",
            2,
            "no encoding that we know",
        ),
        (HEAD + b"99999999999999,hills\n", 2, "beyond"),
        (b"x,y,terrain\n1,1,hills\n1,b,hills\n", 3, "expected two numbers"),
        (b"\xff\xfeH\x00\x00\xd8a", None, "not UTF-16"),
        (b"0101,hills," + b"x" * 140_000 + b"\n", 1, "more than 131072 characters"),
        (b"0101" + b"," * 1100 + b"\n", 1, "more than 1000 columns"),
        (b'0101,"hills\n' * 102, 101, "more than 100 lines have a quote"),
    ],
)
def test_a_fault_is_named_by_its_line(data: bytes, line: int | None, text: str) -> None:
    with pytest.raises(BadMap, match=text) as caught:
        import_map(data, "m.csv", ImportOptions(labels=LabelStyle()))

    assert caught.value.line == line


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"d6,Forest,Road\n1,A bear,A cart\n2,Wolves,Rain\n", "a table of encounters"),
        (b"Roll,Result\n1-2,A bear\n3-6,Rain\n", "a table of encounters"),
        (b"Name,Class,Level,HP\nAnn,Thief,3,11\n", "characters or monsters"),
        (b"Item,Price,Weight\nRope,1,5\n", "a price list"),
        (b"Person,Mood\nAnn,grim\n", "found 'Person', 'Mood'; expected labels like 0101"),
        (b"Dear diary,\nnothing happened, again.\n", "no column holds hex labels"),
    ],
)
def test_a_table_that_is_no_map_is_refused_with_what_it_looks_like(data: bytes, text: str) -> None:
    with pytest.raises(BadMap, match=text):
        import_map(data, "m.csv")


def test_a_row_without_a_label_is_left_out_and_said() -> None:
    read = import_map(HEAD + b"0101,hills\n,water,Sea\n0102,water\n", "m.csv")

    assert len(read.document.hexes) == 2
    assert Warned("no label stands here, so the row was left out", 3) in read.warnings


@pytest.mark.parametrize("heading", [
    "x,y,HEX #,Terrain,Feature,Description", "x_index,y_index,hex_key,terrain,settlement,description",
    "col,row,Hex Key,Biome,Name,Notes", "Spalte,Zeile,Hexfeld,Gelände,Ort,Beschreibung",
    "colonne,ligne,Hexagone,Terrain,Lieu,Contenu", "columna,fila,Hexágono,Terreno,Lugar,Descripción",
    "colonna,riga,Esagono,Terreno,Luogo,Descrizione", "coluna,linha,Hexágono,Terreno,Lugar,Descrição",
    "X,Y,Hex Number (CCRR),Terrain Type,POI,Referee's secret notes",
])  # fmt: skip
def test_headings_are_known_in_six_languages(heading: str) -> None:
    data = f"{heading}\n1,2,0102,Sumpf,Thorp,Geheim\n3,4,0304,foresta,,\n".encode()

    read = import_map(data, "m.csv")

    assert read.document.terrain() == {Hex(0, 1): "swamp", Hex(2, 2): "forest"}
    assert read.notes == (ImportedNote(Hex(0, 1), "Thorp", "", "Geheim"),)


@pytest.mark.parametrize("first", ["x,y", "col,row", "Spalte,Zeile", "colonne,ligne", "columna,fila", "colonna,riga", "coluna,linha"])  # fmt: skip
def test_two_columns_of_numbers_are_places(first: str) -> None:
    read = import_map(f"{first},terrain\n1,2,hills\n12,3,water\n".encode(), "m.csv")

    assert set(read.document.terrain()) == {Hex(0, 1), hex_of(Cell(11, 2), "flat")}


def test_what_a_dm_chooses_for_the_columns_wins() -> None:
    data = b"Nr,What,Whose,Where\n7,A mill,Ann,0101\n8,A lake,Bob,0102\n"
    unread = preview(b"Nr,What,Whose,Where\n7,A mill,Ann,A1b\n", "m.csv")
    chosen = ImportOptions(columns=("leave", "public", "secret", "label"))

    read = import_map(data, "m.csv", chosen)

    assert [(note.player_text, note.dm_text, note.dm_only) for note in read.notes] == [
        ("A mill", "Ann", False),
        ("A lake", "Bob", False),
    ]
    # Even where nothing could be read, the table is there to be put right.
    assert unread.error is not None
    assert unread.table is not None
    assert unread.table.headings == ("Nr", "What", "Whose", "Where")
    assert unread.table.rows == (("7", "A mill", "Ann", "A1b"),)


def sites_of(data: str, options: ImportOptions | None = None) -> list[tuple[str, str, bool]]:
    read = import_map(data.encode(), "m.csv", options)
    return [(site.kind, site.title, site.dm_only) for site in read.sites]


@pytest.mark.parametrize(
    ("cell", "sites"),
    [
        ("Castle Tarn", [("castle", "Castle Tarn")]),
        ("village", [("village", "")]),
        ("standing stones", [("stones", "")]),
        ("old keep", [("keep", "")]),
        ("village Thorp", [("village", "Thorp")]),
        ("castle Keep", [("castle", "Keep")]),
        ("inn The Bell; Shrine of Mists", [("inn", "The Bell"), ("shrine", "Shrine of Mists")]),
        ("Greyhold", [("landmark", "Greyhold")]),
    ],
)
def test_a_column_of_sites_makes_sites_with_their_titles_beside_the_note(
    cell: str, sites: list[tuple[str, str]]
) -> None:
    data = f"hex,terrain,site,description\n0101,hills,{cell},The baron broods\n"
    assert sites_of(data) == [(*site, True) for site in sites]
    assert sites_of(data, ImportOptions(audience="seen")) == [(*site, False) for site in sites]
    (note,) = import_map(data.encode(), "m.csv").notes
    assert (note.title, note.player_text, note.dm_text) == ("", "", "The baron broods")


def test_a_site_that_rows_of_a_hex_repeat_stands_there_once() -> None:
    data = "hex,site,secret\n0101,Castle Tarn,A\n0101,Castle Tarn,B\n0101,inn,C\n"
    assert [kind for kind, _, _ in sites_of(data)] == ["castle", "inn"]
    assert len(import_map(data.encode(), "m.csv").notes) == 3


@pytest.mark.parametrize(
    ("heading", "cell", "title"),
    [
        ("site", "village", "The feud"),
        ("site", "Castle Tarn", "Castle Tarn"),
        ("icon", "Castle Large", "The feud"),
        ("Site type", "Large Castle", "The feud"),
    ],
)
def test_a_site_without_a_title_of_its_own_has_that_of_its_row(
    heading: str, cell: str, title: str
) -> None:
    data = f"hex,title,{heading},description\n0101,The feud,{cell},Old hate\n"
    columns = ("label", "title", "site", "secret")
    read = import_map(data.encode(), "m.csv", ImportOptions(columns=columns))
    assert [site.title for site in read.sites] == [title]
    assert [(note.title, note.dm_text) for note in read.notes] == [("The feud", "Old hate")]


def test_no_text_is_public_unless_the_file_says_so() -> None:
    neutral = import_map(b"hex,description,notes\n0101,Spies,Liars\n", "m.csv")
    secret = import_map(b"hex,description,secret\n0101,A mill,Spies\n", "m.csv")
    two = import_map(b"hex,description,notes,secret\n0101,A mill,Old,Spies\n", "m.csv")
    bare = import_map(b"0101,hills,Thorp,A village,Spies\n", "m.csv")

    assert neutral.notes == (ImportedNote(Hex(0, 0), "", "", "Spies\n\nnotes: Liars"),)
    assert secret.notes == (ImportedNote(Hex(0, 0), "", "A mill", "Spies", dm_only=False),)
    assert [(note.player_text, note.dm_only) for note in two.notes] == [("", True)]
    assert [(note.player_text, note.dm_only) for note in bare.notes] == [("", True)]


@pytest.mark.parametrize(
    ("labels", "read_as"),
    [
        ("101,102,1010", {Hex(0, 0), Hex(0, 1), Hex(9, 5)}),
        ("1001,12099", {Hex(0, 0), hex_of(Cell(11, 98), "flat")}),
        ("0101,100005", {Hex(0, 0), hex_of(Cell(99, 4), "flat")}),
    ],
)
def test_lost_zeros_are_put_back_where_they_were_lost(labels: str, read_as: set[Hex]) -> None:
    data = "Hex\n" + "\n".join(f"{name},x" for name in labels.split(","))

    assert set(import_map(data.replace("Hex", "Hex,Text").encode(), "m.csv").document.terrain()) == read_as  # fmt: skip


def test_links_lead_to_labels_as_the_campaign_writes_them() -> None:
    data = (
        b"hex,name,secret\n0000,Keep,See [[0001]] and [[ Thorp ]] and [[Nowhere]].\n0001,Thorp,\n"
    )

    read = import_map(data, "m.csv")

    assert read.notes[0].dm_text == "See [[0102]] and [[Thorp]] and [[Nowhere]]."
    assert any("lead to no hex" in w.text and "[[Nowhere]]" in w.text for w in read.warnings)


def test_excel_names_its_own_separator() -> None:
    read = import_map(b"sep=;\nhex;terrain\n0101;hills, low\n", "m.csv")

    assert read.document.terrain() == {Hex(0, 0): "hills"}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("0101,hills,Mühle", "cp1252"),
        ("0101,hills,L’auberge déjà vue – « ici »", "cp1252"),
        ("0101,hills,Zażółć gęślą jaźń i łąka\n0102,hills,Śródmieście i wieś", "cp1250"),
        (
            "0101,hills,Старая мельница у реки\n0102,hills,Дорога через лес ведёт к деревне",
            "cp1251",
        ),
        ("0101,hills,Mühle", "utf-16-le"),
        ("0101,hills,Mühle", "utf-16-be"),
        ("0101,hills,Mühle", "utf-8-sig"),
    ],
)
def test_the_encoding_is_found_by_content(text: str, encoding: str) -> None:
    read = import_map(text.encode(encoding), "m.csv")

    assert read.notes[0].title == text.split("\n")[0].split(",")[2]


def test_formulas_are_made_inert_and_read_back() -> None:
    note = ImportedNote(Hex(0, 0), "=1+1", "+CMD|x", "'-5", dm_only=False)

    data = export({Hex(0, 0): "hills"}, [note], LabelStyle(), "flat")

    assert b",'=1+1,'+CMD|x,''-5,seen" in data
    assert import_map(data, "m.csv").notes == (note,)


words = st.text(st.characters(codec="utf-8"), max_size=30)
hexes = st.builds(Hex, st.integers(0, 20), st.integers(0, 20))
notes = st.builds(
    lambda at, title, player, dm, dm_only: ImportedNote(
        at, one_line(title) or "x", clean(player), clean(dm), dm_only
    ),
    hexes, words, words, words, st.booleans(),
)  # fmt: skip


@given(terrain=st.dictionaries(hexes, st.sampled_from(("hills", "my own")), min_size=1), found=st.lists(notes, max_size=6))  # fmt: skip
def test_what_is_exported_reads_back_the_same(
    terrain: dict[Hex, str], found: list[ImportedNote]
) -> None:
    of_map = [note for note in found if note.hex in terrain]
    data = export(terrain, found, LabelStyle(), "flat")

    read = import_map(data, "m.csv", ImportOptions(labels=LabelStyle()))

    assert read.document.terrain() == terrain
    by_hex = [note for at in terrain for note in of_map if note.hex == at]
    assert list(read.notes) == by_hex


def test_labels_are_found_below_a_heading_that_may_be_a_name() -> None:
    read = import_map(b"Location,Type,Name\n0101,Forest,Wick\n0102,Hills,Bram\n", "m.csv")
    assert read.document.terrain() == {Hex(0, 0): "forest", Hex(0, 1): "hills"}
    assert [note.title for note in read.notes] == ["Wick", "Bram"]


def test_a_column_of_labels_without_any_gives_way_to_x_and_y() -> None:
    data = b"x_index,y_index,terrain,hex_key\n0,0,Hills,A\n0,1,Forest,B\n"
    read = import_map(data, "m.csv")
    assert read.document.terrain() == {Hex(0, 0): "hills", Hex(0, 1): "forest"}
    assert any("'hex_key' holds no hex labels" in each.text for each in read.warnings)


AXIAL = {Hex(0, 0): "hills", Hex(3, -1): "forest", Hex(2, 1): "water"}


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("q,r", "{q},{r}"),
        ("Q,R", "{q},{r}"),
        ("axial_q,axial_r", "{q},{r}"),
        ("q (axial),r (axial)", "{q}.0,{r}.0"),
        ("Hex Q,Hex R", "{q},{r}"),
        ("q,r,s", "{q},{r},{s}"),
        ('"hex (q,r)"', '"({q}, {r})"'),
        ('"q,r"', '"{q},{r}"'),
        ("Axial", "{q}/{r}"),
        ('"Hex (q,r,s)"', '"{q};{r};{s}"'),
        ("axial coordinates", "{q} {r}"),
    ],
)
def test_axial_coordinates_are_read_as_such(heading: str, place: str) -> None:
    rows = [
        f"{place.format(q=at.q, r=at.r, s=-at.q - at.r)},{terrain}" for at, terrain in AXIAL.items()
    ]
    data = "\n".join((f"{heading},terrain", *rows)).encode()
    assert import_map(data, "m.csv").document.terrain() == AXIAL
    assert not any("pushed down" in of.text for of in import_map(data, "m.csv").warnings)


def test_a_heading_r_alone_is_no_row() -> None:
    read = import_map(b"hex,R,terrain\n0101,7,hills\n0102,8,forest\n", "m.csv")
    assert set(read.document.terrain()) == {Hex(0, 0), Hex(0, 1)}


def test_what_is_no_pair_of_axial_coordinates_is_refused_with_its_line() -> None:
    with pytest.raises(BadMap, match="axial") as refused:
        import_map(b"q,r,terrain\n0,0,hills\nB,1,forest\n", "m.csv")
    assert refused.value.line == 3


@pytest.mark.parametrize("orientation", ["flat", "pointy"])
def test_a_map_around_its_middle_is_moved_whole_onto_the_grid(orientation: Orientation) -> None:
    around = {at: ("hills", "forest")[at.q % 2] for at in disc(Hex(0, 0), 3)}
    rows = [f"{at.q},{at.r},{terrain}" for at, terrain in around.items()]
    data = "\n".join(("q,r,terrain", *rows)).encode()

    read = import_map(data, "m.csv", ImportOptions(orientation=orientation))

    document = read.document
    cells = [cell_of(at, orientation) for at in document.terrain()]
    assert (min(cell.column for cell in cells), min(cell.row for cell in cells)) == (0, 0)
    assert max(cell.column for cell in cells) < document.grid_width
    (first, old) = (min(document.terrain()), min(around))
    q, r = first.q - old.q, first.r - old.r
    assert document.terrain() == {Hex(at.q + q, at.r + r): land for at, land in around.items()}
    assert "the map begins" in " ".join(of.text for of in read.warnings)
