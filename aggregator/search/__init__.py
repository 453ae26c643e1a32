"""Search: the analyser, the query language, its plan and facets."""
