"""The line: words and options, the program and the values that they describe."""
