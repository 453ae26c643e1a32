"""Identity: URLs, aliases, revisions and copies of a text."""
