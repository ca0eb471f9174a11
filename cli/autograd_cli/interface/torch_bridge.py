"""A program as a PyTorch function: values and gradients by our passes, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograd_cli.interface.columns import evaluate_columns
from autograd_cli.interface.values import check_given, named
from autograd_cli.program import Program


class TorchFunction:
    """A function of tensors by name: ``function(x=tensor, w=tensor)``, or of a mapping.

    Tensors are broadcast; the result has their type and device. It is differentiable once: for
    second derivatives call ``f.diff("x").as_torch()``. Calling it raises :class:`ProgramError` for
    a name that is no input, and for inputs without a value.
    """

    def __init__(self, program: Program) -> None:
        self._program = program

    def __call__(self, point: Any = None, /, **values: Any) -> Any:
        """The program's value for each element of the tensors."""
        given = named(self._program, point, values)
        program = check_given(self._program, given)
        tensors = torch.broadcast_tensors(*map(torch.as_tensor, given.values()))
        kind = _common(tensors)
        return _Evaluated.apply(program, tuple(given), *(t.to(kind) for t in tensors))


class _Evaluated(torch.autograd.Function):
    """The program on tensors of one shape."""

    @staticmethod
    def forward(ctx: Any, program: Program, names: tuple[str, ...], *tensors: Any) -> Any:
        """The values; the derivatives are kept for the way back."""
        doubles = (tensor.detach().cpu().to(torch.float64).numpy() for tensor in tensors)
        found = evaluate_columns(program, dict(zip(names, doubles, strict=True)))
        first = tensors[0]
        none = np.zeros(found.value.shape)
        slopes = [first.new_tensor(found.grad.get(name, none)) for name in names]
        ctx.save_for_backward(*tensors, *slopes)
        return first.new_tensor(found.value)

    @staticmethod
    def backward(ctx: Any, adjoint: Any) -> Any:
        """The adjoint times each derivative."""
        count = len(ctx.saved_tensors) // 2
        tensors, slopes = ctx.saved_tensors[:count], ctx.saved_tensors[count:]
        return None, None, *_Once.apply(adjoint, slopes, *tensors)


class _Once(torch.autograd.Function):
    """Products that have no derivative themselves, and say so when they are asked for it."""

    @staticmethod
    def forward(ctx: Any, adjoint: Any, slopes: Any, *tensors: Any) -> Any:
        """The adjoint times each slope; ``tensors`` are what the slopes depend on."""
        return tuple(adjoint * slope for slope in slopes)

    @staticmethod
    def backward(ctx: Any, *adjoints: Any) -> Any:
        """Refuse."""
        raise NotImplementedError(
            "a program is differentiable once in PyTorch; for second derivatives differentiate "
            'f.diff("x").as_torch()'
        )


def _common(tensors: Any) -> Any:
    """The type of all of them together, of floating point."""
    kind = tensors[0].dtype
    for tensor in tensors[1:]:
        kind = torch.promote_types(kind, tensor.dtype)
    if kind.is_complex:
        raise TypeError("a program takes real numbers, not complex ones")
    return kind if kind.is_floating_point else torch.get_default_dtype()
