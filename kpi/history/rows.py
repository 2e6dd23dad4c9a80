Row = dict[str, str | int | float | None]
"""One row of a fact table."""
