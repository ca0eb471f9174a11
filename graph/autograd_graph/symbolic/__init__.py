"""Derivatives as expressions: differentiated by the chain rule, simplified, verified, written."""
