"""A program as a PyTorch function, evaluated by this project's passes in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograd_cli.interface.columns import evaluate_columns
from autograd_cli.interface.values import named
from autograd_cli.program import Program


class _Evaluated(torch.autograd.Function):
    """The program as an autograd function of tensors of one shape."""

    @staticmethod
    def forward(ctx: Any, program: Program, names: tuple[str, ...], *tensors: Any) -> Any:
        """The values; the derivatives are saved for the backward pass."""
        columns = {
            name: tensor.detach().cpu().numpy().astype(np.float64)
            for name, tensor in zip(names, tensors, strict=True)
        }
        found = evaluate_columns(program, columns)
        first = tensors[0]
        slopes = [found.grad.get(name, np.zeros(found.value.shape)) for name in names]
        ctx.save_for_backward(*(first.new_tensor(slope) for slope in slopes))
        return first.new_tensor(found.value)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, adjoint: Any) -> Any:
        """The adjoint times each derivative."""
        return None, None, *(adjoint * slope for slope in ctx.saved_tensors)


def bridge(program: Program) -> Callable[..., Any]:
    """``function(x=tensor, w=tensor)`` with an argument for each input that has no value.

    Tensors are broadcast; the result has their type and device. It is differentiable once: for
    second derivatives differentiate ``f.diff("x")``. Raises :class:`ProgramError` for a name that
    is no input, and for inputs without a value.
    """

    def function(**values: Any) -> Any:
        given = named(program.graph, None, values)
        tensors = torch.broadcast_tensors(*map(torch.as_tensor, given.values()))
        kind = _common(tensors)
        return _Evaluated.apply(program, tuple(given), *(t.to(kind) for t in tensors))

    return function


def _common(tensors: Any) -> Any:
    """The common floating-point type of tensors."""
    kind = tensors[0].dtype
    for tensor in tensors[1:]:
        kind = torch.promote_types(kind, tensor.dtype)
    return kind if kind.is_floating_point else torch.get_default_dtype()
