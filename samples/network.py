"""Write a fully connected network as a program: ``python samples/network.py | autograd cost -``.

Each neuron is two nodes, ``tanh`` of ``dot(weights, outputs before it)``. With the 5,000 neurons
of 20 weights that it writes unless told otherwise, that is 10,000 nodes and 100,000 parameters.
The data are constants; the weights have values, so the program can also be evaluated.
"""

import sys


def network(neurons: int, width: int) -> str:
    """The program: layers of ``width`` neurons, the last neuron being the output."""
    lines = [f"const x{k} = {(k + 1) / width:.3g}" for k in range(width)]
    before = [f"x{k}" for k in range(width)]
    layer: list[str] = []
    for number in range(1, neurons + 1):
        weights = [f"w{number}_{k}" for k in range(1, width + 1)]
        signs = ((-1) ** (number * k) for k in range(1, width + 1))
        values = (f"{weight} = {sign * 0.2}" for weight, sign in zip(weights, signs, strict=True))
        if number == neurons:  # the last one reads what nobody has read yet
            before = (before + layer)[-width:]
        lines.append("; ".join(values))
        lines.append(f"h{number} = tanh(dot({', '.join(weights + before)}))")
        layer.append(f"h{number}")
        if len(layer) == width:
            before, layer = layer, []
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:3]]
    sys.stdout.write(network(*(sizes + [5000, 20][len(sizes) :])))
