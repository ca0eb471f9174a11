"""JSON Schemas of the documents that commands write, for ``autograd schema`` and for readers."""
