"""The command line: its words and options, and the program and values that they describe."""
