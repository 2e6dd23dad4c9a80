"""Print every figure that the README quotes: `just bench`, or some of it: `just bench --only bi`.

Each figure is a ratio against a baseline that runs beside it and must give the same numbers.
"""

import argparse
import logging
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import answers
import backfill
import history
import imports
import over_http
import telling
from generate import files
from measure import machine

from bot.logs import configure

DIRECTORY = Path(tempfile.gettempdir()) / "kpi-bot-benchmarks"
MILLION = 1_000_000
HISTORY_TICKETS = 20_000


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tickets", nargs="?", type=int, default=1, help="how many million (default: %(default)s)")
    parser.add_argument("--only", action="append", choices=PARTS, help="can be repeated; default: all but `growth`")
    parser.add_argument("--thousand", action="store_true", help="count in thousands instead, to try it out")
    parser.add_argument("--directory", type=Path, default=DIRECTORY, help="where generated files are kept")
    given = parser.parse_args()
    configure(as_json=True, level=logging.ERROR)  # thousands of lines would stand between the figures
    count = given.tickets * (1000 if given.thousand else MILLION)
    print(f"{machine()}; {count:,} tickets of three years")
    for name in given.only or [name for name in PARTS if name != "growth"]:
        PARTS[name](given.directory, count)


PARTS: Mapping[str, Callable[[Path, int], None]] = {
    "check": lambda directory, count: answers.checked(files(count, directory)),
    "answers": lambda directory, count: answers.against_hand(files(count, directory)),
    "bi": lambda directory, count: answers.against_bi(files(count, directory)),
    "growth": lambda directory, count: answers.as_it_grows(
        files(count, directory), files(10 * count, directory, with_events=False)
    ),
    "history": lambda directory, count: history.measure_history(files(min(count, HISTORY_TICKETS), directory)),
    "backfill": lambda _directory, count: backfill.measure_backfill(min(count, backfill.TICKETS)),
    "import": lambda directory, _count: imports.measure_imports(directory),
    "http": lambda directory, count: over_http.measure_http(files(count, directory)),
    "ticks": lambda _directory, _count: telling.measure_ticks(),
    "delays": lambda _directory, _count: telling.measure_delays(),
    "digests": lambda directory, count: telling.measure_digests(files(count, directory, with_events=False)),
    "hours": lambda _directory, _count: history.measure_hours(),
}

if __name__ == "__main__":
    main()
