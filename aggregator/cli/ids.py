"""Ids as arguments of commands."""

import click

from aggregator.numbers import LARGEST_ID

ID = click.IntRange(0, LARGEST_ID)
