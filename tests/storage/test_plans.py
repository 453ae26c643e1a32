"""What is asked for each article is looked up by an index: SQLite says of every statement which tables it reads as a whole."""

from typing import Any

from sqlalchemy import event

from aggregator.identity.copies import fingerprint, join
from aggregator.model import Alias, Tags
from aggregator.storage.engine import open_store
from aggregator.storage.store import SqlStore
from tests.contract.builders import NOON, article, later, stored
from tests.identity.test_copies import story

READ = ("SCAN anon", "VIRTUAL TABLE", "CONSTANT ROW", "sqlite_sequence")  # lists that were given, and a table of a row for each other table


def test_no_table_is_read_as_a_whole() -> None:
    store = open_store("sqlite://")
    assert isinstance(store, SqlStore)
    asked: dict[str, list[str]] = {}

    def explain(_connection: object, cursor: Any, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            asked[statement] = [step[3] for step in steps if step[3].startswith("SCAN") and not any(word in step[3] for word in READ)]

    names = [Alias("link", "press.example/news/1"), Alias("guid", "g1", 1), Alias("guid", "g2", 1)]
    event.listen(store.database.engine, "after_cursor_execute", explain)
    first, second = stored(store, 1), stored(store, 2)
    assert store.articles.find([Alias("link", store.articles.get(first).url_key), *names])
    store.tombstones.find(names)
    store.articles.again(first, names, NOON)
    store.articles.revise(second, article(2, body="Another text."), names, Tags(), later(minutes=5))
    store.articles.retag(second, Tags(language="en"), later(minutes=6))
    for ident in (first, second, second):
        join(fingerprint(ident, story(1), NOON), store.copies)
    assert store.copies.groups([first, second]) == {first: first, second: first}
    assert len(asked) > 20
    assert {statement: steps for statement, steps in asked.items() if steps} == {}
