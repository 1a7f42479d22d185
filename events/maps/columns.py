"""The roles of a spreadsheet's columns, by their headings in six languages, else by their cells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, get_args

from events.maps.imports import Role
from events.maps.tables import TableRow
from events.maps.terrain import meaningful, plain

ROLES: Final[tuple[Role, ...]] = get_args(Role)

_ONCE: Final = ("label", "column", "row", "terrain", "title", "site", "audience")
"""Roles that one column has; a second one is left out."""

_NAMES: Final[Mapping[str, str]] = {
    "label": "label hex hexkey hexnumber hexno hexid hexlabel hexcode coordinate coordinates coord coords key number"
    " hexnr hexnummer hexfeld feld koordinate koordinaten nummer hexagone coordonnee coordonnees hexagono coordenada"
    " coordenadas casilla esagono coordinata coordinate casella casa",
    "column": "x col column xindex xcoord spalte colonne columna colonna coluna",
    "row": "y row yindex ycoord zeile reihe ligne rangee fila riga linha",
    "terrain": "terrain terraintype type biome land landscape gelande landschaft untergrund terreno paisaje bioma"
    " paesaggio relief relieve relevo paisagem",
    "title": "title name heading feature settlement place poi pointofinterest location landmark town village city"
    " titel ort ortschaft siedlung merkmal titre nom lieu colonie ville titulo nombre lugar asentamiento titolo nome"
    " luogo insediamento povoado assentamento",
    "public": "public player players playertext playerstext playertexts forplayers spieler furspieler spielertext offentlich"
    " joueurs pourlesjoueurs publique publico jugadores paralosjugadores pubblico giocatori periigiocatori jogadores"
    " paraosjogadores",
    "secret": "secret secrets dm gm dmtext gmtext dmnotes gmnotes dmonly gmonly hidden referee judge geheim geheimnis"
    " geheimnisse sl spielleiter spielleitung mj meneur secreto secretos segreto segreti master segredo segredos mestre",
    "text": "description desc text notes note details detail content contents summary whatisthere encounter"
    " beschreibung notizen notiz inhalt contenu descripcion notas contenido descrizione contenuto descricao conteudo",
    "site": "site sites icon icons symbol symbols sitetype zeichen icone icono simbolo simboli",
    "link": "link links url moreinfourl moreinfo href source verweis quelle lien enlace collegamento ligacao",
    "audience": "audience",
}  # fmt: skip
_MEANING: Final[Mapping[str, str]] = {
    word: role for role, words in reversed(list(_NAMES.items())) for word in words.split()
}
_KINDS: Final = frozenset(
    [
        "icon",
        "icons",
        "symbol",
        "symbols",
        "type",
        "sitetype",
        "zeichen",
        "icone",
        "icono",
        "simbolo",
        "simboli",
    ]
)
"""Words of headings below which the kinds of sites stand."""
_WORDS: Final = (
    ("secret", frozenset({"secret", "secrets", "gm", "dm", "geheim", "hidden"})),
    ("label", frozenset({"hex", "hexagon", "hexes"})),
    ("terrain", frozenset({"terrain", "biome"})),
    ("text", frozenset({"description", "notes", "beschreibung"})),
    ("link", frozenset({"url"})),
)
"""What a heading of several words means by one of them; never that players may read the column."""

LABEL: Final = re.compile(
    r"-?[0-9]{2,3}-?[0-9]{2,3}|[A-Za-z]{1,2}-?[0-9]{1,3}|-?[0-9]{1,3}[.,:/_ x][0-9]{1,3}"
)
_AXIAL: Final = re.compile(r"(?:axial|cube|hex)?(?P<of>[qr])(?:axial|coord|index)?")
_AXIAL_LABEL: Final = re.compile(
    r"(?:hex|axial|key|coords?|coordinates?)*(?:axial|qrs?)(?:hex|key|coords?|coordinates?)?"
)
_NUMBER: Final = re.compile(r"-?[0-9]{1,3}")
_URL: Final = re.compile(r"https?://\S+")
_LINKED: Final = re.compile(r"\[\[([^\[\]]{1,80})\]\]")


@dataclass(frozen=True, slots=True)
class Columns:
    """How a table is read."""

    roles: Sequence[Role]
    """Of each column, from the first."""
    heading: int | None
    """Index of the heading among the rows; None where there is none."""
    reasons: Sequence[str] = ()
    """What was assumed, in words for the DM."""
    axial: bool = False
    """Whether labels, or columns and rows, are axial coordinates: q and r."""

    def all(self, role: Role) -> list[int]:
        """Return the columns of a role, from the left."""
        return [at for at, own in enumerate(self.roles) if own == role]

    def first(self, role: Role) -> int | None:
        return next(iter(self.all(role)), None)


class _Column(NamedTuple):
    """The cells of a column that are not empty."""

    cells: Sequence[str]
    rows: int

    def share(self, of: re.Pattern[str]) -> float:
        return sum(1 for cell in self.cells if of.fullmatch(cell)) / max(1, len(self.cells))


def meaning(heading: str) -> str:
    """Return the role that a heading names; ``text`` where it names no audience, "" for no role."""
    words = re.findall(r"[a-z0-9]+", plain(heading))
    named = _MEANING.get("".join(words), "")
    if named or not words:
        return named
    return next((role for role, some in _WORDS if some.intersection(words)), "")


def meanings(cells: Sequence[str]) -> list[str]:
    """Return the meaning of each heading: q and r are a column and a row where both are there."""
    names = [meaning(cell) for cell in cells]
    axial = {of: at for at, cell in reversed([*enumerate(cells)]) if (of := _axial(cell))}
    if axial.keys() >= {"q", "r"}:
        names[axial["q"]], names[axial["r"]] = "column", "row"
    return [name or ("label" if axial_label(cell) else "") for name, cell in zip(names, cells, strict=True)]  # fmt: skip


def names_kinds(heading: str) -> bool:
    """Return whether the column of sites below a heading says what is drawn, and no names: ``icon``, ``site type``."""
    return bool(_KINDS.intersection(re.findall(r"[a-z]+", plain(heading))))


def axial_label(heading: str) -> bool:
    """Return whether a heading names axial coordinates in one cell, such as ``hex (q,r)``."""
    return _AXIAL_LABEL.fullmatch(re.sub(r"[^a-z0-9]", "", plain(heading))) is not None


def _axial(heading: str) -> str:
    """Return q or r where a heading names one of the two, else nothing."""
    match = _AXIAL.fullmatch(re.sub(r"[^a-z0-9]", "", plain(heading)))
    return match["of"] if match else ""


def find_columns(rows: Sequence[TableRow], chosen_roles: Sequence[Role | None] = ()) -> Columns:
    """Return what each column is for, the chosen roles first; no label where none can be found."""
    wide = max((len(row.cells) for row in rows), default=0)
    heading = _heading(rows)
    if heading is None and "label" in chosen_roles:
        heading = _above(rows, chosen_roles.index("label"))
    body = rows[heading + 1 :] if heading is not None else rows
    columns = [_column(body, at) for at in range(wide)]
    reasons: list[str] = []
    if heading is not None:
        names = meanings(rows[heading].cells)
        if "label" not in names and not {"column", "row"} <= set(names):
            # A heading such as Location fits a label as well as a name.
            at = next(
                (at for at, of in enumerate(columns) if of.cells and of.share(LABEL) > 0.9), -1
            )
            if 0 <= at < len(names) and names[at] == "title":
                names[at] = "label"
        roles = _named(names, rows[heading].cells, reasons) + ["leave"] * (wide - len(names))
    else:
        roles = ["leave"] * wide
    _doubt_labels(columns, roles, rows, heading, reasons)
    if "label" not in roles and not ("column" in roles and "row" in roles):
        _find_labels(columns, roles)
        if heading is None:
            _find_texts(columns, roles)
    if heading is None and len(rows) > 1 and not _has_digits(rows[0]) and set(roles) == {"leave"}:
        heading = (
            0  # Nothing is known of this table: its first row says most to whoever puts it right.
        )
    chosen = [of or own for of, own in zip(chosen_roles, roles, strict=False)]
    final = [*chosen, *roles[len(chosen) :]]
    return Columns(
        final,
        heading,
        tuple(reasons),
        heading is not None and _are_axial(final, rows[heading].cells),
    )


def _are_axial(roles: Sequence[Role], heading: Sequence[str]) -> bool:
    """Return whether the columns that tell places are headed as q and r, or as both in one."""
    of = dict(reversed([*zip(roles, heading, strict=False)]))
    if "label" in of:
        return axial_label(of["label"])
    return (_axial(of.get("column", "")), _axial(of.get("row", ""))) == ("q", "r")


def _column(rows: Sequence[TableRow], at: int) -> _Column:
    cells = [row.cells[at] for row in rows[:500] if at < len(row.cells)]
    return _Column([cell for cell in cells if cell], len(cells))


def _heading(rows: Sequence[TableRow]) -> int | None:
    """Return the row that names the columns: below lines of prose, or none at all."""
    best, most = None, 1
    for at, row in enumerate(rows[:50]):
        roles = {
            role
            for role in meanings([cell if len(cell) <= 40 else "" for cell in row.cells])
            if role
        }
        placed = "label" in roles or {"column", "row"} <= roles
        rank = len(roles) + 2 * placed
        filled = sum(1 for cell in row.cells if cell)
        if rank > most and filled > 1 and not any(map(LABEL.fullmatch, row.cells)):
            best, most = at, rank
    if best is None and len(rows) > 1 and _is_above_labels(rows[0], rows[1:]):
        best = 0
    return best


def _is_above_labels(first: TableRow, rows: Sequence[TableRow]) -> bool:
    """Return whether a row without a single figure stands above a column of labels: a heading in other words."""
    named = [at for at, cell in enumerate(first.cells) if cell]
    return (
        len(named) > 1
        and not _has_digits(first)
        and any(_column(rows, at).share(LABEL) > 0.9 for at in named)
    )


def _has_digits(row: TableRow) -> bool:
    return any(c.isdigit() for cell in row.cells for c in cell)


def _above(rows: Sequence[TableRow], label: int) -> int | None:
    """Return the last row before the first that has a figure in the column of labels."""
    for at, row in enumerate(rows[:50]):
        if label < len(row.cells) and any(c.isdigit() for c in row.cells[label]):
            return at - 1 if at else None
    return None


def _named(names: Sequence[str], cells: Sequence[str], reasons: list[str]) -> list[Role]:
    """Return the roles that the headings name; a neutral text is for players only beside a secret one."""
    # Only such a file tells which of its texts are the players'.
    for_players = "secret" in names and "public" not in names and names.count("text") == 1
    roles: list[Role] = []
    for name, cell in zip(names, cells, strict=True):
        role: Role = "leave"
        if name == "text":
            role = "public" if for_players else "secret"
            if for_players:
                reasons.append(
                    f"the column {cell!r} is read as the players' text, since another one is secret"
                )
        elif name in ROLES:
            role = name
        if role in _ONCE and role in roles:
            reasons.append(f"two columns are the {role}; the first is taken, {cell!r} left out")
            role = "leave"
        roles.append(role)
    return roles


def _doubt_labels(
    columns: Sequence[_Column],
    roles: list[Role],
    rows: Sequence[TableRow],
    heading: int | None,
    reasons: list[str],
) -> None:
    """Take the role from a column that is headed as labels and holds none, where two others say the places."""
    if heading is None or not {"label", "column", "row"} <= set(roles):
        return
    label = roles.index("label")
    if columns[label].cells and not columns[label].share(LABEL):
        roles[label] = "leave"
        name = rows[heading].cells[label]
        reasons.append(f"the column {name!r} holds no hex labels, so the columns of x and y count")


def _find_labels(columns: Sequence[_Column], roles: list[Role]) -> None:
    """Mark the column of labels, and the two beside it that say the same in numbers."""
    free = [at for at, role in enumerate(roles) if role == "leave"]
    likely = [at for at in free if columns[at].share(LABEL) >= 0.5 and columns[at].cells]
    label = max(likely, key=lambda at: (len(columns[at].cells), -at), default=None)
    numbers = [
        at
        for at in free
        if at != label and columns[at].cells and columns[at].share(_NUMBER) == 1 and at < 6
    ]
    pair = next(((a, b) for a, b in pairwise(numbers) if b == a + 1), None)
    if label is not None:
        roles[label] = "label"
        if pair is not None and _agree(columns, pair, label):
            roles[pair[0]], roles[pair[1]] = "column", "row"
    elif pair is not None and pair[0] == 0:
        roles[0], roles[1] = "column", "row"


def _agree(columns: Sequence[_Column], pair: tuple[int, int], label: int) -> bool:
    """Return whether the first rows write in two columns what they write as label."""
    first, second, labels = (columns[at].cells[:50] for at in (*pair, label))
    digits = [re.sub(r"[^0-9]", "", of).lstrip("0") for of in labels]
    return len(first) == len(second) == len(labels) and all(
        any(f"{int(a):d}{int(b):0{width}d}".lstrip("0") == of for width in (2, 3))
        for a, b, of in zip(first, second, digits, strict=True)
    )


def _find_texts(columns: Sequence[_Column], roles: list[Role]) -> None:
    """Mark terrain, title and texts of a table without heading; all texts stay with the DM."""
    label = next((at for at, role in enumerate(roles) if role == "label"), None)
    linked = {name for of in columns for cell in of.cells for name in _LINKED.findall(cell)}
    plain_order = label == 0 and "column" not in roles
    for at, column in enumerate(columns):
        if roles[at] != "leave" or not column.cells:
            continue
        short = all(len(cell) <= 40 for cell in column.cells)
        terrains = sum(meaningful(cell) or _has_meaning(cell) for cell in column.cells)
        if column.share(_URL) > 0.6:
            roles[at] = "link"
        elif "terrain" not in roles and short and (terrains > len(column.cells) / 2 or (plain_order and at == 1)):  # fmt: skip
            roles[at] = "terrain"
        elif "title" not in roles and ((plain_order and at == 2) or _are_titles(column, linked)):
            roles[at] = "title"
        elif _are_texts(column) or (plain_order and at in (3, 4)):
            roles[at] = "secret"


def _has_meaning(cell: str) -> bool:
    return any(map(meaningful, re.findall(r"\w+", cell)))


def _are_titles(column: _Column, linked: set[str]) -> bool:
    """Return whether the cells are names: in capitals, or linked to from elsewhere."""
    names = [cell for cell in column.cells if any(c.isalpha() for c in cell) and len(cell) <= 80]
    titles = sum(1 for name in names if name.isupper() or name in linked)
    return bool(names) and titles > len(column.cells) / 2


def _are_texts(column: _Column) -> bool:
    """Return whether the cells are sentences."""
    written = [cell for cell in column.cells if any(c.isalpha() for c in cell)]
    sentences = sum(1 for cell in written if cell[-1] in ".!?…\"'”)" or len(cell) > 60)
    return bool(written) and sentences >= len(column.cells) / 2
