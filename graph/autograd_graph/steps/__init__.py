"""A program step by step: its steps, the chain rule between them, the gradient's flow."""
