"""A page for browsers: what it shows, its picture, its formulas, its script and style."""
