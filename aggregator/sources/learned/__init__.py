"""The optional learned tagger: it learns from labelled articles, and adds to what the rules find the attributions that they miss."""
