"""The Python interface: a program as a function, and what commands and scripts ask of it."""
