"""Views: the drawing of each report on a terminal."""
