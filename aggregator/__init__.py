"""Frontwire: who claims what, about where, when, and who else says so independently."""

__version__ = "0.1.0"
