from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from abm.output.layout import arrange, fixed, flowing, gap_of, lines, stretch, wrapped

NAMES = ["a", "b", "c", "d"]
CELLS = st.lists(st.text(alphabet="xyz äß株 ", max_size=30), min_size=2, max_size=2)
TABLES = st.fixed_dictionaries(dict.fromkeys(NAMES, CELLS))
WISHES = st.lists(st.tuples(st.sampled_from([*NAMES, "absent"]), st.integers(1, 40)), max_size=12)


@given(TABLES, WISHES, st.integers(20, 200))
def test_a_table_never_leaves_its_width(table: dict[str, list[str]], wishes: list[tuple[str, int]], width: int) -> None:
    columns = {name: fixed(name, [Text(cell) for cell in cells]) for name, cells in table.items()}
    widths = arrange(columns, wishes, width)
    grown = stretch(columns, widths, NAMES, width)
    assert list(grown) == list(widths) == [name for name in columns if name in widths]
    assert all(widths[name] <= grown[name] <= columns[name].most for name in widths)
    drawn = lines(columns, grown, width)
    assert len({line.cell_len for line in drawn}) == 1 if widths else True
    assert all(line.cell_len <= width for line in drawn)
    assert sum(grown.values()) + gap_of(width) * (len(grown) - 1) <= width


@given(TABLES, WISHES, st.integers(20, 99))
def test_more_room_shows_no_less(table: dict[str, list[str]], wishes: list[tuple[str, int]], width: int) -> None:
    columns = {name: fixed(name, [Text(cell) for cell in cells]) for name, cells in table.items()}
    one_each = [(name, size) for i, (name, size) in enumerate(wishes) if name not in {n for n, _ in wishes[:i]}]
    first = one_each[0][0] if one_each else None
    narrow, wide = (arrange(columns, one_each, each) for each in (width, width + 1))
    assert first is None or first not in narrow or first in wide


@given(st.lists(st.text(alphabet="abc äß", min_size=1, max_size=60), max_size=8), st.integers(10, 80))
def test_segments_flow_within_the_width(texts: list[str], width: int) -> None:
    for drawn in (flowing([Text(text) for text in texts], width), wrapped([Text(text) for text in texts], width)):
        assert all(len(line.plain.rstrip()) <= width for line in drawn)
