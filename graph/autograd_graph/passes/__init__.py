"""The passes: values forward, adjoints back, tangents along, and what became of them."""
