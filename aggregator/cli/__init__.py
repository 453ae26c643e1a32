"""Commands: `frontwire` is the entry point; one file a command group.

Exit status: 0 done; 1 it could not be done, the message says why; 2 wrong usage or input that is not of the right form;
3 the service, its broker or its database does not answer.
"""

import sys

import click

from aggregator.cli.lazy import LazyGroup
from aggregator.errors import BrokerError, FrontwireError, SettingsError, StorageError, UsageError

COMMANDS = {
    "up": ("aggregator.cli.service:up", "Start everything and supervise it"),
    "status": ("aggregator.cli.service:status", "Queues, workers, feeds due, entries by state"),
    "doctor": ("aggregator.cli.doctor:doctor", "Check the installation and say what to mend"),
    "sample-press": ("aggregator.cli.sample:sample_press", "Run, subscribe to or remove the invented sample press"),
    "feed": ("aggregator.cli.feeds:feed", "Add, list, show, test, pause, resume and remove feeds"),
    "opml": ("aggregator.cli.feeds:opml", "Import and export lists of feeds"),
    "poll": ("aggregator.cli.feeds:poll", "Make feeds due, or poll them here and now"),
    "ledger": ("aggregator.cli.ledger:ledger", "What came in, where it ended, and whether the sums agree"),
    "host": ("aggregator.cli.hosts:host", "What a host's pages answered, and its learnt lines"),
    "line": ("aggregator.cli.hosts:line", "Say what a line of a host is: text or furniture"),
    "search": ("aggregator.cli.searches:search", "Search the articles, and keep searches under a name"),
    "alert": ("aggregator.cli.alerts:alert", "Be told of what a saved search finds, by webhook, mail or ntfy"),
    "hub": ("aggregator.cli.hub:hub", "See who is subscribed to our own feeds"),
    "article": ("aggregator.cli.reading:article", "Show an article with its tags, revisions and ledger"),
    "explain": ("aggregator.cli.explain:explain", "Say why: places of an article, texts of a story, copies of a text"),
    "name": ("aggregator.cli.names:name", "Say what a name of a place means, or that it is no place"),
    "part": ("aggregator.cli.parts:part", "Say which part a name plays in an article, and where it happened"),
    "story": ("aggregator.cli.stories:story", "Merge, split, pin and name stories"),
    "copy": ("aggregator.cli.stories:copy", "Say which articles carry the same text, and which do not"),
    "gazetteer": ("aggregator.cli.gazetteer:gazetteer", "Build the gazetteer or say what is in it"),
    "source": ("aggregator.cli.sources:source", "List, add, change and merge the sources that are cited"),
    "user": ("aggregator.cli.users:user", "Add operators"),
    "token": ("aggregator.cli.tokens:token", "Make, list and revoke access tokens for programs"),
    "rebuild": ("aggregator.cli.rebuild:rebuild", "Rebuild derived data: index, copies, stories, tags or all"),
    "config": ("aggregator.cli.config:config", "Show the settings in force"),
    "try": ("aggregator.cli.try_stage:try_stage", "Run one stage of the pipeline alone, JSON Lines in and out"),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="frontwire")
def frontwire() -> None:
    """Frontwire reads the world's war coverage: who claims what, about where, when, and who else says so independently."""


def main() -> None:
    """Run the command line; errors of the tree become a sentence and an exit status."""
    try:
        frontwire(prog_name="frontwire")
    except (StorageError, BrokerError) as error:
        click.echo(f"frontwire: {error}", err=True)
        sys.exit(3)
    except (UsageError, SettingsError) as error:
        click.echo(f"frontwire: {error}", err=True)
        sys.exit(2)
    except FrontwireError as error:
        click.echo(f"frontwire: {error}", err=True)
        sys.exit(1)
