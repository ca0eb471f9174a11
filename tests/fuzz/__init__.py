"""Fuzzers: texts and command lines that nobody would write, and what must hold of them.

``python -m fuzz texts --minutes 60`` or ``python -m fuzz commands`` in ``tests/`` runs for as long
as it is told; the tests run a few thousand of each.
"""
