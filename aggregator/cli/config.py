"""`frontwire config show`."""

import click
import orjson
from rich.console import Console
from rich.table import Table

from aggregator.settings import DOCS, PREFIX, Settings, load, shown


@click.group()
def config() -> None:
    """The settings in force."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(as_json: bool) -> None:
    """Show each setting, its value (secrets masked) and what it is for."""
    values = shown(load())
    if as_json:
        click.echo(orjson.dumps(values, option=orjson.OPT_INDENT_2))
        return
    defaults = shown(Settings())
    table = Table("setting", "value", "what it is", box=None, pad_edge=False)
    for name, value in values.items():
        mark = "" if value == defaults[name] else " *"
        table.add_row(name, value + mark, DOCS[name.removeprefix(PREFIX).lower()])
    Console().print(table)
    click.echo("* set by the environment")
