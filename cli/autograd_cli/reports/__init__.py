"""Reports: what each command has to tell, as plain data."""
