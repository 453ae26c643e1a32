"""Feeds: bytes to entries, dates, discovery, OPML, the polling policy, the starter catalogue."""
