"""Whatever is typed: a result or an error, never a traceback."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support_cli import SAMPLES, Run, autograd, plain

NAMES = st.sampled_from(["x", "y", "w", "e", "format", "of", "θ", "_", "µ", "é", "sin"])
OPTIONS = """--format --get --of --wrt --set --vars --file -f -h - -- --all --strict --precision
    --ascii --color --max-nodes --help --debugg --x --y= --=3 --3 ---x -x --- --format=json
    --format=table --get=grad.x --get=value --color=always --set=x=1 --precision=17 --wrt=x
    --of=y"""
# The only surrogates a command line can hold stand for bytes that are no UTF-8.
TEXT = st.text(
    st.one_of(
        st.sampled_from("xy0123456789.+-*/^()=;,#<> \n\t[]|!?%&'\"\\$"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"]),
    ),
    max_size=24,
)
PROGRAMS = st.sampled_from(
    [
        "x^2",
        "y = x*w; y + 1",
        "log(x)",
        "2x",
        "f(x) = x; f",
        "where(x > 0, x, -x)",
        "const k = 2; k*x",
    ]
)
NUMBERS = st.sampled_from(
    ["1", "-2", "0", "1e-3", "pi/4", "inf", "nan", "-1e400", "x", "", "[b]", "1,5"]
)
VALUES = st.builds("--{}={}".format, NAMES, NUMBERS)
WORDS = st.lists(
    st.one_of(st.sampled_from(OPTIONS.split()), VALUES, NAMES, NUMBERS, PROGRAMS, TEXT), max_size=7
)
COMMANDS = st.sampled_from([["eval"], ["eval"], ["eval"], ["functions"], []])


def check(run: Run, words: list[str]) -> None:
    assert run.status in (0, 1, 2, 3), words
    assert "Traceback" not in run.err
    assert "should not have happened" not in run.err, (words, run.err)
    if run.status in (2, 3):  # words like --vars --format name a file that is not there
        assert run.out == ""
        assert plain(run.err).startswith(("error: ", "note: "))
        assert "error: " in plain(run.err)
    else:
        assert run.out
    for stream in (run.out, run.err):
        assert not set(stream) & {"\0", "\x07", "\x08", "\u202e"}


@settings(max_examples=250)
@given(COMMANDS, WORDS, st.booleans())
def test_any_words_give_a_result_or_an_error(
    command: list[str], words: list[str], terminal: bool
) -> None:
    if "--debug" not in words:
        check(autograd(*command, *words, stdin=b"x + 1", terminal=terminal), words)


@settings(max_examples=150)
@given(st.binary(max_size=60))
def test_any_bytes_as_a_program_give_a_result_or_an_error(data: bytes) -> None:
    check(autograd("eval", "--set", "x=1", stdin=data), [repr(data)])


@settings(max_examples=150)
@given(st.data())
def test_a_sample_with_a_character_changed_gives_a_result_or_an_error(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(SAMPLES.glob("*.expr"))))
    text = path.read_text("utf-8")
    at = data.draw(st.integers(0, len(text) - 1))
    instead = data.draw(
        st.one_of(st.just(""), st.characters(codec="utf-8"), st.sampled_from("()=*^,;"))
    )
    changed = text[:at] + instead + text[at + 1 :]
    words = [
        "--set=x=1",
        "--set=y=2",
        "--set=w=3",
        "--set=target=1",
        "--set=v=0.5",
        "--format=table",
    ]
    check(autograd("eval", *words, stdin=changed), [changed])
