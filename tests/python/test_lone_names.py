"""Where several names or texts may be given, a lone one need not stand in a list."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd_cli as ag

FILE = "xx,yy,note\n1,3,p\nNA,5,q\n3,7,r\n2,5,s\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "table.csv"
    path.write_text(FILE)
    return str(path)


LINE = ag.compile("aa*xx + bb")
LOSS = ag.compile("(aa*xx + bb - yy)^2")
Call = Callable[[str, Any], object]

CALLS: dict[str, tuple[str, Call]] = {
    "compile wrt": ("aa", lambda _, wrt: ag.compile("aa*xx + bb", wrt=wrt).wrt),
    "gradient wrt": ("aa", lambda _, wrt: LINE.gradient(aa=1, bb=2, xx=3, wrt=wrt)),
    "objective wrt": ("aa", lambda _, wrt: LINE.objective(bb=2, xx=3, wrt=wrt)([5.0])),
    "fit missing": ("NA", lambda file, words: "".join(LOSS.fit(file, missing=words).json())),
    "total missing": (
        "NA",
        lambda file, words: "".join(LOSS.at(aa=1, bb=2).total(file, missing=words).json()),
    ),
    "fit hold": (
        "bb",
        lambda file, hold: "".join(LOSS.at(bb=1).fit(file, missing=["NA"], hold=hold).json()),
    ),
}


@pytest.mark.parametrize("what", CALLS)
def test_a_lone_text_is_a_list_of_one(what: str, table: str) -> None:
    text, call = CALLS[what]
    assert call(table, text) == call(table, [text])


@pytest.mark.parametrize("option", ["keep", "missing"])
def test_a_lone_text_is_one_in_a_table_that_is_written(
    option: str, table: str, tmp_path: Path
) -> None:
    text = {"keep": "note", "missing": "NA"}[option]
    written = []
    for value in (text, [text]):
        options: Any = {"missing": ["NA"]} | {option: value}
        mapped = LINE.at(aa=1, bb=2).map_files(table, **options)
        mapped.write(path := str(tmp_path / "out.csv"))
        written.append(Path(path).read_text())
    assert written[0] == written[1]
