"""Smooth chance: the same seed gives the same numbers on every machine and in every version."""

from collections.abc import Sequence

_MASK = (1 << 64) - 1
_ROOT_3_HALF = 0.8660254037844386


def chance(seed: int, index: int) -> float:
    """Return the index-th number of a seed, from 0 up to 1.

    Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (SplitMix64).
    """
    z = (seed + (index + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((z ^ (z >> 31)) >> 11) / (1 << 53)


def hex_noise(seed: int, lines: int, length: int, period: float, octaves: int) -> list[float]:
    """Return value noise at the centres of hexes, line after line, about 0 to 1.

    A line is a column of flat-top hexes or a row of pointy-top ones; the odd ones are pushed by half.
    Features are about ``period`` hexes wide, each further octave half as wide and half as strong.
    """
    total = [0.0] * (lines * length)
    strength, sum_of_strengths = 1.0, 0.0
    for octave in range(octaves):
        _add_octave(total, (seed + octave * 7919) & _MASK, lines, length, period, strength)
        sum_of_strengths += strength
        strength, period = strength / 2, max(period / 2, 1.0)
    return [value / sum_of_strengths for value in total]


def warped(
    field: Sequence[float],
    lines: int,
    length: int,
    by: tuple[Sequence[float], Sequence[float]],
    reach: float,
) -> list[float]:
    """Return the field with each hex taken from up to ``reach`` away, as two noises about 0.5 say.

    Value noise lies along its lattice, which shows as squares; drawn through a warp it does not.
    Past the edge the field is mirrored.
    """
    mirrored_line = [_mirror(line, lines) for line in range(-lines, 2 * lines)]
    mirrored_other = [_mirror(other, length) for other in range(-length, 2 * length)]
    twice = 2 * reach
    most_line, most_other = lines - 1, length - 1
    result = []
    for at, (down, across) in enumerate(zip(*by, strict=True)):
        line, other = divmod(at, length)
        step = min(max(round((down - 0.5) * twice), -most_line), most_line)
        side = min(max(round((across - 0.5) * twice), -most_other), most_other)
        from_line, from_other = (
            mirrored_line[lines + line + step],
            mirrored_other[length + other + side],
        )
        result.append(field[from_line * length + from_other])
    return result


def _mirror(line: int, lines: int) -> int:
    if line < 0:
        return min(-line, lines - 1)
    return line if line < lines else max(2 * (lines - 1) - line, 0)


def _add_octave(
    total: list[float], seed: int, lines: int, length: int, period: float, strength: float
) -> None:
    down = int(lines * _ROOT_3_HALF / period) + 2
    across = int((length + 0.5) / period) + 2
    lattice = [
        [chance(seed, row * across + column) * strength for column in range(across)]
        for row in range(down)
    ]
    tables = [[_at((other + push) / period) for other in range(length)] for push in (0.0, 0.5)]
    for line in range(lines):
        # The weight along a line is the same for all its hexes, so the lattice is blended once for it.
        index, weight = _at(line * _ROOT_3_HALF / period)
        blended = _blend(lattice[index], lattice[index + 1], weight)
        start = line * length
        for other, (step, part) in enumerate(tables[line & 1], start):
            near = blended[step]
            total[other] += near + (blended[step + 1] - near) * part


def _at(position: float) -> tuple[int, float]:
    index = int(position)
    part = position - index
    return index, part * part * (3 - 2 * part)


def _blend(near: Sequence[float], far: Sequence[float], weight: float) -> list[float]:
    return [a + (b - a) * weight for a, b in zip(near, far, strict=True)]
