"""Reports: the result of each command as plain data."""
