"""Places: the gazetteer, recognition and resolution."""
