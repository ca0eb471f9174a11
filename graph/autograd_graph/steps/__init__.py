"""A program step by step: named parts, the chain rule between them, the flow through them."""
