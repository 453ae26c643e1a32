"""Whole numbers as people and programs write them: in addresses, parameters and commands."""

LARGEST_ID = 2**63 - 1  # what a database takes


def whole(text: str, most: int = LARGEST_ID) -> int | None:
    """The number from 0 to ``most`` that a text is in the digits 0 to 9; None for anything else, however long it is."""
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None
