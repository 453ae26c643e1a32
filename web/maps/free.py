"""Room for words on a picture."""

CELL_PX = 4.0


class Free:
    """What of a picture is free yet, in cells."""

    def __init__(self, cell_px: float = CELL_PX) -> None:
        self._cell = cell_px
        self._taken: set[tuple[int, int]] = set()

    def take(self, x: float, y: float, width: float, height: float, *, force: bool = False) -> bool:
        """Take a rectangle by its middle, if all of it is free (or by ``force``)."""
        columns = range(int((x - width / 2) // self._cell), int((x + width / 2) // self._cell) + 1)
        rows = range(int((y - height / 2) // self._cell), int((y + height / 2) // self._cell) + 1)
        cells = {(column, row) for column in columns for row in rows}
        if not force and not cells.isdisjoint(self._taken):
            return False
        self._taken |= cells
        return True
