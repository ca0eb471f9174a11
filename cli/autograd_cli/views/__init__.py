"""Views: how each report is drawn on a terminal."""
