"""Outputs: RSS, Atom, JSON Feed, GeoJSON, CSV and OPML."""
