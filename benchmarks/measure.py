"""Times of two sides measured side by side, so that a busy machine slows both, and the tables that tell them."""

import gc
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from time import perf_counter

Side = Callable[[], object]

ROUNDS = 7
LONGEST_S = 3
"""A side that is slower than this in its warm-up is run three times, not more."""
AT_ONCE_S = 0.5
"""A fast side runs this long in each round, at most so many times."""
AT_ONCE = 20


@dataclass(frozen=True)
class Measured:
    """The median seconds of two sides that gave the same answer."""

    baseline: float
    ours: float

    @property
    def ratio(self) -> float:
        """How many times longer ours takes."""
        return self.ours / self.baseline


def interleaved(sides: Mapping[str, Side], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median seconds of each side: after a warm-up the sides take turns, each round the other way round."""
    warm = {name: _timed(side) for name, side in sides.items()}
    rounds = min(rounds, 3) if max(warm.values()) > LONGEST_S else rounds
    times: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for _ in range(rounds):
        names.reverse()
        for name in names:
            gc.collect()
            for _ in range(max(1, min(AT_ONCE, int(AT_ONCE_S / max(warm[name], 1e-9))))):
                times[name].append(_timed(sides[name]))
    return {name: median(found) for name, found in times.items()}


def _timed(side: Side) -> float:
    started = perf_counter()
    side()
    return perf_counter() - started


def shown(seconds: float) -> str:
    """Return a time with three digits and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds / size:,.0f} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown; all columns but the first are numbers."""
    widths = [max(len(line[place]) for line in (head, *rows)) for place in range(len(head))]
    print(f"\n### {title}\n")
    print("| " + " | ".join(cell.ljust(width) for cell, width in zip(head, widths, strict=True)) + " |")
    print("|" + "|".join("-" * (width + 1) + (":" if place else "-") for place, width in enumerate(widths)) + "|")
    for row in rows:
        cells = [
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("| " + " | ".join(cells) + " |")


def machine() -> str:
    """Return what ran: processor, cores, versions."""
    packages = ("duckdb", "pandas", "narwhals", "sqlalchemy")
    names = [f"{name} {version(name)}" for name in packages]
    return f"{_processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, {', '.join(names)}"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
