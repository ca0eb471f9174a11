"""A program over the rows of a table, on NumPy arrays."""
