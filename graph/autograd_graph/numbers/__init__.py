"""Number systems: the kinds of number on which the operator table's formulas are evaluated."""
