"""A program over the rows of a table: the only part of the package that imports NumPy."""
