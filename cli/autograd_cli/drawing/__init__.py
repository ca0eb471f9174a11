"""Drawing elements that views share, and pictures in other formats."""
