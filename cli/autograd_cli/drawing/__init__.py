"""Drawing: what views draw with, and pictures for elsewhere."""
