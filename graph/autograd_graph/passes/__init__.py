"""The passes: forward values, reverse adjoints, forward tangents, and the statuses of a run."""
