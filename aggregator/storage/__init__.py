"""Storage: the Store and the SearchIndex on SQLite and PostgreSQL."""
