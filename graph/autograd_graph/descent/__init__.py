"""Gradient descent: the objective, the methods, and a verdict on how the descent ended."""
