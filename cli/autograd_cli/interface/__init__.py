"""The Python interface: programs as functions, which the commands and scripts use."""
