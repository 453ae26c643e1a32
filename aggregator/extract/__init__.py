"""Extraction: a page's bytes to body, metadata, outcome and language."""
