"""Figures of stories as the index has them: counted from its own documents whenever one of a story comes, changes or goes.

They are reckoned as the store reckons them (storycounts): a text is a copy group or an article without one; the texts of one agency
are one origin, each other text is one of its own.
"""

from aggregator.query import StoryCount

# What is counted once however many matches it has: a number of it by position. ``{hits}``: position, story_id and copy_of of the matches.
NUMBERED = {
    "story": "SELECT position, story_id AS number FROM ({hits}) AS hits WHERE story_id IS NOT NULL",
    "origin": """
WITH hits AS MATERIALIZED ({hits}),
 texts AS (SELECT story_id, copy_of, max(wire) AS wire FROM search_documents
  WHERE wire IS NOT NULL AND story_id IN (SELECT story_id FROM hits) GROUP BY story_id, copy_of),
 agencies AS (SELECT story_id, copy_of, min(copy_of) OVER (PARTITION BY story_id, wire) AS origin FROM texts)
SELECT hits.position, coalesce(agencies.origin, hits.copy_of) AS number FROM hits
LEFT JOIN agencies ON agencies.story_id = hits.story_id AND agencies.copy_of = hits.copy_of
""",
}

RECOUNT = """
INSERT INTO search_stories (story_id, origins, outlets)
WITH members AS (SELECT story_id, copy_of, wire, outlet FROM search_documents WHERE story_id {these}),
 texts AS (SELECT story_id, copy_of, max(wire) AS wire FROM members GROUP BY story_id, copy_of),
 counted AS (SELECT story_id, count(DISTINCT outlet) AS outlets FROM members GROUP BY story_id)
SELECT t.story_id, count(DISTINCT coalesce('wire ' || t.wire, 'text ' || CAST(t.copy_of AS TEXT))), max(c.outlets)
FROM texts t JOIN counted c ON c.story_id = t.story_id GROUP BY t.story_id
"""
_COLUMNS = {"origins": "origins", "outlets": "outlets"}


def column_of(count: StoryCount) -> str:
    """The column of search_stories that holds the figure."""
    return _COLUMNS[count.name]
