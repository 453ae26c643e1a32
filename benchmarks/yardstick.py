"""tantivy over the same documents: what a search engine written for nothing else needs. A package of the benchmarks alone."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from aggregator.query import AllOf, Facet, IndexDocument, Node, Phrase, Plan, Word

try:
    import tantivy
except ImportError:  # it is a yardstick, not a part
    tantivy = None

TEXT = ("title", "body")


class Yardstick:
    """An index of whole words in title and body, filters as terms, and the position as a fast field to sort by."""

    def __init__(self, index: "tantivy.Index") -> None:
        index.reload()
        self.schema = index.schema
        self.searcher = index.searcher()

    def runner(self, row: str) -> Callable[[Plan], object] | None:
        """What answers the same question as a row of the table; None where it has no part in it."""
        if row.endswith("newest 50"):
            return lambda plan: self.searcher.search(self._query(plan.match), 50, count=False, order_by_field="position")
        if row.endswith("relevance 50"):
            return lambda plan: self.searcher.search(self._query(plan.match), 50, count=False)
        if row.startswith("count"):
            return lambda plan: self.searcher.search(self._query(plan.match), 1, count=True).count  # type: ignore[attr-defined]  # its stubs forget it
        if row.startswith("three facets"):
            wanted = {name: {"terms": {"field": name, "size": 20}} for name in ("place", "outlet", "source")}
            return lambda plan: self.searcher.aggregate(self._query(plan.match), wanted)
        return None

    def _query(self, node: Node) -> "tantivy.Query":
        make = tantivy.Query
        if isinstance(node, Word):
            if node.prefix:
                return self._either([make.regex_query(self.schema, field, f"{node.token}.*") for field in TEXT])
            return self._either([make.term_query(self.schema, field, node.token) for field in TEXT])
        if isinstance(node, Phrase):
            return self._either([make.phrase_query(self.schema, field, list(node.tokens)) for field in TEXT])
        if isinstance(node, Facet):
            return make.term_query(self.schema, node.name, node.value)
        if isinstance(node, AllOf):
            return make.boolean_query([(tantivy.Occur.Must, self._query(part)) for part in node.parts])
        return make.all_query()

    def _either(self, queries: list["tantivy.Query"]) -> "tantivy.Query":
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def make(folder: Path, documents: Iterable[IndexDocument]) -> Yardstick | None:
    """Index the documents in this folder, and say how fast; None, with a word, where the package is not installed."""
    if tantivy is None:
        print("tantivy is not installed: no yardstick")
        return None
    builder = tantivy.SchemaBuilder()
    for field in TEXT:
        builder.add_text_field(field, stored=False, tokenizer_name="default")
    for field in ("place", "outlet", "source"):
        builder.add_text_field(field, stored=False, tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_integer_field("position", stored=False, indexed=True, fast=True)
    path = folder / "tantivy"
    path.mkdir()
    index = tantivy.Index(builder.build(), path=str(path))
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    start, count = time.process_time(), 0
    for document in documents:
        facets = {name: list(document.facets[name]) for name in ("place", "outlet", "source")}
        writer.add_document(tantivy.Document(title=document.title, body=document.body, position=document.position, **facets))
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    print(
        f"tantivy: {count / (time.process_time() - start):.0f} documents a CPU second (their invention included, without stems)", flush=True
    )
    return Yardstick(index)
