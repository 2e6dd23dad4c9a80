"""KPIs of reviews of contacts, as KPIS.md §3 says them."""

from slow import figures
from slow.figures import Numbers, Row
from slow.reading import Asked, Kpi
from slow.records import position
from slow.tickets import at, share


def reviews(asked: Asked) -> list[Row]:
    """Return one row for each review, with its criteria."""
    found: dict[tuple[str, str], Row] = {}
    for row in asked.world.criteria:
        key = (row["helpdesk"], row["external_id"])
        found.setdefault(key, row | {"criteria": []})["criteria"].append(row)
    return list(found.values())


def of_review(row: Row) -> float | None:
    """Return the mean of the criteria that applied by their weights, 0 to 100; 0 when a critical one failed."""
    applied = [c for c in row["criteria"] if c["score"] is not None and c["highest"] > c["lowest"]]
    if any(c["critical"] and c["score"] <= c["lowest"] for c in applied):
        return 0.0
    weight = sum(c["weight"] for c in applied)
    return 100 * sum(c["weight"] * position(c) for c in applied) / weight if weight else None


def quality(rows: list[Row], _asked: Asked) -> Numbers:
    return figures.score([(s, 0.0, 100.0) for s in map(of_review, rows) if s is not None])


def criterion(name: str) -> Kpi:
    def rows(asked: Asked) -> list[Row]:
        return [row for row in asked.world.criteria if row["criterion"] == name]

    def figure(found: list[Row], _asked: Asked) -> Numbers:
        applied = [row for row in found if row["score"] is not None and row["highest"] > row["lowest"]]
        return figures.score([(100 * position(row), 0.0, 100.0) for row in applied])

    return Kpi(rows=rows, inside=at("at"), figure=figure, needs=(f"{name}_reviews",))


def has_error(row: Row, _asked: Asked) -> bool:
    return any(c["error"] for c in row["criteria"])


QUALITY = {
    "error_rate": Kpi(rows=reviews, inside=at("at"), figure=share(has_error), needs=("reviews",)),
    "qa_score": Kpi(rows=reviews, inside=at("at"), figure=quality, needs=("reviews",)),
    **{name: criterion(name) for name in ("communication_quality", "information_accuracy", "flexibility")},
}
