"""Number systems: the kinds of number that the operator table's formulas are run on."""
