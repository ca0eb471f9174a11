"""What the benchmarks evaluate: many small expressions, and one large network.

All of it is text in the language of autograd-cli; with ``**`` for ``^`` it is Python, so that
any library that overloads operators can build its own graph from the same characters.
"""

from __future__ import annotations

import random
from itertools import pairwise

POINT = {"x": 1.25, "y": 0.75, "z": 2.5}
FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt", "tanh")

SIZES = (17, 283, 333, 1)
"""Neurons in each layer of the network: 100,000 weights and biases in all."""


def small_expressions(count: int, seed: int = 1) -> list[str]:
    """Distinct expressions of the size people type: five to fifteen operators, all finite."""
    choice = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        made[" + ".join(_term(choice) for _ in range(choice.randint(2, 4)))] = None
    return list(made)


def _term(choice: random.Random) -> str:
    name, other = choice.sample(sorted(POINT), 2)
    a, b = round(choice.uniform(0.5, 3), 2), round(choice.uniform(0.5, 3), 2)
    return choice.choice(
        [
            f"{a}*{name}^{choice.randint(2, 4)}",
            f"sin({a}*{name} - {other})",
            f"{a}*exp(-{name}/{b})",
            f"log({name}^2 + {a})*{other}",
            f"tanh({name}*{other} - {a})/{b}",
            f"sqrt({name} + {a})*cos({other})",
            f"({name} - {a})*({other} + {b})",
        ]
    )


def parameters() -> dict[str, float]:
    """A value for every weight and bias of the network, in the order in which it uses them."""
    choice = random.Random(2)
    values: dict[str, float] = {}
    for layer, (before, here) in enumerate(pairwise(SIZES)):
        scale = (2 / before) ** 0.5
        for n in range(here):
            for m in range(before):
                values[f"w{layer}_{n}_{m}"] = choice.gauss(0, scale)
            values[f"b{layer}_{n}"] = choice.gauss(0, 0.1)
    return values


def features() -> list[float]:
    """What the network is shown."""
    choice = random.Random(3)
    return [choice.gauss(0, 1) for _ in range(SIZES[0])]


def network() -> str:
    """The network as a program: a statement for each neuron, ``relu`` between the layers."""
    lines = [f"const x{m} = {value!r}" for m, value in enumerate(features())]
    before = [f"x{m}" for m in range(SIZES[0])]
    for layer, here in enumerate(SIZES[1:]):
        after = [f"h{layer}_{n}" for n in range(here)]
        for n, name in enumerate(after):
            products = [f"w{layer}_{n}_{m}*{value}" for m, value in enumerate(before)]
            total = " + ".join([*products, f"b{layer}_{n}"])
            lines.append(f"{name} = relu({total})" if layer < len(SIZES) - 2 else f"J = {total}")
        before = after
    return "\n".join(lines)
