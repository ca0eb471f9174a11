"""Tables in files and streams: read part by part, and written part by part."""
