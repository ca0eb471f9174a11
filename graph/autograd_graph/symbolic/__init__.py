"""Derivatives as expressions: made by the chain rule, simplified, held to account, written."""
