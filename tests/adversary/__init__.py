"""An adversary: structured programs at hard points, every route to their derivatives, one truth."""
