"""Records are to those who use them what frozen dataclasses are."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from autograd_graph.record import Record


class Place(Record):
    line: int
    column: int = 1


class Named(Place, kw_only=True):
    name: str = "f"


def test_parts_are_given_by_position_or_by_name_and_the_rest_are_defaults() -> None:
    assert vars(Place(3)) == {"line": 3}
    assert (Place(3).column, Place(3, 4).column, Place(column=5, line=3).column) == (1, 4, 5)
    assert Named(3, name="g").name == "g"


@pytest.mark.parametrize(
    ("values", "named", "told"),
    [
        ((), {}, "line"),
        ((), {"column": 2}, "line"),
        ((1,), {"colour": 2}, "colour"),
        ((1,), {"line": 1}, "line"),
        ((1, 2, 3), {}, "at most 2"),
    ],
)
def test_parts_that_are_missing_unknown_or_given_twice_are_told(
    values: tuple[int, ...], named: dict[str, int], told: str
) -> None:
    with pytest.raises(TypeError, match=rf"Named.*\b{re.escape(told)}\b"):
        Named(*values, **named)


def test_a_record_cannot_be_changed_but_replaced() -> None:
    place = Named(3, name="g")
    with pytest.raises(AttributeError, match=r"Named\.line cannot be set"):
        place.line = 4  # type: ignore[misc]
    assert vars(place.replaced(line=4)) == {"line": 4, "name": "g"}
    assert vars(place) == {"line": 3, "name": "g"}
    with pytest.raises(TypeError, match="colour"):
        place.replaced(colour=1)


def test_records_are_equal_to_themselves_alone_and_are_copied_and_pickled() -> None:
    place = Named(3, name="g")
    assert place != Named(3, name="g")
    assert len({place, Named(3, name="g")}) == 2
    for other in (copy.copy(place), pickle.loads(pickle.dumps(place))):
        assert isinstance(other, Named)
        assert vars(other) == vars(place)
    assert repr(Place(3)) == "Place(line=3)"
