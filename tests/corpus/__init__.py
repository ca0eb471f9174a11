"""A corpus of the project's own: structured programs with references in 50 digits and more."""
