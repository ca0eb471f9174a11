"""``autograd fit``: what it shows, what it writes, how it ends, what it refuses."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from unittest import mock

import pytest
from support_cli import SAMPLES, autograd, hint

from autograd_cli import extras

ENZYME = ["-f", str(SAMPLES / "fit" / "michaelis_menten.expr"),
          str(SAMPLES / "fit" / "enzyme.csv"), "--target", "rate"]  # fmt: skip
LINE = ["a*x + b", str(SAMPLES / "fit" / "line.csv"), "--target", "y"]


def result(*words: str, status: int = 0, stdin: str = "") -> dict[str, object]:
    run = autograd("fit", *words, "--format", "json", stdin=stdin)
    assert run.status == status, run.err
    return json.loads(run.out)  # type: ignore[no-any-return]


def drawn(*words: str, width: int = 80) -> str:
    return autograd("fit", *words, "--format", "table", env={"COLUMNS": str(width)}).out


def test_the_drawing_has_trace_parameters_correlations_pictures_and_a_verdict() -> None:
    screen = drawn(*ENZYME)
    assert screen.startswith("least squares over 14 rows, 2 parameters, by trust region\n")
    assert re.search(r"│ +0 │ +108614 │ +100 │ +1 │", screen)
    assert re.search(r"│ Vmax +│ +193.238 │ +1.98569 │ +1.03 │ +100 │", screen)
    assert re.search(r"│ Km +│ +0.81 │", screen)
    assert "● rate   ━━ fit" in screen
    assert "residuals over S" in screen
    assert "R² 0.997951" in screen
    assert "\nconverged: " in screen


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_drawing_keeps_to_the_width(width: int) -> None:
    assert max(map(len, drawn(*ENZYME, width=width).splitlines())) <= max(width, 46)


def test_without_unicode_the_drawing_is_ascii() -> None:
    run = autograd("fit", *ENZYME, "--format", "table", "--ascii")
    assert run.out.isascii()
    assert "o rate   * fit" in run.out


def test_rows_of_data_are_the_parameters_and_the_verdict_is_beside_them() -> None:
    run = autograd("fit", *LINE)
    assert list(run.rows[0]) == [
        "parameter", "value", "error", "start", "lower", "upper", "r.a", "r.b",
    ]  # fmt: skip
    assert [row["parameter"] for row in run.rows] == ["a", "b"]
    assert run.err.startswith("note: converged: ")
    assert autograd("fit", *LINE, "--quiet").err == ""


def test_several_columns_are_drawn_over_the_fitted_values(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("u,v,y\n1,2,3.1\n2,1,2.9\n3,5,8.2\n4,4,7.9\n5,1,6.1\n")
    screen = drawn("a*u + b*v", str(table), "--target", "y")
    assert "residuals over fitted y" in screen
    assert "━━ fit" not in screen


def test_many_rows_are_drawn_in_part(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("x,y\n" + "".join(f"{n},{n % 7}\n" for n in range(10_000)))
    assert re.search(r"3,334 of 10,000 rows are drawn", drawn("a*x + b", str(table), "--target=y"))


def test_saved_parameters_are_read_by_vars(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    autograd("fit", *LINE, "--save", str(saved), "--start", "b=3", "--hold", "b")
    found = json.loads(saved.read_text())
    assert found["b"] == 3.0
    value = autograd("eval", "a*x + b", "--x=2", "--vars", str(saved), "--get", "value").out
    assert float(value) == 2 * found["a"] + 3.0
    again = result(*LINE, "--vars", str(saved))
    assert again["parameters"]["a"]["start"] == found["a"]  # type: ignore[index]


def test_predictions_are_what_map_writes_with_the_fitted_parameters(tmp_path: Path) -> None:
    saved, predicted, mapped = (tmp_path / name for name in ("p.json", "p.csv", "m.csv"))
    autograd("fit", *LINE, "--save", str(saved), "--predict", str(predicted))
    data = LINE[1]
    autograd("map", LINE[0], data, "--vars", str(saved), "--output", str(mapped))
    fitted = [line.rsplit(",", 1) for line in predicted.read_text().splitlines()]
    both = [line.rsplit(",", 2) for line in mapped.read_text().splitlines()]
    assert fitted == [[own, value] for own, value, _ in both]
    prefixed = tmp_path / "q.jsonl"
    autograd("fit", *LINE, "--predict", str(prefixed), "--prefix", "fit_")
    assert list(json.loads(prefixed.read_text().splitlines()[0])) == ["x", "y", "fit_value"]


def test_a_table_comes_by_standard_input_too() -> None:
    text = (SAMPLES / "fit" / "line.csv").read_text()
    piped = result(LINE[0], "--target", "y", stdin=text)
    assert piped == result(*LINE)


def test_it_ends_with_1_unless_it_has_converged() -> None:
    run = autograd("fit", "a*exp(k*x) + b*exp(m*x)", *LINE[1:], "--steps", "1",
                   "--start", "k=-9,m=3")  # fmt: skip
    assert run.status == 1
    assert run.err.startswith("note: falling: ")
    assert result("log(x - a)", *LINE[1:], "--start", "a=5", status=1)["verdict"] == "not-finite"


def test_the_place_of_what_is_not_finite_is_shown() -> None:
    run = autograd("fit", "b*log(x - a)", *LINE[1:], "--start", "a=5")
    assert "not-finite: row 1 is not finite at the start" in run.err
    assert "b*log(x - a)\n" in run.err


def test_an_interruption_shows_what_there_is_so_far() -> None:
    from autograd_cli.fitting import least

    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    with mock.patch.object(least, "levenberg_marquardt", interrupted):
        run = autograd("fit", *ENZYME, "--format", "json")
    assert run.status == 130
    assert json.loads(run.out)["parameters"]["Km"]["value"] == pytest.approx(0.155384, rel=1e-5)


@pytest.mark.parametrize(
    ("words", "message", "help_"),
    [
        (["a*x"], "sum is unbounded", ""),
        (["a*x", "--target", "z"], "has no column 'z'", "its columns are 'x', 'y'"),
        (["a*x", "--target", "Y"], "has no column 'Y'", "did you mean 'y'?"),
        (["x + y"], "there is nothing to move", "a parameter is a name that is no column"),
        (["a*q"], "uses no column of", "--target COLUMN"),
        (["a*x", "--target=y", "--start", "a"], "--start takes NAME=AMOUNT", "--start a=1,b=-2"),
        (["a*x", "--target=y", "--start", "a=z"], "the value of a is no number", ""),
        (["a*x", "--target=y", "--bounds", "a=3"], "--bounds takes NAME=LOW:HIGH", "a=0:,b=-1:1"),
        (["a*x", "--target=y", "--bounds", "a=3:2"], "leave no room", "--hold a"),
        (["a*x", "--target=y", "--bounds", "a=3:"], "it begins at 1, as nothing", "--start a=4"),
        (["a*x", "--target=y", "--hold", "a", "--a=1"], "every parameter is held", "free one of a"),
        (["a*x + b", "--target=y", "--hold", "b"], "b is held, and has no value", "--b=1"),
        (["a*x", "--target=y", "--predict", "p.xyz"], "the format of p.xyz is not known", ""),
        (["a*x", "--target=y", "--prefix", "p"], "--prefix is for --predict", ""),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(words: list[str], message: str, help_: str) -> None:
    expr, *options = words
    run = autograd("fit", expr, LINE[1], *options)
    if message == "sum is unbounded":
        assert run.status == 1
        return
    assert (run.status, run.out) == (2, "")
    assert message in run.err
    assert help_ in hint(run)


def test_an_infinite_target_that_is_a_column_in_use_is_named_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = autograd("fit", "a*x + b*y", "--target", "y", stdin="x,y\n1,2\n2,inf\n4,8\n")
    assert run.status == 1
    assert "in row 2 the target is inf" in run.err


@pytest.mark.parametrize("text", ["x,y\n", "x,y\n1,\n,2\n"])
def test_a_table_without_rows_is_an_error(text: str) -> None:
    run = autograd("fit", "a*x", "--target", "y", stdin=text)
    assert (run.status, run.out) == (2, "")
    assert "row" in run.err


def test_a_cell_that_is_no_number_is_named() -> None:
    run = autograd("fit", "a*x", "--target", "y", stdin="x,y\n1,2\n3,four\n")
    assert (run.status, run.out) == (2, "")
    assert "row 2" in run.err
    assert "'four'" in run.err


def test_a_missing_extra_says_how_to_install_it() -> None:
    with mock.patch.object(extras, "find_spec", lambda name: None if name == "scipy" else name):
        run = autograd("fit", *LINE)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("error: autograd fit needs scipy, which is not installed\n")
    assert hint(run) == 'pip install "autograd-cli[fit]"'


def test_predictions_of_standard_input_are_refused() -> None:
    run = autograd("fit", "a*x", "--target", "y", "--predict", "p.csv", stdin="x,y\n1,2\n")
    assert (run.status, run.out) == (2, "")
    assert "--predict reads the table a second time" in run.err


def test_a_loss_whose_least_is_at_a_kink_has_no_errors_and_a_smooth_one_has() -> None:
    rows = "x,y\n1,2\n2,4.1\n3,9\n"
    found = json.loads(autograd("fit", "abs(a - y)", "--format=json", stdin=rows).out)
    assert found["verdict"] == "kink"
    assert found["parameters"]["a"]["value"] == pytest.approx(4.1)  # the median
    assert found["parameters"]["a"]["error"] is None
    for rows in ("y\n1\n2\n3\n4\n", "y\n0\n0\n3\n3\n"):  # a median is any number in between
        found = json.loads(autograd("fit", "abs(a - y)", "--format=json", stdin=rows).out)
        assert found["parameters"]["a"]["error"] is None
    rows = "x,y\n1,2\n2,4.1\n3,9\n"
    smooth = "(a*abs(x - 2) + b - y)^2"  # abs has its kink in a row, the sum has none
    found = json.loads(autograd("fit", smooth, "--format=json", stdin=rows).out)
    assert found["verdict"] == "converged"
    assert found["parameters"]["a"]["error"] > 0.1
    joined = "max(a - y, 0)^2 + max(y - a, 0)^2"  # the kinks of both add up to a parabola
    found = json.loads(autograd("fit", joined, "--format=json", stdin="y\n1\n2\n3\n").out)
    assert found["verdict"] == "converged"
    assert found["parameters"]["a"]["error"] > 0.1


@pytest.mark.parametrize("size", [1e7, 1e8, 1e16, 1e40, 1e150])
def test_a_sum_that_is_far_from_its_least_is_fitted(size: float) -> None:
    rows = f"y\n{size}\n{2 * size}\n"
    found = json.loads(autograd("fit", "(a - y)^2", "--format=json", stdin=rows).out)
    assert found["verdict"] == "converged"
    assert found["parameters"]["a"]["value"] == pytest.approx(1.5 * size, rel=1e-14)
    assert found["parameters"]["a"]["error"] == pytest.approx(size / 8**0.5, rel=1e-9)


@pytest.mark.filterwarnings("error")
def test_squares_that_overflow_on_the_way_are_no_warning_of_a_library() -> None:
    run = autograd("fit", "(a - x)^2*1e200", "--format=json", stdin="x\n1\n2.5\n")
    assert json.loads(run.out)["parameters"]["a"]["value"] == pytest.approx(1.75)


def test_rows_of_a_program_without_columns_have_statuses_too() -> None:
    fit = ["fit", "--target=y", "--format=json"]
    found = json.loads(autograd(*fit, "max(a, b)", stdin="y\n1\n2\n3\n").out)
    assert found["statuses"] == {"kink": 3}
    found = json.loads(autograd(*fit, "a*0 + 3", stdin="y\n1\n2\n3\n").out)
    assert found["statuses"] == {"ok": 3}


def test_a_loss_that_falls_without_end_has_no_errors() -> None:
    rows = "x,y\n-2,-1\n-1,-1\n1,1\n2,1\n"  # separable
    found = json.loads(autograd("fit", "softplus(-y*(a*x + b))", "--format=json", stdin=rows).out)
    assert found["verdict"] != "converged"
    assert {each["error"] for each in found["parameters"].values()} == {None}


# descend --data -----------------------------------------------------------------------------------

DATA = ["--data", LINE[1]]
LOSS = "(a*x + b - y)^2"


def descent(*words: str, status: int = 0) -> dict[str, object]:
    run = autograd("descend", *words, "--format", "json")
    assert run.status == status, run.err
    return json.loads(run.out)  # type: ignore[no-any-return]


def test_descent_over_a_table_leads_to_where_the_fit_does() -> None:
    fitted = {name: p["value"] for name, p in result(*LINE)["parameters"].items()}  # type: ignore[attr-defined]
    found = descent(LOSS, *DATA, "--a=0", "--b=0", "--until", "1e-9")
    assert found["verdict"] == "converged"
    assert found["parameters"] == pytest.approx(fitted, rel=1e-6)
    assert found["output"]["value"] == pytest.approx(result(*LINE)["total"] / 21)  # type: ignore
    newton = descent(LOSS, *DATA, "--a=0", "--b=0", "--method", "newton")
    assert newton["parameters"] == pytest.approx(fitted, rel=1e-6)


def test_a_step_of_descent_is_that_of_the_mean_written_out() -> None:
    rows = [line.split(",") for line in Path(LINE[1]).read_text().splitlines()[1:]]
    terms = " + ".join(f"(a*{x} + b - {y})^2" for x, y in rows)
    words = ["--a=1", "--b=2", "--wrt", "a,b", "--lr", "0.01", "--steps", "3"]
    written = descent(f"({terms})/{len(rows)}", *words)
    over = descent(LOSS, *DATA, *words)
    assert over["parameters"] == pytest.approx(written["parameters"], rel=1e-12)
    assert over["norm"] == pytest.approx(written["norm"], rel=1e-12)


@pytest.mark.parametrize("batch", [[], ["--batch-size=2"]])
def test_a_descent_says_how_many_rows_it_left_out(batch: list[str]) -> None:
    words = ["descend", "(a*x - y)^2", "--data", "-", "--a=1", *batch]
    rows = "x,y\n1,2\n2,\n3,nan\n4,8\n"
    run = autograd(*words, "--format", "json", stdin=rows)
    assert "2 of 4 rows lack a value: left out" in run.err
    assert [json.loads(run.out)[key] for key in ("rows", "missing")] == [2, 2]
    assert "2 of 4 rows lack a value" in autograd(*words, "--format", "table", stdin=rows).out


def test_a_descent_needs_rows() -> None:
    for rows, said in [("x\n", "has no rows"), ("x,y\n,1\n", "no row is left")]:
        run = autograd("descend", "(a*x - 1)^2", "--data", "-", "--a=1", stdin=rows)
        assert run.status == 2
        assert said in run.err


def test_batches_are_drawn_without_putting_back_in_an_order_that_the_seed_determines() -> None:
    table = "x\n" + "".join(f"{2**n}\n" for n in range(6))

    def sums(seed: int) -> list[float]:
        words = ["--data", "-", "--a=1", "--lr=1e-9", "--steps=5", "--batch-size=2"]
        run = autograd("descend", "a*x", *words, f"--seed={seed}", "--format=jsonl", stdin=table)
        return [2 * json.loads(line)["gradients"]["a"] for line in run.lines]

    first = sums(1)
    assert sum(first[:3]) == sum(first[3:]) == 63.0  # each row once in an epoch
    assert first[:3] != first[3:]
    assert first == sums(1) != sums(2)


def test_batches_arrive_where_all_rows_do() -> None:
    table = "x,y\n" + "".join(f"{n},{2 * n + 1}\n" for n in range(-4, 5))
    run = autograd("descend", LOSS, "--data", "-", "--a=0", "--b=0", "--batch-size=3",
                   "--lr=0.03", "--steps=5000", "--format=json", stdin=table)  # fmt: skip
    found = json.loads(run.out)
    assert found["verdict"] == "converged"
    assert found["parameters"] == pytest.approx({"a": 2.0, "b": 1.0}, abs=1e-5)


def test_a_batch_that_no_step_improves_is_said_and_more_steps_are_not_advised() -> None:
    words = ["--a=0", "--b=0", "--batch-size=2", "--method=gd"]
    run = autograd("descend", LOSS, *DATA, *words, "--format=json")
    found = json.loads(run.out)
    assert found["steps"] < 10_000
    assert (run.status, found["verdict"]) == (1, "stuck")
    assert "no step improves the latest batch: --lr" in found["message"]
    steady = descent(LOSS, *DATA, *words, "--lr=0.001", "--steps=50")
    assert steady["verdict"] == "falling"
    assert "more --steps or a smaller --lr" in str(steady["message"])


def test_a_descent_by_batches_that_rises_is_diverging() -> None:
    found = descent(
        LOSS, *DATA, "--a=0", "--b=0", "--batch-size=5", "--lr=1", "--steps=4", status=1
    )
    assert found["verdict"] == "diverging"


def test_a_row_that_is_not_finite_is_named() -> None:
    run = autograd("descend", "log(x - a)", "--data", "-", "--a=2", stdin="x\n3\n1\n")
    assert run.status == 1
    assert "row 2: " in run.err


@pytest.mark.parametrize(
    "words", [["--batch-size=2"], ["--seed=1"], ["--rename=x=z"], ["--seed=1", *DATA]]
)
def test_options_of_tables_need_a_table(words: list[str]) -> None:
    run = autograd("descend", f"a=1;{LOSS}", "--b=1", *words)
    assert (run.status, run.out) == (2, "")
    assert words[0].partition("=")[0] in run.err
