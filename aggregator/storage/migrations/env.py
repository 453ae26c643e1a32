"""Run by Alembic: migrates over the connection that aggregator.storage.migrate hands in, inside its transaction."""

from alembic import context

from aggregator.storage.compare import is_ours
from aggregator.storage.readertables import whole

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=whole,
    render_as_batch=True,
    include_name=is_ours,
    compare_server_default=True,
)
context.run_migrations()
