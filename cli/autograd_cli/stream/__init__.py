"""Streams of programs: read in chunks, evaluated by processes, answered in order."""
