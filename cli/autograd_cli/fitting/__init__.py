"""Fitting: parameters of a program by the rows of a table, from sums over the rows alone."""
