"""The same function in SciPy, PyTorch, JAX, pandas and polars."""

from __future__ import annotations

import pickle
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.optimize import approx_fprime, minimize

import autograd_cli as ag
from autograd_graph.descent.objective import PATIENCE

COST = ag.compile("J = 1/2*(w*x + b - y)^2")
ROSENBROCK = ag.compile("100*(y - x^2)^2 + (a - x)^2").at(a=1)


# SciPy -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "CG", "TNC", "SLSQP"])
def test_scipy_minimizes_an_objective_with_its_gradient(method: str) -> None:
    found = minimize(ROSENBROCK.objective(wrt=["x", "y"]), [-1.2, 1.0], jac=True, method=method)
    assert found.x == pytest.approx([1.0, 1.0], abs=1e-2)


def test_an_objective_has_the_same_bits_however_often_it_is_asked() -> None:
    objective = COST.at(x=-2.0, y=2.0).objective(wrt=["w", "b"])
    first, *others = [objective(np.array([0.3, 0.1])) for _ in range(PATIENCE + 20)]
    for value, gradient in others:
        assert value == first[0]
        assert gradient.tolist() == first[1].tolist()


def test_scipy_takes_the_hessian_too() -> None:
    objective = ROSENBROCK.objective(wrt=["y", "x"])
    found = minimize(objective, [1.0, -1.2], jac=True, hess=objective.hessian, method="trust-exact")
    assert found.x == pytest.approx([1.0, 1.0], abs=1e-6)


def test_an_objective_is_over_the_inputs_named_in_their_order() -> None:
    f = ag.compile("w = 1; p = sigmoid(w*x + b)*exp(-c*x)").at(x=0.7, c=0.3)
    for names in (["w", "b"], ["b", "w"], ["c", "x", "b", "w"]):
        objective = f.at(b=0.2).objective(wrt=names)
        at = np.linspace(0.2, 0.9, len(names))
        value, gradient = objective(at)
        point = dict(zip(names, at.tolist(), strict=True))
        assert value == f.at(b=0.2)(point).value
        differences = approx_fprime(at, lambda v, f=objective: f(v)[0])
        assert gradient == pytest.approx(differences, rel=1e-5)


def test_without_names_an_objective_is_over_what_has_no_value() -> None:
    assert COST.objective(x=1, y=2).names == ["w", "b"]
    assert COST.by("b").at(w=1, x=1, y=2).objective().names == ["b"]


def test_an_objective_is_pickled_for_other_processes() -> None:
    objective = COST.objective(wrt=["w", "b"], x=-2, y=2)
    again = pickle.loads(pickle.dumps(objective))
    value, gradient = again([2.0, 8.0])
    assert (value, gradient.tolist()) == (2.0, [-4.0, 2.0])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: COST.objective(wrt=["w", "b"], x=1), "no value for the input y"),
        (lambda: COST.objective(wrt=["q"]), "no input 'q'"),
        (lambda: COST.at(w=1, x=1, b=1, y=1).objective(), "no input is left to vary"),
        (lambda: COST.objective(wrt=["w", "b"], x=1, y=2)([1.0]), "has 1 numbers"),
        (lambda: COST.objective(wrt=["w", "b"], x=1, y=2)(3.0), "takes a vector of 2"),
        (lambda: COST.objective(wrt=["w", "b"], x=1, y=2).hessian([1.0]), "has 1 numbers"),
        (lambda: COST.objective(wrt=["w", "w"], x=1, y=2), "w is given twice"),
        (lambda: COST.objective(wrt=["w", "x"], x=[1, 2], b=1, y=2), "x is given twice"),
    ],
)
def test_a_mistake_in_an_objective_is_an_error_in_words(make: Any, words: str) -> None:
    with pytest.raises(ag.ProgramError) as caught:
        make()
    assert words in str(caught.value)


def test_an_objective_is_over_the_rows_of_columns() -> None:
    x = np.linspace(-1.0, 1.0, 50)
    y = 3.0 * x - 0.5
    loss = ag.compile("(w*x + b - y)^2")
    found = minimize(loss.objective(wrt=["w", "b"], x=x, y=y), [0.0, 0.0], jac=True)
    assert found.x == pytest.approx([3.0, -0.5], abs=1e-6)
    mean = loss.objective(wrt=["w", "b"], x=x, y=y, reduce="mean")
    total = loss.objective(wrt=["w", "b"], x=x[::-1], y=y[::-1])
    value, gradient = mean([1.0, 2.0])
    assert value == total([1.0, 2.0])[0] / 50
    assert gradient == pytest.approx(total([1.0, 2.0])[1] / 50)
    assert pickle.loads(pickle.dumps(mean))([1.0, 2.0])[0] == value


def test_logistic_regression_is_fitted_as_scikit_would() -> None:
    draw = np.random.default_rng(5)
    x = draw.normal(size=400)
    t = (draw.random(400) < 1 / (1 + np.exp(-(2 * x - 1)))).astype(float)
    loss = ag.compile("bce(sigmoid(w*x + b), t)").objective(wrt=["w", "b"], x=x, t=t)
    found = minimize(loss, [0.0, 0.0], jac=True)
    residual = 1 / (1 + np.exp(-(found.x[0] * x + found.x[1]))) - t
    assert [residual.sum(), (residual * x).sum()] == pytest.approx([0.0, 0.0], abs=1e-3)


# frames ------------------------------------------------------------------------------------------

ROWS = {"x": [1.0, 2.0, -1.0], "y": [1, 1, 0], "label": ["a", "b", "c"]}


def test_a_polars_frame_gets_the_value_and_the_slopes() -> None:
    frame = pl.DataFrame(ROWS)
    found = COST.at(w=2, b=8).by("w", "b").map(frame)
    assert found.columns == ["x", "y", "label", "value", "d_w", "d_b"]
    assert found["value"].to_list() == [40.5, 60.5, 18.0]
    assert found["d_w"].to_list() == [9.0, 22.0, -6.0]
    assert found.drop("value", "d_w", "d_b").equals(frame)


def test_a_pandas_frame_gets_the_value_and_the_slopes_and_keeps_its_index() -> None:
    frame = pd.DataFrame(ROWS, index=[10, 20, 30])
    found = COST.at(w=2, b=8).by("b").map(frame, value="J", slope="dJ_d{}")
    assert list(found.columns) == ["x", "y", "label", "J", "dJ_db"]
    assert found.loc[20, "J"] == 60.5
    assert found["dJ_db"].tolist() == [9.0, 11.0, 6.0]


def test_rows_with_something_missing_have_nothing() -> None:
    holes = {"w": [2, None, 2], "x": [1.0, 2.0, None]}
    polar = ag.compile("w*x").map(pl.DataFrame(holes))
    assert polar["value"].to_list() == [2.0, None, None]
    assert polar["d_w"].to_list() == [1.0, None, None]
    panda = ag.compile("w*x").map(pd.DataFrame(holes))
    assert panda["value"].isna().tolist() == [False, True, True]


def test_what_is_not_a_number_stays_one_that_is_none() -> None:
    found = ag.compile("log(x)").map(pl.DataFrame({"x": [1.0, -1.0]}))
    assert found["value"].is_nan().to_list() == [False, True]
    assert found["value"].is_null().sum() == 0


def test_what_was_given_a_value_and_constants_have_no_column() -> None:
    frame = pl.DataFrame({"g": [1000], "v": [7], "m": [1.0]})
    f = ag.compile("const g = 9.81; m*g*v").at(v=2)
    assert f.map(frame)["value"].to_list() == [19.62]


def test_an_input_that_does_not_matter_may_be_missing() -> None:
    found = ag.compile("a = y; x*2").map(pl.DataFrame({"x": [1, 2], "y": [None, 3]}))
    assert found["value"].to_list() == [2.0, 4.0]


@pytest.mark.parametrize("program", ["where(x > 1, 5, 7)", "x > 1", "min(x, 0)"])
def test_pandas_and_polars_have_nothing_in_the_same_rows(program: str) -> None:
    rows = {"x": [1.0, None, 3.0]}
    panda = ag.compile(program).map(pd.DataFrame(rows))
    whole = ag.compile(program).map(pd.DataFrame({"x": pd.array([1, None, 3], dtype="Int64")}))
    polar = ag.compile(program).map(pl.DataFrame(rows))
    for name in ("value", "d_x"):
        gone = polar[name].is_null().to_list()
        assert gone == panda[name].isna().tolist() == whole[name].isna().tolist()
        assert gone == [False, True, False]


def test_a_column_is_found_in_any_spelling_of_its_letter() -> None:
    assert ag.compile("µ*2").map(pl.DataFrame({"\u00b5": [1]}))["value"].to_list() == [2.0]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ([1, 2], "takes a DataFrame of pandas or polars, not list"),
        (pl.DataFrame(ROWS).lazy(), "f.map(frame.collect())"),
        (pl.DataFrame({"w": [1], "x": [1], "b": [1]}), "no value for the input y"),
        (pl.DataFrame({"q": [1]}), "no column is called like an input that has no value"),
        (pl.DataFrame({**ROWS, "w": ["a", "b", "c"], "b": 1}), "'w' holds no numbers"),
        (pd.DataFrame({**ROWS, "w": ["a", "b", "c"], "b": 1}), "'w' holds no numbers"),
        (pl.DataFrame({**ROWS, "w": 1, "b": 1, "d_x": 1}), "a column 'd_x' already"),
        (pl.DataFrame({**ROWS, "b": 1, "w": ["1", "2", "3"]}), "'w' holds no numbers"),
        (pd.DataFrame({**ROWS, "b": 1, "w": pd.to_datetime([None] * 3)}), "'w' holds no numbers"),
        (pd.DataFrame({**ROWS, "b": 1, "w": [1j] * 3}), "'w' holds no numbers"),
        (pl.DataFrame({**ROWS, "b": 1, "w": [{"a": 1}] * 3}), "'w' holds no numbers"),
        (pd.DataFrame([[1, 2, 3, 4, 5]], columns=[*"wxbyw"]), "several columns 'w'"),
    ],
)
def test_a_mistake_with_a_frame_is_an_error_in_words(frame: Any, words: str) -> None:
    with pytest.raises(ag.ProgramError) as caught:
        COST.map(frame)
    assert words in str(caught.value)


# JAX ---------------------------------------------------------------------------------------------


def test_jax_differentiates_by_our_passes() -> None:
    cost = COST.as_jax()
    slope = jax.grad(lambda w, x: cost(w=w, x=x, b=8.0, y=2.0).sum(), argnums=(0, 1))
    by_w, by_x = slope(2.0, jnp.array([-2.0, 1.0]))
    assert by_w == pytest.approx(4.0)
    assert by_x.tolist() == pytest.approx([4.0, 16.0])


def test_jax_jits_and_maps_the_function() -> None:
    cost = COST.as_jax()

    def at(w: Any) -> Any:
        return cost(w=w, x=-2.0, b=8.0, y=2.0)

    assert float(jax.jit(at)(2.0)) == 2.0
    assert float(jax.jit(jax.grad(at))(2.0)) == -4.0
    weights = jnp.arange(3.0)
    assert jax.vmap(at)(weights).tolist() == [18.0, 8.0, 2.0]
    assert jax.vmap(jax.grad(at))(weights).tolist() == [-12.0, -8.0, -4.0]
    assert jax.jit(jax.vmap(jax.value_and_grad(at)))(weights)[1].tolist() == [-12.0, -8.0, -4.0]


def test_jax_says_at_once_what_is_missing_and_that_there_is_no_second_derivative() -> None:
    with pytest.raises(ag.ProgramError, match="no value for the inputs x, b, y"):
        COST.as_jax()(w=1.0)
    with pytest.raises(ag.ProgramError, match="no input is given"):
        ag.compile("2").as_jax()()
    cube = ag.compile("w^3").as_jax()
    with pytest.raises(ValueError, match="JVP"):
        jax.grad(jax.grad(lambda w: cube(w=w)))(2.0)


def test_the_inputs_that_a_bridge_is_given_all_have_their_slopes() -> None:
    slope = jax.grad(lambda x, y: ag.compile("x*y").by("x").as_jax()({"x": x, "y": y}), (0, 1))
    assert [float(s) for s in slope(2.0, 3.0)] == [3.0, 2.0]


def test_jax_takes_it_as_a_part_of_something_larger() -> None:
    unit = ag.compile("silu(w*x + b)").as_jax()

    def network(w: Any) -> Any:
        return jnp.sum(jnp.sin(unit(w=w, x=jnp.array([0.5, -1.0]), b=0.1)) ** 2)

    def by_hand(w: Any) -> Any:
        return jnp.sum(jnp.sin(jax.nn.silu(w * jnp.array([0.5, -1.0]) + 0.1)) ** 2)

    assert float(jax.grad(network)(0.7)) == pytest.approx(float(jax.grad(by_hand)(0.7)), rel=1e-5)


# PyTorch: three gigabytes, so only where it is installed -----------------------------------------


def test_torch_differentiates_by_our_passes() -> None:
    torch = pytest.importorskip("torch")
    cost = COST.as_torch()
    w = torch.tensor(2.0, requires_grad=True)
    x = torch.tensor([-2.0, 1.0], requires_grad=True)
    loss = cost(w=w, x=x, b=8, y=2.0).sum()
    loss.backward()
    assert loss.item() == 34.0
    assert w.grad.item() == 4.0
    assert x.grad.tolist() == [4.0, 16.0]


def test_torch_finds_the_gradient_right_by_its_own_check() -> None:
    torch = pytest.importorskip("torch")
    unit = ag.compile("tanh(w*x)/(1 + exp(-b*x))").as_torch()
    draw = torch.Generator().manual_seed(1)
    given = [torch.randn(shape, generator=draw, dtype=torch.float64, requires_grad=True)
             for shape in ((), (3, 1), (4,))]  # fmt: skip
    assert torch.autograd.gradcheck(lambda w, x, b: unit(w=w, x=x, b=b), given)


def test_torch_is_told_that_second_derivatives_are_not_there() -> None:
    torch = pytest.importorskip("torch")
    cube = ag.compile("w^3").as_torch()
    w = torch.tensor(2.0, requires_grad=True)
    (slope,) = torch.autograd.grad(cube(w=w), w, create_graph=True)
    assert slope.item() == 12.0
    with pytest.raises(NotImplementedError, match=r'f\.diff\("x"\)\.as_torch\(\)'):
        (cube(w=w) + slope**2).backward()


def test_torch_trains_with_it() -> None:
    torch = pytest.importorskip("torch")
    loss = COST.as_torch()
    w, b = (torch.zeros((), requires_grad=True) for _ in range(2))
    x = torch.linspace(-1, 1, 20)
    descent = torch.optim.SGD([w, b], lr=0.5)
    for _ in range(200):
        descent.zero_grad()
        loss(w=w, b=b, x=x, y=3 * x - 1).mean().backward()
        descent.step()
    assert w.item() == pytest.approx(3.0, abs=1e-3)
    assert b.item() == pytest.approx(-1.0, abs=1e-3)
