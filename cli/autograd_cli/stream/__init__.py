"""The stream: many programs, read in chunks, worked out by processes, answered in order."""
