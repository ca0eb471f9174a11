"""`autograd schema`: every JSON document of every command is what its schema says, and no more."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from corpus.test_corpus import CASES
from jsonschema import Draft202012Validator
from support_cli import SAMPLES, autograd

import autograd_cli as ag
from autograd_cli.documents import IDENTIFIERS

LISTED = [line.split("\t") for line in autograd("schema").lines]
SCHEMAS = {name: json.loads(autograd("schema", name).out) for name, _, _ in LISTED}
VALIDATORS = {name: Draft202012Validator(schema) for name, schema in SCHEMAS.items()}
NAMES = {title: name for name, title, _ in LISTED}


def documents(*words: str, stdin: str = "") -> list[dict[str, Any]]:
    """The documents that a run writes, as JSON and as JSON lines."""
    whole = json.loads(autograd(*words, "--format", "json", stdin=stdin).out)
    lines = [json.loads(line) for line in autograd(*words, "--format", "jsonl", stdin=stdin).lines]
    return [*(whole if isinstance(whole, list) else [whole]), *lines]


def complaints(document: dict[str, Any]) -> list[str]:
    """What there is to say against a document by the schema that it names itself."""
    return [error.message for error in VALIDATORS[NAMES[document["schema"]]].iter_errors(document)]


def held(*words: str, stdin: str = "") -> list[dict[str, Any]]:
    """A run's documents, all of them as their schemas have them."""
    found = documents(*words, stdin=stdin)
    assert found
    for document in found:
        assert complaints(document) == [], (words, document)
    return found


POINTS = {
    "good": ["c = w*x; J = 1/2*(c + b - y)^2", "--x=-2", "--w=2", "--b=8", "--y=2"],
    "no inputs": ["1 + 2"],
    "a lone input": ["x", "--x=1"],
    "unnamed": ["sin(x)*x", "--x=0.5"],
    "constants": ["const k = 3; k*x", "--x=2"],
    "singular": ["sqrt(x)", "--x=0"],
    "pole": ["1/x + y", "--x=0", "--y=1"],
    "minus infinity": ["log(x)", "--x=0"],
    "nan": ["log(x) + y", "--x=-1", "--y=1"],
    "nan from outside": ["x*y", "--x=nan", "--y=inf"],
    "gradient nan": ["sqrt(x)^2", "--x=0"],
    "kink": ["abs(x) + relu(y)", "--x=0", "--y=0"],
    "jump": ["floor(x)*x", "--x=2"],
    "overflow": ["exp(x)", "--x=1000"],
    "underflow": ["1/exp(x)", "--x=400"],
    "unused": ["log(y); where(x > 0, x, y)", "--x=1", "--y=1"],
    "steps used twice": ["a = x*y; b = a*a; b + a", "--x=2", "--y=3"],
    "deep": ["a = tanh(3*x); b = tanh(3*a); c = tanh(3*b); c^2", "--x=2"],
    "dead": ["a = relu(x); b = a*3; b^2", "--x=-1"],
    "unicode": ["θ² + 𝛼", "--θ=2", "--𝛼=1"],
}
AT_A_POINT = {
    "eval": [[], ["--hessian"], ["--of=x"], ["--hessian", "--along=x=1"], ["--wrt=x"]],
    "explain": [[], ["--rules"], ["--by=operation"], ["--nudge=x=0.1"], ["--along=x=1"]],
    "diff": [[], ["--order=2"], ["--hessian", "--cse"]],
    "graph": [[], ["--grad"], ["--by=operation", "--grad"]],
    "flow": [[], ["--clip=0.01"], ["--by=depth"], ["--by=operation", "--threshold=0.5"]],
    "cost": [[], ["--measure"]],
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize(
    ("name", "options"),
    [pytest.param(n, o, id=" ".join([n, *o])) for n, each in AT_A_POINT.items() for o in each],
)
def test_document_about_a_program_is_as_its_schema_says(
    name: str, options: list[str], point: str
) -> None:
    words = POINTS[point]
    if any("x" in option.split("=")[1:] for option in options) and "--x" not in str(words):
        words = POINTS["good"]
    assert {d["schema"] for d in held(name, *words, *options)} == {IDENTIFIERS[name]}


DESCENTS = {
    "arrives": ["w = 3; (w - 1)^2"],
    "diverges": ["w = 3; w^2", "--lr=3", "--steps=2000"],
    "is not finite": ["w = -1; log(w)"],
    "falls without bound": ["w = 1; -w"],
    "has data": ["w = 3; y = x*w; (y - 2)^2", "--x=2", "--lr=0.1", "--steps=3"],
    "ends at a kink": ["w = 1; abs(w)", "--lr=0.3", "--steps=40"],
    "is clipped": ["w = 3; b = 2; (w - b)^4", "--clip=0.1", "--steps=5", "--lr=0.1"],
    "has momentum": ["w = 3; w^2", "--method=momentum", "--steps=5", "--lr=0.1"],
    "is Newton's": ["w = 3; cosh(w)", "--method=newton"],
    "goes up": ["w = 1; sin(w)", "--maximize"],
    "stays": ["w = 1; w^2", "--steps=0"],
}


@pytest.mark.parametrize("descent", DESCENTS)
def test_document_of_a_descent_is_as_its_schema_says(descent: str) -> None:
    first, *states = held("descend", *DESCENTS[descent])
    assert first["schema"] == "autograd.descend/1"
    assert {state["schema"] for state in states} == {"autograd.descend-step/1"}


def test_states_with_the_flow_of_their_gradient_are_as_their_schema_says() -> None:
    lines = autograd("descend", "w = 3; a = tanh(w); a^2", "--flow", "--format=jsonl").lines
    states = [json.loads(line) for line in lines]
    assert all("flow" in state and complaints(state) == [] for state in states)


STREAM = """x^2
x +
log(-x)
sni(x)
1/(x - 2)
f(x) = f(x); f(1)
{"program": "w*x", "at": {"w": 5}, "id": 7, "tags": ["a", {"b": null}]}
{"program": "w*x", "at": {"w": [1]}, "note": "é"}
{"program": "x", "line": 3}
{"program"
x + x + x + x + x + x + x + x + x
"""


@pytest.mark.parametrize("words", [[], ["--nodes"], ["--wrt=x"], ["--of=x"], ["--max-nodes=5"]])
def test_records_of_a_batch_are_as_their_schema_says(words: list[str]) -> None:
    records = held("batch", "--x=2", *words, stdin=STREAM)
    errors = [record["error"] for record in records if "error" in record]
    assert errors
    assert all(VALIDATORS["error"].is_valid(error) for error in errors)


def test_records_of_the_corpus_are_as_their_schema_says() -> None:
    keys = {"program": "program", "at": "point", "id": "id"}
    lines = [json.dumps({key: case[field] for key, field in keys.items()}) for case in CASES]
    assert len(held("batch", "--nodes", stdin="\n".join(lines))) == 2 * len(CASES)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.expr")), ids=lambda path: path.stem)
def test_documents_of_the_samples_are_as_their_schemas_say(path: str) -> None:
    for name in ("eval", "explain", "graph", "diff", "flow", "cost"):
        if autograd(name, "-f", str(path)).status != 2:
            held(name, "-f", str(path))


@pytest.mark.parametrize("words", [["functions"], ["functions", "tanh"], ["functions", "silu"]])
def test_functions_are_as_their_schema_says(words: list[str]) -> None:
    assert {document["schema"] for document in held(*words)} == {"autograd.functions/1"}


@pytest.mark.parametrize("words", [["samples"], ["samples", "cost_function"]])
def test_samples_are_as_their_schema_says(words: list[str]) -> None:
    assert {document["schema"] for document in held(*words)} == {"autograd.samples/1"}


# the schemas themselves --------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_one_itself(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMAS[name]["description"].endswith(".")


def test_every_document_is_listed_under_the_name_it_gives_itself() -> None:
    assert {name: title for name, title, _ in LISTED if name != "error"} == IDENTIFIERS
    for name, title in IDENTIFIERS.items():
        assert SCHEMAS[name]["properties"]["schema"] == {"const": title}
        assert SCHEMAS[name]["required"][0] == "schema"


def test_document_that_there_is_not_is_an_error_with_a_suggestion() -> None:
    run = autograd("schema", "evla")
    assert (run.status, run.out) == (2, "")
    assert run.err == "error: there is no document 'evla'\nhint: did you mean eval?\n"


LINE = SAMPLES / "tables" / "line.csv"
EXAMPLES = {
    name: held(*words, stdin=stdin)[-1]
    for name, (words, stdin) in {
        "eval": (["eval", "abs(x)*y", "--x=0", "--y=inf", "--hessian", "--along=x=1"], ""),
        "explain": (["explain", *POINTS["kink"], "--rules", "--nudge=x=1"], ""),
        "diff": (["diff", "sin(x*y)*cos(x*y)", "--order=2", "--cse"], ""),
        "graph": (["graph", *POINTS["good"], "--grad"], ""),
        "flow": (["flow", *POINTS["deep"], "--clip=1"], ""),
        "cost": (["cost", *POINTS["good"], "--measure"], ""),
        "fit": (["fit", "a*x + b", "--target=y", "--bounds=a=0:"], "x,y\n1,2\n2,3\n3,5\n"),
        "descend-step": (["descend", "w = 3; w^2", "--lr=0.1", "--steps=1"], ""),
        "batch": (["batch", "--x=0", "--nodes"], '{"program": "sqrt(x)", "id": 1}'),
        "total": (["eval", "w*sqrt(x)", "--w=2", f"--data={LINE}", "--reduce=mean"], ""),
        "plot": (["plot", "sqrt(x)", "--from=x=1", "--lr=0.1", "--steps=1"], ""),
        "functions": (["functions", "abs"], ""),
        "samples": (["samples", "kink"], ""),
    }.items()
} | {
    "descend": held("descend", "w = 3; w^2", "--lr=0.1", "--steps=1")[0],
    "partial": json.loads(ag.compile("w*sqrt(x)").at(w=2).total(str(LINE)).total.text()),
}
del EXAMPLES["plot"]["points"][2:]  # the others are like them


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value within a document, and to the document."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def changed(document: Any, path: tuple[Any, ...], change: Any) -> Any:
    """A copy of a document with ``change`` called on what holds the last part of ``path``."""
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return copied


def is_record(path: tuple[Any, ...]) -> bool:
    """Whether a value at a path has the fields of its schema, and none named by the program."""
    named = ("gradients", "gradient_status", "derivatives", "second", "steps", "parameters",
             "held", "direction", "flow", "ranges", "at", "awkward", "statuses")  # fmt: skip
    return not (set(path[:-1]) & {*named})


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_document_with_anything_else_in_it_does_not_pass(name: str) -> None:
    document = EXAMPLES[name]
    optional = {"hessian", "along", "nudges", "notes", "second", "steps", "rules", "nodes", "flow",
                "path", "wires", "awkward", "no_finite_value"}  # fmt: skip
    for path in places(document):
        if not path:
            continue

        def misspelt(holder: Any, key: Any) -> None:
            holder[f"{key}_"] = holder.pop(key)

        def dropped(holder: Any, key: Any) -> None:
            del holder[key]

        def other(holder: Any, key: Any) -> None:
            holder[key] = {"no": ["such", "thing"]}

        assert complaints(document) == []
        if path != ("id",):
            assert broken(name, changed(document, path, other)), path
        if isinstance(path[-1], str) and is_record(path):
            if path[-1] not in optional and path != ("id",):
                assert broken(name, changed(document, path, dropped)), path
            if name != "batch" or len(path) > 1:
                assert broken(name, changed(document, path, misspelt)), path


def broken(name: str, document: dict[str, Any]) -> bool:
    return not VALIDATORS[name].is_valid(document)


@pytest.mark.parametrize("value", ["Infinity", "NaN", "1.0", "", True, None, [1], "ok"])
def test_number_is_a_number_or_one_of_three_words(value: Any) -> None:
    document = EXAMPLES["eval"]

    def put(holder: Any, key: Any) -> None:
        holder[key] = value

    assert broken("eval", changed(document, ("output", "value"), put))
    assert broken("eval", changed(document, ("gradients", "x"), put))


def test_reply_has_a_result_or_an_error_and_not_both() -> None:
    result, error = (json.loads(line) for line in autograd("batch", stdin="1\n1 +\n").lines)
    assert not broken("batch", result | {"mine": 1})
    assert broken("batch", result | error)
    assert broken("batch", {key: error[key] for key in ("schema", "source", "line")})


def test_evaluation_does_not_import_the_schemas() -> None:
    script = (
        "import sys; from autograd_cli.clicked import cli;"
        "cli.main(['eval', 'x', '--x=1', '--format', 'json'], standalone_mode=False);"
        "assert not [name for name in sys.modules if 'autograd_cli.schemas' in name]"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
