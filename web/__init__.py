"""Web: the Flask side of Frontwire; the only importer of Flask."""
