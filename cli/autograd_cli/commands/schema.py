"""``autograd schema``: what the JSON of each command holds, as JSON Schema."""

from __future__ import annotations

import json

from autograd_cli.line.command import Command, declared
from autograd_cli.line.context import Context
from autograd_cli.line.parameters import Argument
from autograd_cli.output import Output
from autograd_cli.schemas.catalogue import SCHEMAS
from autograd_grammar.suggestions import did_you_mean
from autograd_graph import ProgramError


@declared(
    Command,
    "schema",
    "What the JSON of each command holds.",
    Argument("name"),
)
def command(ctx: Context, name: str | None) -> None:
    r"""List the JSON documents that commands write, or print the JSON Schema of NAME.

    \b
    Examples:
      autograd schema
      autograd schema eval
      autograd schema batch > batch.schema.json

    A document says in its field schema which one it is, like autograd.eval/1, and holds no fields
    but those of its JSON Schema (draft 2020-12); each line of jsonl is a document. A number that
    is not finite is the text "inf", "-inf" or "nan".
    """
    output = Output()
    if name is None:
        for known, schema in SCHEMAS.items():
            output.write(f"{known}\t{schema['title']}\t{schema['description']}\n")
        return
    if name not in SCHEMAS:
        near = did_you_mean(name, SCHEMAS)
        hint = f"did you mean {near}?" if near else "autograd schema lists them"
        raise ProgramError(f"there is no document {name!r}", code="unknown-name", hint=hint)
    output.write(json.dumps(SCHEMAS[name], indent=2) + "\n")
