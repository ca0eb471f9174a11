"""Gradient descent: an objective, the ways to step, and a verdict on where it led."""
