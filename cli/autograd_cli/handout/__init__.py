"""A derivation on paper and on a page: as LaTeX, Markdown and HTML, with its results or without."""
