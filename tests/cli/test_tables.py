"""What is drawn: the tables, the notes, what is folded, and two whole screens."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len
from support_cli import SAMPLES, autograd, cells, many_inputs, many_statements, table

LONG = (
    "J_training = 1/3*(weight_of_the_first_layer*input_of_the_network + bias - y)^2",
    "--weight_of_the_first_layer=1.23456789",
    "--input_of_the_network=-12345.678912345",
    "--bias=1e-7/3",
    "--y=-1e-200/3",
)
RUNS = [
    pytest.param(["-f", str(path), *words], id=path.stem)
    for path in sorted(SAMPLES.glob("*.expr"))
    for words in [re.findall(r"--\w+=\S+", path.read_text("utf-8").partition("\n#\n")[0])]
]


def joined(drawing: str, first: str) -> str:
    """All the text of a drawn row whose cells may have wrapped onto further lines."""
    lines = iter(drawing.splitlines())
    found = ""
    for line in lines:
        if re.match(rf"│ {re.escape(first)}", line):
            found = line
            break
    for line in lines:
        if not line.startswith("│  "):
            break
        found += line
    return found


# two whole screens -------------------------------------------------------------------------------

TEACHING = """\
╭──────┬───────────┬───────┬──────────╮
│ node │ operation │ value │ dJ/dnode │
├──────┼───────────┼───────┼──────────┤
│ x    │ input     │    -2 │        4 │
│ w    │ input     │     2 │       -4 │
│ b    │ input     │     8 │        2 │
│ y    │ input     │     2 │       -2 │
│ c    │ w · x     │    -4 │        2 │
│ a    │ c + b     │     4 │        2 │
│ d    │ a − y     │     2 │        2 │
│ v1   │ d^2       │     4 │      0.5 │
│ J    │ 1/2 · v1  │     2 │        1 │
╰──────┴───────────┴───────┴──────────╯
╭───────┬───────┬───────────┬──────────┬────────────────────╮
│ input │ value │ ∂J/∂input │ size     │ meaning            │
├───────┼───────┼───────────┼──────────┼────────────────────┤
│ x     │    -2 │         4 │ ████████ │ raising x raises J │
│ w     │     2 │        -4 │ ████████ │ raising w lowers J │
│ b     │     8 │         2 │ ████     │ raising b raises J │
│ y     │     2 │        -2 │ ████     │ raising y lowers J │
╰───────┴───────┴───────────┴──────────┴────────────────────╯
J = 2
"""


def test_teaching_example_is_drawn_like_this() -> None:
    assert table("-f", str(SAMPLES / "cost_function.expr"), width=80) == TEACHING


PLAIN = """\
+------+-----------+-------+----------+--------+
| node | operation | value | df/dnode | status |
+------+-----------+-------+----------+--------+
| x    | input     |    -1 |      nan |        |
| v1   | log(x)    |   nan |        1 | domain |
| y    | input     |     0 |        0 |        |
| v2   | abs(y)    |     0 |        1 | kink   |
| f    | v1 + v2   |   nan |        1 | domain |
+------+-----------+-------+----------+--------+
+-------+-------+-----------+------+----------------+--------+
| input | value | df/dinput | size | meaning        | status |
+-------+-------+-----------+------+----------------+--------+
| x     |    -1 |       nan |      | undefined here | domain |
| y     |     0 |         0 |      | at a kink      |        |
+-------+-------+-----------+------+----------------+--------+
f = nan  domain
note: log(x) at x = -1 is outside the domain (defined for x > 0)
  log(x) + abs(y)
  ^^^^^^
note: abs(y) at y = 0 is at a kink (continuous, but one-sided derivatives may
differ; a subgradient is used)
  log(x) + abs(y)
           ^^^^^^
note: the gradient by x is nan: at v1 = log(x), 1 flowing back meets the slope
nan
  log(x) + abs(y)
  ^^^^^^
"""


def test_statuses_and_notes_are_drawn_like_this_without_unicode() -> None:
    run = autograd("eval", "log(x) + abs(y)", "--x=-1", "--y=0", "--format=table", "--ascii")
    assert [line.rstrip() for line in run.lines] == PLAIN.splitlines()


# what the tables hold ----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["eval", "explain"])
def test_a_note_gives_no_value_of_a_number(command) -> None:
    out = autograd(command, "x^(-1/2) + y*sqrt(2)", "--x=-1", "--y=inf", "--format=table").out
    assert "at x = -1 is outside the domain" in " ".join(out.split())


def test_node_table_has_value_and_gradient_of_every_node_but_numbers() -> None:
    rows = cells(table("-f", str(SAMPLES / "cost_function.expr")), "node")
    assert rows["c"] == ["w · x", "-4", "2"]
    assert rows["J"] == ["1/2 · v1", "2", "1"]
    assert list(rows) == ["x", "w", "b", "y", "c", "a", "d", "v1", "J"]


def test_mathematical_constants_are_listed_with_their_value() -> None:
    rows = cells(table("2*e*x + π", "--x=1"), "node")
    assert rows["e"] == ["constant", "2.71828", ""]
    assert rows["π"] == ["constant", "3.14159", ""]


def test_unnamed_output_is_shown_as_f() -> None:
    out = table("2*x", "--x=3")
    assert cells(out, "node")["f"] == ["2 · x", "6", "1"]
    assert out.endswith("f = 6\n")
    out = table("f = 2*x; 3*f", "--x=1")
    assert cells(out, "node")["f"][1] == "2"
    assert cells(out, "node")["f_1"][1] == "6"
    assert "∂f_1/∂input" in out
    assert out.endswith("f_1 = 6\n")


def test_earlier_bindings_of_a_name_are_numbered() -> None:
    rows = cells(table("c = 2*x; c += c + 1; c *= x", "--x=3"), "node")
    assert rows["c#1"][1] == "6"
    assert rows["c#2"][0] == "c#1 + v1"
    assert rows["c"] == ["c#2 · x", "39", "1"]


@pytest.mark.parametrize(
    ("program", "meaning"),
    [
        ("J = 2*w + 0*x", "raising w raises J"),
        ("J = -2*w", "raising w lowers J"),
        ("J = 0*w", "flat here"),
        ("u = w; J = 3 + 0*w; w^2; J = 1/2 + x", "does not reach J"),
        ("J = sqrt(w - 1)^2", "undefined here"),
        ("-w", "raising w lowers f"),
        ("J = relu(w - 1)", "at a kink"),
        ("J = 3*abs(w - 1) - w", "at a kink"),  # the gradient is -1, and J rises on both sides
        ("J = max(w, x)", "at a kink"),
        ("J = w + abs(x - 1)", "raising w raises J"),
        ("J = w + 0*abs(w - 1)", "raising w raises J"),
        ("J = relu(where(x > 0, x - 1, w))", "flat here"),  # not taken
        ("J = floor(w)", "at a jump"),
        ("J = abs(w - 1) + floor(w)", "at a jump"),
        ("J = where(w < 1, 2, 3)", "at a jump"),
        ("J = floor(w/2)", "flat here"),
        ("J = where(w > 0, 2, 3)", "flat here"),
    ],
)
def test_input_table_says_what_a_gradient_means(program: str, meaning: str) -> None:
    rows = cells(autograd("eval", program, "--w=1", "--set=x=1", "--format=table").out, "input")
    assert rows["w"][3] == meaning


def test_bar_is_as_long_as_the_gradient_is_large() -> None:
    rows = cells(table("8*a - 4*b + c/1000 + 0*d", "--a=1", "--b=1", "--c=1", "--d=1"), "input")
    assert [rows[name][2] for name in "abcd"] == ["█" * 8, "█" * 4, "▏", ""]
    run = autograd("eval", "8*a - 4*b", "--a=1", "--b=1", "--ascii", "--format=table")
    rows = cells(run.out, "input")
    assert [rows[name][2] for name in "ab"] == ["#" * 8, "#" * 4]


def test_zero_has_no_sign_in_a_table() -> None:
    assert cells(table("-x", "--x=0"), "node")["f"][1] == "0"


def test_statuses_are_shown_where_they_are_not_ok_and_their_column_only_then() -> None:
    assert "status" not in table("x^2", "--x=1")
    rows = cells(table("relu(x) + where(x < 1, 1, log(y))", "--x=0", "--y=2"), "node")
    assert rows["v1"][3] == "kink"
    assert rows["v3"][3] == "unused"


def test_a_note_points_at_the_place_in_the_program() -> None:
    out = table("w = 2\n# a comment\ny = w + sqrt(x)\ny", "--x=0")
    assert "  3 | y = w + sqrt(x)\n              ^^^^^^^\n" in out


def test_zero_times_infinity_names_both_factors() -> None:
    run = autograd("eval", "sqrt(x)^2", "--x=0", "--format=table")
    assert run.status == 1
    note = " ".join(run.out.partition("the gradient by x is nan")[2].split())
    assert note.startswith(": at v1 = sqrt(x), 0 flowing back meets the slope inf")


def test_many_notes_of_one_kind_are_counted() -> None:
    program = " + ".join(f"abs(x - {k}*x)" for k in range(9))
    out = table(program, "--x=0")
    assert out.count("is at a kink") == 3
    assert "6 more with status kink" in out


def test_program_without_inputs_has_one_table() -> None:
    out = table("2*3 + 1")
    assert out.count("╭") == 1
    assert out.endswith("f = 7\n")


# widths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100, 160])
@pytest.mark.parametrize("words", [*RUNS, pytest.param(list(LONG), id="long names")])
def test_no_line_is_wider_than_the_terminal(words: list[str], width: int) -> None:
    run = autograd("eval", *words, "--format", "table", env={"COLUMNS": str(width)})
    assert run.err == ""
    assert max(map(cell_len, run.lines)) <= width
    tops = [line for line in run.lines if line.startswith("╭")]
    assert len(tops) == 2


@pytest.mark.parametrize("words", [*RUNS, pytest.param(list(LONG), id="long names")])
def test_numbers_names_and_meanings_are_whole_at_60_columns(words: list[str]) -> None:
    wide = autograd("eval", *words, "--format", "table", env={"COLUMNS": "400"}).out
    narrow = autograd("eval", *words, "--format", "table", env={"COLUMNS": "60"}).out
    assert "…" not in narrow
    together = re.sub(r"[│\s]", "", narrow)
    for first, (*_, value, gradient) in (
        (first, row[:3]) for first, row in cells(wide, "node").items()
    ):
        assert first in narrow or first in together or len(first) > 6
        assert re.search(rf"│ +{re.escape(value)} │ +{re.escape(gradient)} │", narrow) or not value


def test_long_names_wrap_and_lose_nothing() -> None:
    out = autograd("eval", *LONG, "--format", "table", env={"COLUMNS": "60"}).out
    column = [line.split("│")[1].strip() for line in out.splitlines() if line.startswith("│")]
    assert "weight_of_the_first_layerinput_of_the_network" in "".join(
        part for part in column if not re.fullmatch(r"v\d+|", part)
    )
    assert " 1.25448e+08 " in out or "e+08" in out


def test_number_of_17_digits_is_whole_in_80_columns() -> None:
    out = table("x/3", "--x=-1e-300", "--precision", "17", width=80)
    assert re.search(r" -3\.33333333333333\d+e-301 ", out)


def test_output_with_a_long_name_heads_its_column_with_gradient() -> None:
    assert "gradient" in table("a_very_long_name_indeed = x", "--x=1", width=60)
    assert "da_very_long_name_indeed/dnode" in table(
        "a_very_long_name_indeed = x", "--x=1", width=200
    )


# folding -----------------------------------------------------------------------------------------


def test_300_nodes_are_folded_with_both_ends_in_sight() -> None:
    out = table(many_statements(300), "--x=1")
    rows = cells(out, "node")
    assert len(out.splitlines()) < 60
    assert "261 nodes are folded: --all shows them" in out
    assert {"x", "v1", "y"} < set(rows)
    assert rows["y"][1] == "301"
    assert sum(name != "…" for name in rows) == 301 - 261


def test_all_shows_every_node() -> None:
    rows = cells(table(many_statements(300), "--x=1", "--all"), "node")
    assert len(rows) == 301
    assert "…" not in rows


def test_named_nodes_outlive_the_rest_when_folded() -> None:
    program = "s = x" + " + 1" * 100 + "; t = s" + " + 1" * 100 + "; t*s"
    assert {"x", "s", "t"} < set(cells(table(program, "--x=1"), "node"))


def test_300_inputs_are_folded_to_those_with_the_largest_gradients() -> None:
    names = [f"x{k}" for k in range(1, 301)]
    words = [many_inputs(names), *(f"--{name}=1" for name in names)]
    out = table(*words)
    rows = cells(out, "input")
    assert list(rows) == names[-40:]
    assert "260 inputs with smaller gradients are folded: --all shows them" in " ".join(out.split())
    assert list(cells(table(*words, "--all"), "input")) == names


def test_60_rows_are_not_folded() -> None:
    assert "folded" not in table(many_statements(59), "--x=1")
    assert "folded" in table(many_statements(60), "--x=1")


def test_an_operation_of_a_thousand_arguments_is_shortened_unless_all_is_asked_for() -> None:
    words = [f"max({', '.join(f'x + {k}' for k in range(500))})", "--x=1"]
    assert len(table(*words).splitlines()) < 80
    assert "…" in table(*words)
    assert "v499" in table(*words, "--all").partition("max(")[2]


def test_folding_is_for_tables_only() -> None:
    assert len(autograd("eval", many_statements(300), "--x=1").rows) == 601


def test_labels_are_not_names_of_the_program() -> None:
    out = table("(x + y)*v1", "--x=1", "--y=2", "--v1=3")
    rows = cells(out, "node")
    assert rows["v1_1"][0] == "x + y"
    assert rows["f"][0] == "v1_1 · v1"
