"""`frontwire token`: what programs show to be known by."""

from collections.abc import Sequence

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator.access import SCOPES, Scope, digest, fever_digest, named, new_secret, scopes, told
from aggregator.app import build
from aggregator.cli.ids import ID
from aggregator.errors import NotFoundError
from aggregator.settings import load

TABLE = "\n".join(f"{scope:10} {meaning}" for scope, meaning in SCOPES.items())


@click.group()
def token() -> None:
    """Access tokens of users, by which programs are known."""


@token.command(help=f"Make a token for USER and print it, once: only a digest of it is kept.\n\nScopes:\n\n\b\n{TABLE}")
@click.argument("user")
@click.option("--name", required=True, help="Where it will be used: laptop, newsroom dashboard.")
@click.option("--scope", "words", multiple=True, type=click.Choice(told(list(Scope))), help="What it allows; may be given again.")
def add(user: str, name: str, words: Sequence[str]) -> None:
    """Make a token."""
    app = build(load())
    owner = app.store.users.by_name(user)
    if owner is None:
        raise NotFoundError("user", user)
    secret, held = new_secret(), scopes(words)
    made = app.store.tokens.add(owner.id, named(name), held, digest(secret), app.clock.now(), fever_digest(owner.name, secret, held))
    click.echo(f"token {made.id} of {owner.name}, {made.name}: {', '.join(told(made.scopes))}. It is shown this once:", err=True)
    click.echo(secret)


@token.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs: one token a line.")
def list_tokens(as_json: bool) -> None:
    """List the tokens, newest first, revoked ones too."""
    app = build(load())
    rows = []
    for known in app.store.tokens.all():
        owner = app.store.users.get(known.user_id)
        rows.append(
            {
                "id": known.id,
                "user": owner.name if owner else "",
                "name": known.name,
                "scopes": told(known.scopes),
                "created": known.created_at,
                "last_used": known.last_used_at,
                "revoked": known.revoked,
            }
        )
    if as_json:
        for row in rows:
            click.echo(orjson.dumps(row))
        return
    if not rows:
        click.echo("There is no token yet: `frontwire token add USER --name NAME` makes one.")
        return
    table = Table("id", "user", "name", "scopes", "made", "last used", "", box=None)
    for row, known in zip(rows, app.store.tokens.all(), strict=True):
        used = f"{known.last_used_at:%Y-%m-%d %H:%M}" if known.last_used_at else "never"
        state = "revoked" if known.revoked else ""
        made = f"{known.created_at:%Y-%m-%d %H:%M}"
        table.add_row(str(known.id), str(row["user"]), known.name, ", ".join(told(known.scopes)), made, used, state)
    Console().print(table)


@token.command()
@click.argument("token_id", type=ID, metavar="ID")
@click.option("--undo", is_flag=True, help="Take the revoking back.")
def revoke(token_id: int, undo: bool) -> None:
    """Let the token ID open nothing any more."""
    found = build(load()).store.tokens.revoke(token_id, not undo)
    click.echo(f"token {found.id}, {found.name}, {'holds again' if undo else 'is revoked'}")
