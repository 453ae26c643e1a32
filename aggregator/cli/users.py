"""`frontwire user`."""

import sys

import click
from argon2 import PasswordHasher

from aggregator.app import build
from aggregator.errors import UsageError
from aggregator.settings import load

SHORTEST = 10


@click.group()
def user() -> None:
    """Those who may log in to the operator's desk."""


@user.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
def add(name: str, password_stdin: bool) -> None:
    """Add the operator NAME; asks for a password of at least 10 characters."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < SHORTEST:
        raise UsageError(f"The password has {len(password)} characters; it needs at least {SHORTEST}.")
    app = build(load())
    made = app.store.users.add(name, PasswordHasher().hash(password), "operator", app.clock.now())
    click.echo(f"{made.name} may now log in at {app.settings.base}/operate")
