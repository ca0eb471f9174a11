"""Names in the target: legal there, meaning nothing else, and no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable
from itertools import count

_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)|GREEK (?:LUNATE )?(\w+) SYMBOL")


class Names:
    """Hands out names, each once.

    ``fold`` maps a name to what two names must differ in; ``suffix`` is put behind one that is
    taken until it is free.
    """

    def __init__(
        self, reserved: Container[str], fold: Callable[[str], str] = str, suffix: str = "_"
    ) -> None:
        self._reserved = reserved
        self._fold = fold
        self._suffix = suffix
        self._taken: set[str] = set()

    def free(self, name: str) -> bool:
        """Whether a name means nothing yet."""
        folded = self._fold(name)
        return folded not in self._taken and folded not in self._reserved

    def take(self, wanted: str) -> str:
        """``wanted``, or the nearest to it that is free."""
        name = wanted
        while not self.free(name):
            name += self._suffix
        self._taken.add(self._fold(name))
        return name

    def take_all(self, wanted: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Spellings for pairs of a name and the one wanted for it.

        Names that can stay as they are come first, so that nobody has to make way for one that
        was changed.
        """
        pairs = list(wanted)
        order = sorted(pairs, key=lambda pair: pair[0] != pair[1] or not self.free(pair[1]))
        taken = {name: self.take(spelling) for name, spelling in order}
        return {name: taken[name] for name, _ in pairs}

    def numbered(self, pattern: Callable[[int], str]) -> Callable[[], str]:
        """A source of names with running numbers."""
        numbers = count(1)

        def following() -> str:
            name = next(name for name in map(pattern, numbers) if self.free(name))
            return self.take(name)

        return following


def greek(letter: str) -> str:
    """The word for a Greek letter (``θ`` is theta, ``Θ`` Theta), or ""."""
    match = _GREEK.fullmatch(unicodedata.name(letter, ""))
    if match is None:
        return ""
    word = (match[2] or match[3]).lower().replace("lamda", "lambda")
    return word.capitalize() if match[1] == "CAPITAL" else word


_INDEXED = re.compile(r"(_*[^\W\d_]+)_?(\d+)|(_*[^\W_]+)_(\w*[^\W_])")


def base_and_index(name: str) -> tuple[str, str]:
    """What of a name is the letter and what stands below it: ``x`` and ``1`` of x1, x_1 and x₁."""
    plain = "".join(
        unicodedata.normalize("NFKC", c) if unicodedata.category(c) == "No" else c for c in name
    )
    match = _INDEXED.fullmatch(plain)
    return (plain, "") if match is None else (match[1] or match[3], match[2] or match[4])


def alike(names: Iterable[str]) -> frozenset[str]:
    """Those of several names that would be one symbol: x1 and x_1, theta and θ, ħ and ℏ."""
    groups: dict[tuple[str, ...], set[str]] = {}
    for name in names:
        base, index = base_and_index(name)
        words = (base, *index.split("_"))
        same = (word.replace("\N{PLANCK CONSTANT OVER TWO PI}", "ħ") for word in words)
        symbol = tuple((len(word) == 1 and greek(word)) or word for word in same)
        groups.setdefault(symbol, set()).add(name)
    return frozenset(name for group in groups.values() if len(group) > 1 for name in group)


def index_written(index: str, space: str) -> str:
    """What stands below a name: ``1_2`` is a list, ``1,2``; ``of_the_layer`` are words."""
    parts = index.split("_")
    words = any(sum(map(str.isalpha, part)) > 1 for part in parts)
    return (space if words else ",").join(parts)


def ascii_identifier(name: str) -> str:
    """A name in ASCII letters, digits and underscores."""
    letters: list[str] = []
    for letter in unicodedata.normalize("NFD", name):
        if greek(letter):
            letters.append(greek(letter))
            continue
        plain = unicodedata.normalize("NFKD", letter)
        if plain.isascii():
            letters.append(plain)
        elif not unicodedata.combining(letter):
            letters.append(f"u{ord(letter):04x}")
    return re.sub(r"\W", "_", "".join(letters), flags=re.ASCII) or "_"


def python_identifier(name: str) -> str:
    """A name as Python keeps it, or in ASCII where it would not be a name."""
    return unicodedata.normalize("NFKC", name) if name.isidentifier() else ascii_identifier(name)
