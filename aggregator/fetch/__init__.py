"""Fetching: the only network client, with its address guard, robots.txt and politeness."""
