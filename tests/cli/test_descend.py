"""``autograd descend``: what is moved, what is said, in every format, and how it ends."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from support_cli import SAMPLES, autograd, plain

STEP = ["w = 3; y = x*w; L = (y - target)^2", "--x=2", "--target=2", "--lr", "0.1", "--steps", "1"]
ROSENBROCK = ["-f", str(SAMPLES / "descend" / "rosenbrock.expr")]


def result(*words: str, status: int = 0) -> dict[str, object]:
    run = autograd("descend", *words, "--format", "json")
    assert run.status == status, run.err
    return json.loads(run.out)  # type: ignore[no-any-return]


def drawn(*words: str, width: int = 80) -> str:
    return autograd("descend", *words, "--format", "table", env={"COLUMNS": str(width)}).out


def test_one_step_shows_the_gradient_the_parameter_and_the_loss_before_and_after() -> None:
    screen = drawn(*STEP)
    assert re.search(r"│ w +│ +3 │ +16 │ → │ +1.4 │ +3.2 │", screen)
    assert re.search(r"│ L +│ +16 │ +│ → │ +0.64 │", screen)
    assert "held: x = 2, target = 2" in screen
    assert re.search(r"-25.6 │ -15.36 │", screen)  # predicted beside change
    assert "\nw = 3 − 0.1 · 16 = 1.4\n" in screen


@pytest.mark.parametrize(
    ("words", "update"),
    [
        (["w = 3; -w^2", "--lr", "0.1"], "w = 3 − 0.1 · (-6) = 3.6"),
        (["w = 3; -w^2", "--lr", "0.1", "--maximize"], "w = 3 + 0.1 · (-6) = 2.4"),
        (["w = 3; w^2", "--lr", "0.1", "--clip", "2"], "w = 3 − 0.1 · 2 = 2.8"),
        (["w = 3; w^2", "--lr", "0.1", "--ascii"], "w = 3 - 0.1 * 6 = 2.4"),
    ],
)
def test_one_step_is_written_as_texts_write_it(words: list[str], update: str) -> None:
    assert f"\n{update}\n" in drawn(*words, "--steps", "1")


def test_columns_without_room_are_named() -> None:
    screen = drawn("-f", str(SAMPLES / "descend" / "line.expr"), width=60)
    assert "no room for gradient at start:" in screen
    assert "no room for" not in drawn(*STEP, width=60)
    assert "no room for" not in drawn(*STEP, width=120)


def test_jsonl_has_a_record_a_step_and_is_what_a_pipe_gets() -> None:
    run = autograd("descend", *STEP)
    start, end = map(json.loads, run.lines)
    assert start == {
        "schema": "autograd.descend-step/1",
        "step": 0, "output": 16.0, "parameters": {"w": 3.0}, "gradients": {"w": 16.0},
        "norm": 16.0, "rate": None, "clipped": None, "predicted": None, "change": None,
    }  # fmt: skip
    assert (end["step"], end["parameters"], end["rate"]) == (1, {"w": 1.4}, 0.1)
    assert end["predicted"] == pytest.approx(-25.6)
    assert run.err.startswith("note: falling: ")


def test_json_has_the_result() -> None:
    found = result(*ROSENBROCK)
    assert found["verdict"] == "converged"
    assert found["parameters"] == pytest.approx({"x1": 1.0, "x2": 1.0}, abs=1e-5)
    assert found["output"]["status"] == "ok"  # type: ignore[index]
    assert set(found) >= {"steps", "verdict", "output", "parameters", "gradients"}


@pytest.mark.parametrize(("form", "mark"), [("csv", ","), ("tsv", "\t")])
def test_rows_are_the_trace(form: str, mark: str) -> None:
    header, *rows = autograd("descend", *STEP, "--format", form).lines
    assert header.split(mark) == [
        "step", "output", "norm", "rate", "clipped", "predicted", "change", "at.w", "grad.w",
    ]  # fmt: skip
    assert rows[0].split(mark) == ["0", "16.0", "16.0", "", "", "", "", "3.0", "16.0"]
    assert len(rows) == 2


# which inputs are parameters


@pytest.mark.parametrize(
    ("words", "moved", "held"),
    [
        ([], {"w", "b"}, {"x"}),
        (["--hold", "b"], {"w"}, {"b", "x"}),
        (["--wrt", "x"], {"x"}, {"w", "b"}),
        (["--wrt", "x, w", "--hold", "w"], {"x"}, {"w", "b"}),
        (["--w=5"], {"w", "b"}, {"x"}),
    ],
)
def test_parameters_are_the_inputs_with_a_default_of_the_program(
    words: list[str], moved: set[str], held: set[str]
) -> None:
    text = "w = 3; b = 2/4; const k = 2; k*(w*x + b)^2"
    found = result(text, "--x=2", "--steps", "2", "--lr", "0.001", *words)
    assert set(found["parameters"]) == moved  # type: ignore[call-overload]
    assert set(found["held"]) == held  # type: ignore[call-overload]
    if words == ["--w=5"]:
        assert found["start"]["parameters"] == {"w": 5.0, "b": 0.5}  # type: ignore[index]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["(w - 2)^2", "--w=3"], "no parameters"),
        (["w = 3; (w - 2)^2", "--hold", "w"], "every parameter is held"),
        (["w = 3; (w - 2)^2", "--hold", "v"], "no input 'v'"),
        (["w = 3; (w - t)^2"], "no value for the input t"),
        (["w = 3; w^2", "--lr", "0"], "--lr"),
        (["w = 3; w^2", "--method", "best"], "--method"),
    ],
)
def test_what_cannot_be_done_ends_with_2(words: list[str], message: str) -> None:
    run = autograd("descend", *words, "--format", "json")
    assert run.status == 2
    assert run.err.startswith("error: ")
    assert message in run.err


def test_option_wins_over_an_input_of_its_name() -> None:
    run = autograd("descend", "lr = 2; lr^2", "--lr", "0.5", "--steps", "1")
    assert "write --set lr=3" in run.err
    assert json.loads(run.lines[-1])["parameters"] == {"lr": 0.0}


# how it ends


@pytest.mark.parametrize(
    ("words", "status", "verdict"),
    [
        (ROSENBROCK, 0, "converged"),
        ([*ROSENBROCK, "--lr", "0.001", "--steps", "10"], 0, "falling"),
        ([*ROSENBROCK, "--lr", "0.1"], 1, "diverging"),
        (["x = 1; log(x)", "--lr", "0.1"], 1, "not-finite"),
        (["x = -1; log(x)"], 1, "not-finite"),
        (["x = 1; abs(x)", "--lr", "0.3", "--steps", "50"], 0, "kink"),
        (["x = 1; y = 0; x^2 - y^2", "--lr", "0.1"], 0, "saddle"),
        (["x = 2; x + x*sqrt(x)", "--method", "newton"], 1, "edge"),
        (["x = 1; where(x > 0, x, x + 9)", "--method", "newton"], 1, "jump"),
        (["x = 1e20; x", "--lr", "0.1"], 1, "stuck"),
        (["x = 1; x^2", "--lr", "1", "--steps", "20"], 1, "oscillating"),
        (["x = 1; log(x)"], 1, "unbounded"),
        (["x = 1; y = 1; x + y"], 1, "unbounded"),
        (["x = 0; -x^2"], 0, "maximum"),
        (["x = 0; x^2", "--maximize"], 0, "minimum"),
    ],
)
def test_status_is_1_where_it_cannot_arrive(words: list[str], status: int, verdict: str) -> None:
    for form in ("table", "jsonl", "json", "csv", "tsv"):
        run = autograd("descend", *words, "--format", form)
        assert run.status == status
        assert verdict in run.out + run.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x = 1; -x^2"], "the value falls without bound"),
        (["x = 1; x^2", "--maximize"], "the value rises without bound"),
        (["x = 0; -x^2"], "1 negative; the value falls in every direction; move a parameter"),
        (["x = 0; x^2", "--maximize"], "1 positive; the value rises in every direction;"),
        (["x = 0; y = 0; y^2 - x^2"], "1 negative, 1 positive; move a parameter"),
        (["x = 0; y = 0; y^4 - x^2"], "1 negative, 1 zero; this is a saddle, or a maximum; move"),
        (["x = -1; log(x)"], "the value or the gradient at the start is not finite"),
        (["x = 1; log(x)", "--lr", "2"], "the next step is not finite; gradient norm 1 at the"),
    ],
)
def test_message_says_how_it_ended(words: list[str], message: str) -> None:
    assert message in autograd("descend", *words).err


@pytest.mark.parametrize("form", ["table", "jsonl", "json", "csv"])
def test_step_that_is_not_finite_points_at_its_node_and_keeps_the_last_good_values(
    form: str, tmp_path: Path
) -> None:
    file = tmp_path / "last.json"
    words = ["x = 1; 2*log(x)", "--lr", "0.1", "--save", str(file), "--format", form]
    run = autograd("descend", *words)
    assert run.status == 1
    said = run.out if form == "table" else run.err
    assert "log(x) at x = -" in said
    assert "  x = 1; 2*log(x)\n           ^^^^^^" in said
    assert json.loads(file.read_text())["x"] > 0


def test_saved_values_are_where_the_next_run_goes_on(tmp_path: Path) -> None:
    file = str(tmp_path / "at.json")
    how = [*ROSENBROCK, "--lr", "0.001"]
    first = result(*how, "--steps", "30", "--save", file)
    assert json.loads(Path(file).read_text()) == first["parameters"]
    second = result(*how, "--steps", "20", "--vars", file)
    assert second["parameters"] == result(*how, "--steps", "50")["parameters"]


def test_divergence_names_the_largest_rate() -> None:
    booth = str(SAMPLES / "descend" / "booth.expr")
    found = result("-f", booth, "--lr", "0.12", "--steps", "50", status=1)
    assert "curvature along the path, 18, allows rates up to 0.111" in str(found["message"])


# the screen


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("name", ["rosenbrock", "network", "logistic"])
@pytest.mark.parametrize("words", [[], ["--ascii"], ["--flow", "--clip", "0.5"]])
def test_drawing_fits_the_screen(name: str, width: int, words: list[str]) -> None:
    screen = drawn("-f", str(SAMPLES / "descend" / f"{name}.expr"), *words, width=width)
    assert max(map(len, screen.splitlines())) <= width
    if "--ascii" in words:
        assert screen.isascii()


def test_long_runs_are_folded_with_the_interesting_steps_kept() -> None:
    screen = drawn(*ROSENBROCK, "--method", "momentum", "--lr", "0.001")
    steps = [line.split("│")[1].strip() for line in screen.splitlines() if line.startswith("│ ")]
    assert {"0", "1*", "…"} <= set(steps)
    assert any(step.endswith("*") for step in steps)  # it overshot, and turned
    assert "* the loss turned here" in screen
    assert len(steps) < 50


def test_settings_are_shown_defaults_too() -> None:
    assert drawn(*ROSENBROCK).startswith("gd, lr by line search, steps 10,000, until 1e-06\n")
    assert drawn(*STEP, "--method", "adam").startswith("adam, lr 0.1, momentum 0.9, steps 1, ")


def test_flow_shows_a_line_of_bars_every_so_many_steps() -> None:
    words = ["-f", str(SAMPLES / "vanishing_gradient.expr"), "--lr", "1", "--steps", "64", "--flow"]
    lines = [
        line for line in drawn(*words).splitlines() if re.match(r" *step \d+  [▁-█]{20} ", line)
    ]
    assert 8 <= len(lines) <= 17
    assert "▁" in lines[0]
    record = json.loads(autograd("descend", *words, "--format", "jsonl").lines[-1])
    assert len(record["flow"]) == 20


def test_data_go_to_the_terminal_without_the_bar_between_them() -> None:
    run = autograd("descend", *STEP, "--format", "csv", terminal=True)
    assert "\x1b[2K" not in run.out
    assert len(plain(run.out).splitlines()) == 3


# the samples


@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "newton"])
@pytest.mark.parametrize("path", sorted((SAMPLES / "descend").glob("*.expr")), ids=lambda p: p.stem)
def test_defaults_work_on_the_samples(path: Path, method: str) -> None:
    found = result("-f", str(path), "--method", method)
    assert found["verdict"] == "converged"
    said = re.search(r"^# minimum: (.*)$", path.read_text("utf-8"), re.M)
    if said and "himmelblau" not in path.stem:
        pairs = (pair.split(" = ") for pair in said[1].split(", "))
        expected = {name: float(number) for name, number in pairs}
        assert found["parameters"] == pytest.approx(expected, abs=1e-4)


def test_network_has_the_published_weights_after_a_step() -> None:
    text = (SAMPLES / "descend" / "network.expr").read_text("utf-8")
    run = re.search(r"^# run: autograd descend -f samples/(\S+) (.*)$", text, re.M)
    assert run is not None
    found = result("-f", str(SAMPLES / run[1]), *shlex.split(run[2]))
    said = dict(re.findall(r"(w\d) = ([\d.]+)", "".join(re.findall(r"# after 1: .*", text))))
    assert len(said) == 8
    assert found["parameters"] == pytest.approx({n: float(x) for n, x in said.items()}, abs=1e-8)


@pytest.mark.parametrize("width", ["9", "19", "80"])
def test_flow_is_drawn_at_any_width_and_for_a_gradient_of_one_size(width: str) -> None:
    for program in ("2*w", "a = 2*w; b = 3*a; (b - 1)^2"):
        words = ["--w=1", "--wrt", "w", "--flow", "--format", "table", "--steps", "3"]
        run = autograd("descend", program, *words, env={"COLUMNS": width})
        assert run.status in (0, 1)
        assert "this should not have happened" not in run.err
        assert "gradient by layer" in " ".join(run.out.split())
