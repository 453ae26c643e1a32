"""Sources: the registry of who is cited, outlets, wires and attributions."""
