"""The layout of a graph's drawing: positions of boxes and routes of wires on a grid of cells.

A layered drawing after Sugiyama: leaves in the first column, in the program's order unless that
costs many crossings, every box right of its arguments, each column ordered so that few wires cross.
Between two columns is a channel in which each source's wire has one vertical trunk, on a track of
its own wherever two would touch. The result guarantees three properties, on which any drawing of it
can rely: wires of different sources share no cell except where one runs straight across the other,
a box is touched only by its own wires, and each argument arrives at its own port.

Existing layout libraries guarantee less. ``grandalf`` gives coordinates between which straight
lines may run through anything (and has been inactive since 2023); ``netext`` routes on a grid, but
lets wires of different sources share cells, and is a compiled library.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import count

_SWEEPS = 12
_WORTH = 2
"""How many times as many crossings, and how many more, the program's order of leaves is worth."""

_STRAIGHT, _LEVEL = 8.0, 64.0
"""The weights of keeping a long wire straight, and of keeping a box level with an argument that it
names, relative to placing a box beside its neighbours."""

LEFT, RIGHT, UP, DOWN = 1, 2, 4, 8
ACROSS, ALONG = LEFT | RIGHT, UP | DOWN
"""The arms of a wire in a cell, as bits."""

Cell = tuple[int, int]
Segment = tuple[int, int, int, int]
"""``x1, y1, x2, y2``, horizontal or vertical."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box to be placed: a node, the nodes of its arguments, and its size in cells.

    ``ports`` are the rows within it at which the arguments arrive, ``out`` is the one at which its
    own wire leaves. A leaf is placed in the first column. ``level`` is the argument, if any, whose
    wire is to arrive straight before all others.
    """

    node: int
    args: tuple[int, ...]
    width: int
    height: int
    ports: tuple[int, ...]
    out: int
    leaf: bool
    level: int | None = None


@dataclass(slots=True)
class Layout:
    """``at`` is the upper left cell of each box, ``wires`` the segments of each source's wire.

    ``heads`` are the cells, each just left of a box, where a wire arrives.
    """

    at: dict[int, Cell]
    wires: dict[int, list[Segment]]
    heads: list[Cell]
    width: int
    height: int

    def turned(self) -> Layout:
        """The layout with columns for rows: what went to the right goes down."""
        return Layout(
            at={node: (y, x) for node, (x, y) in self.at.items()},
            wires={
                net: [(y1, x1, y2, x2) for x1, y1, x2, y2 in segments]
                for net, segments in self.wires.items()
            },
            heads=[(y, x) for x, y in self.heads],
            width=self.height,
            height=self.width,
        )

    def cells(self) -> dict[Cell, dict[int, int]]:
        """The cells that wires run through, with the arms of each source's wire there.

        Two wires in one cell cross: one runs straight across, the other straight along.
        """
        cells: dict[Cell, dict[int, int]] = {}
        for net, segments in self.wires.items():
            for x1, y1, x2, y2 in segments:
                for x in range(x1, x2 + 1) if y1 == y2 else ():
                    arms = cells.setdefault((x, y1), {})
                    arms[net] = arms.get(net, 0) | (x > x1) * LEFT | (x < x2) * RIGHT
                for y in range(y1, y2 + 1) if x1 == x2 else ():
                    arms = cells.setdefault((x1, y), {})
                    arms[net] = arms.get(net, 0) | (y > y1) * UP | (y < y2) * DOWN
        return cells


@dataclass(slots=True)
class _Item:
    """A box in its column, or the place where a long wire passes through a column."""

    net: int
    layer: int
    height: int
    out: int
    box: Box | None = None
    sources: list[tuple[int, int]] = field(default_factory=list)
    """Items of the column before, each with the row of this item at which its wire arrives."""
    targets: list[tuple[int, int]] = field(default_factory=list)
    """Items of the next column, each with the row of that item at which the wire arrives."""
    row: int = 0


@dataclass(slots=True, eq=False)
class _Wire:
    """A source's wire within one channel: from one row on its left to one or more on its right.

    A wire that takes a detour is two of them: one to a free row (``turns``), and one from there,
    whose ``first`` is the former.
    """

    net: int
    source: int
    targets: list[int]
    turns: bool = False
    first: _Wire | None = None
    track: int = -1

    @property
    def top(self) -> int:
        """The upper end of the wire's trunk."""
        return min(self.source, *self.targets)

    @property
    def bottom(self) -> int:
        """The lower end of the wire's trunk."""
        return max(self.source, *self.targets)

    @property
    def straight(self) -> bool:
        """Whether the wire needs no trunk."""
        return self.targets == [self.source]


def place(boxes: Sequence[Box], spacing: int = 2, lane: int = 1) -> Layout:
    """Place boxes, given with arguments before their users, the output last.

    ``spacing`` is the distance between two tracks in cells, ``lane`` the height that a long wire
    takes where it passes through a column.
    """
    layer = layers(boxes)
    items = _items(boxes, layer, lane)
    columns: list[list[int]] = [[] for _ in range(max(layer.values()) + 1)]
    for number, item in enumerate(items):
        columns[item.layer].append(number)
    _order(items, columns)
    _settle_rows(items, columns)
    return _draw(items, columns, spacing)


def layers(boxes: Sequence[Box]) -> dict[int, int]:
    """The column of each box: one more than the last of its arguments'.

    A box without arguments that is no leaf is placed just before its first user.
    """
    layer: dict[int, int] = {}
    first_use: dict[int, int] = {}
    for box in boxes:
        layer[box.node] = max((layer[arg] + 1 for arg in box.args), default=0)
        for arg in box.args:
            first_use[arg] = min(first_use.get(arg, layer[box.node]), layer[box.node])
    for box in boxes:
        if not box.leaf and not box.args and box.node in first_use:
            layer[box.node] = first_use[box.node] - 1
    return layer


def leading(arguments: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """For each box with steps among its arguments, the place of the one with the most before it.

    ``arguments`` are by node, before their users. A box whose own wire leaves it where that
    argument arrived lies level with it, and so a long chain lies flat.
    """
    depth: dict[int, int] = {}
    found: dict[int, int] = {}
    for node, args in arguments.items():
        depth[node] = max((depth[arg] + 1 for arg in args), default=0)
        steps = [place for place, arg in enumerate(args) if depth[arg]]
        if steps:
            found[node] = max(steps, key=lambda place: depth[args[place]])
    return found


def item_count(boxes: Sequence[Box]) -> int:
    """The number of items in the drawing: boxes, and columns that long wires pass through."""
    layer = layers(boxes)
    last = dict(layer)
    for box in boxes:
        for arg in box.args:
            last[arg] = max(last[arg], layer[box.node] - 1)
    return sum(last[node] - layer[node] + 1 for node in layer)


def _items(boxes: Sequence[Box], layer: dict[int, int], lane: int) -> list[_Item]:
    items = [_Item(box.node, layer[box.node], box.height, box.out, box) for box in boxes]
    carriers = {box.node: [number] for number, box in enumerate(boxes)}
    for number, box in enumerate(boxes):
        for arg, port in zip(box.args, box.ports, strict=True):
            carrier = carriers[arg]
            while len(carrier) < layer[box.node] - layer[arg]:
                items.append(_Item(arg, layer[arg] + len(carrier), lane, lane // 2))
                _link(items, carrier[-1], len(items) - 1, lane // 2)
                carrier.append(len(items) - 1)
            _link(items, carrier[layer[box.node] - layer[arg] - 1], number, port)
    return items


def _link(items: list[_Item], source: int, target: int, port: int) -> None:
    items[source].targets.append((target, port))
    items[target].sources.append((source, port))


# order ------------------------------------------------------------------------------------


def _order(items: list[_Item], columns: list[list[int]]) -> None:
    """Order the columns so that few wires cross, the first one as the program has its leaves.

    Where that order costs more crossings than :data:`_WORTH` allows, it is given up.
    """
    free = [list(column) for column in columns]
    crossings = _swept(items, columns, columns[1:])
    if crossings and crossings > _WORTH * _swept(items, free, free) + _WORTH:
        columns[:] = free


def _swept(items: list[_Item], columns: list[list[int]], loose: list[list[int]]) -> int:
    """Order each ``loose`` column by the mean of its neighbours' positions, sweeping both ways.

    The order with the fewest crossings is kept; their number is returned.
    """
    first = _reading_order(items, columns)
    for column in loose:
        column.sort(key=first.__getitem__)
    best, fewest = [list(column) for column in columns], _crossings(items, columns)
    for sweep in range(_SWEEPS if fewest else 0):
        forward = sweep % 2 == 0
        for column in loose if forward else reversed(loose):
            position = _positions(columns)
            middles = {n: _middle(items, n, position, forward) for n in column}
            column.sort(key=middles.__getitem__)
        _swap_neighbours(items, columns, loose)
        crossings = _crossings(items, columns)
        if crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
        if not fewest:
            break
    columns[:] = best
    return fewest


def _reading_order(items: list[_Item], columns: list[list[int]]) -> dict[int, int]:
    """The rank of each item in a walk back from the output, first arguments first."""
    met: dict[int, int] = {}
    stack = [number for column in columns for number in column if not items[number].targets]
    while stack:
        number = stack.pop()
        if number not in met:
            met[number] = len(met)
            stack.extend(source for source, _ in reversed(items[number].sources))
    return met


def _positions(columns: list[list[int]]) -> dict[int, int]:
    return {number: place for column in columns for place, number in enumerate(column)}


def _middle(items: list[_Item], number: int, position: dict[int, int], forward: bool) -> float:
    item = items[number]
    if forward:
        near = [float(position[source]) for source, _ in item.sources]
    else:
        near = [position[target] + port / items[target].height for target, port in item.targets]
    return sum(near) / len(near) if near else float(position[number])


def _swap_neighbours(items: list[_Item], columns: list[list[int]], loose: list[list[int]]) -> None:
    """Swap two neighbours in a loose column where that leaves fewer crossings between them."""
    for column in loose:
        position = _positions(columns)
        for here in range(len(column) - 1):
            upper, lower = column[here], column[here + 1]
            as_is = _crossings_of(items, upper, lower, position)
            swapped = _crossings_of(items, lower, upper, position)
            if swapped < as_is:
                column[here], column[here + 1] = lower, upper


def _crossings_of(items: list[_Item], upper: int, lower: int, position: dict[int, int]) -> int:
    """How often the wires of two neighbours cross."""
    up, low = items[upper], items[lower]
    before = sum(
        position[a] > position[b] for a, _ in up.sources for b, _ in low.sources
    )  # fmt: skip
    after = sum(
        (position[a], p) > (position[b], q) for a, p in up.targets for b, q in low.targets
    )  # fmt: skip
    return before + after


def _crossings(items: list[_Item], columns: list[list[int]]) -> int:
    """How often wires cross between the columns: pairs whose ends are in opposite orders."""
    total = 0
    position = _positions(columns)
    for column in columns:
        seen: list[tuple[int, int]] = []
        for number in column:
            ends = sorted((position[target], port) for target, port in items[number].targets)
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


# rows -------------------------------------------------------------------------------------


def _settle_rows(items: list[_Item], columns: list[list[int]]) -> None:
    """Give each item a row near its neighbours' wires; straight long wires have priority.

    Means first balance the columns; medians then straighten wires, one of several where possible.
    """
    for column in columns:
        row = 0
        for number in column:
            items[number].row = row
            row += items[number].height
    for sweep in range(4 * _SWEEPS):
        forward, finish = sweep % 2 == 1, sweep >= 3 * _SWEEPS
        for column in columns if forward else reversed(columns):
            wishes = [_wish(_wishes(items, number, forward, finish), finish) for number in column]
            heights = [items[number].height for number in column]
            for number, new in zip(column, _spread(wishes, heights), strict=True):
                items[number].row = new
    top = min(item.row for item in items)
    for item in items:
        item.row -= top


def _wishes(
    items: list[_Item], number: int, forward: bool, finish: bool
) -> list[tuple[float, float]]:
    """The rows at which an item would be level with its neighbours, each with a weight."""
    item = items[number]
    before = [
        (float(items[source].row + items[source].out - port), _strength(item, items[source]))
        for source, port in item.sources
    ]
    after = [
        (float(items[target].row + port - item.out), _strength(item, items[target]))
        for target, port in item.targets
    ]
    if not finish:
        return before + after or [(float(item.row), 0.1)]
    return (before if forward else after) or [(float(item.row), 1.0)]


def _wish(wishes: list[tuple[float, float]], median: bool) -> tuple[float, float]:
    """The weighted mean or median of several wishes, and their total weight."""
    weight = sum(weight for _, weight in wishes)
    if not median:
        return sum(row * weight for row, weight in wishes) / weight, weight
    below = 0.0
    for row, part in sorted(wishes):
        below += part
        if below * 2 >= weight:
            return row, weight
    raise AssertionError(wishes)


def _strength(one: _Item, other: _Item) -> float:
    if _is_level(one, other) or _is_level(other, one):
        return _LEVEL
    return 1.0 if one.box and other.box else _STRAIGHT if not (one.box or other.box) else 2.0


def _is_level(one: _Item, other: _Item) -> bool:
    return one.box is not None and other.box is not None and one.box.level == other.net


def _spread(wishes: list[tuple[float, float]], heights: list[int]) -> list[int]:
    """Rows in the given order, without overlap, nearest to the wishes by least squares.

    The pool-adjacent-violators algorithm, after subtracting the heights above each.
    """
    pools: list[tuple[float, float, int]] = []
    before = 0
    for (wish, weight), height in zip(wishes, heights, strict=True):
        mean, total, count = wish - before, weight, 1
        while pools and pools[-1][0] >= mean:
            other, other_total, other_count = pools.pop()
            mean = (mean * total + other * other_total) / (total + other_total)
            total += other_total
            count += other_count
        pools.append((mean, total, count))
        before += height
    starts = [round(mean) for mean, _, count in pools for _ in range(count)]
    rows, before = [], 0
    for start, height in zip(starts, heights, strict=True):
        rows.append(start + before)
        before += height
    return rows


# wires ------------------------------------------------------------------------------------


def _draw(items: list[_Item], columns: list[list[int]], spacing: int) -> Layout:
    layout = Layout({}, {}, [], 0, 0)
    left = 0
    lowest = max(item.row + item.height for item in items)
    for index, column in enumerate(columns):
        width = max((b.width for n in column if (b := items[n].box) is not None), default=0)
        for number in column:
            item = items[number]
            if item.box is not None:
                layout.at[item.box.node] = (left, item.row)
                start = left + item.box.width - 1
            else:
                start = left - 1
            if item.targets:
                row = item.row + item.out
                _add(layout, item.net, (start, row, left + width, row))
        left += width
        if index + 1 == len(columns):
            break
        wires = _route(_wires(items, column))
        tracks = 1 + max((wire.track for wire in wires), default=-1)
        end = left + 1 + max(tracks * spacing, 1)
        heads = {row for n in columns[index + 1] for row in _heads(items[n])}
        for wire in wires:
            _run(layout, wire, left, end, spacing, heads)
            lowest = max(lowest, wire.bottom + 1)
        left = end + 1
    layout.width, layout.height = left, lowest
    return layout


def _wires(items: list[_Item], column: list[int]) -> list[_Wire]:
    return [
        _Wire(
            item.net,
            item.row + item.out,
            sorted(items[target].row + port for target, port in item.targets),
        )
        for item in (items[number] for number in column)
        if item.targets
    ]


def _heads(item: _Item) -> Iterable[int]:
    return [item.row + port for _, port in item.sources] if item.box is not None else []


def _add(layout: Layout, net: int, segment: Segment) -> None:
    layout.wires.setdefault(net, []).append(segment)


def _run(layout: Layout, wire: _Wire, left: int, end: int, spacing: int, heads: set[int]) -> None:
    """Add a wire's segments in the channel from ``left`` to ``end``, the cell before a box."""
    x = left + 1 + wire.track * spacing
    start = left if wire.first is None else left + 1 + wire.first.track * spacing
    _add(layout, wire.net, (start, wire.source, end if wire.straight else x, wire.source))
    if not wire.straight:
        _add(layout, wire.net, (x, wire.top, x, wire.bottom))
    if wire.turns:
        return
    for row in wire.targets:
        if not wire.straight:
            _add(layout, wire.net, (x, row, end, row))
        if row in heads:
            layout.heads.append((end, row))


def _route(wires: list[_Wire]) -> list[_Wire]:
    """Assign a track to every wire that is not straight.

    A wire that leaves the column before in the row at which another arrives has to turn first. If
    such constraints form a cycle, one of its wires takes a detour along a free row.
    """
    while True:
        before = _before(wires)
        try:
            TopologicalSorter(before).prepare()
        except CycleError as error:
            circle: list[_Wire] = error.args[1]
            _detour(wires, circle[0])
        else:
            _assign_tracks(before)
            return wires


def _before(wires: list[_Wire]) -> dict[_Wire, set[_Wire]]:
    """For each wire with a trunk the wires whose trunk has to be further left."""
    bent = [wire for wire in wires if not wire.straight]
    leaving = {wire.source: wire for wire in bent if wire.first is None}
    before: dict[_Wire, set[_Wire]] = {}
    for wire in bent:
        rows = () if wire.turns else wire.targets
        before[wire] = {leaving[row] for row in rows if row in leaving} - {wire}
        if wire.first is not None:
            before[wire].add(wire.first)
    return before


def _detour(wires: list[_Wire], wire: _Wire) -> None:
    """Route a wire through a free row, the nearest below its source."""
    taken = {row for other in wires for row in (other.source, *other.targets)}
    free = next(row for row in count(wire.source + 1) if row not in taken)
    wires.remove(wire)
    first = _Wire(wire.net, wire.source, [free], turns=True)
    wires += [first, _Wire(wire.net, free, wire.targets, first=first)]


def _assign_tracks(before: dict[_Wire, set[_Wire]]) -> None:
    """Assign tracks from the left, in an order that meets the constraints with few crossings.

    First come wires that cross none of those to the right of them, then those that cross fewest
    more than they would if they came last.
    """
    crossing = {wire: sum(_crossed(wire, other) for other in before) for wire in before}
    cost = {
        wire: crossing[wire] - sum(_crossed(other, wire) for other in before) for wire in before
    }
    done: list[_Wire] = []
    waiting = list(before)
    while waiting:
        ready = (wire for wire in waiting if before[wire].issubset(done))
        wire = min(ready, key=lambda ready: (crossing[ready] > 0, cost[ready], ready.source))
        waiting.remove(wire)
        for other in waiting:
            crossed = _crossed(other, wire)
            crossing[other] -= crossed
            cost[other] -= crossed - _crossed(wire, other)
        touched = (
            other.track
            for other in done
            if other in before[wire]
            or (other.top <= wire.bottom + 1 and wire.top <= other.bottom + 1)
        )
        wire.track = 1 + max(touched, default=-1)
        done.append(wire)


def _crossed(left: _Wire, right: _Wire) -> int:
    """How often two wires cross if the trunk of ``left`` is left of that of ``right``."""
    onward = 0 if left.turns else sum(right.top < row < right.bottom for row in left.targets)
    return onward + (left.top < right.source < left.bottom)
