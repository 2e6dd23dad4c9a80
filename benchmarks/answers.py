"""Complete answers of the product against the baselines, which must tell the same numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from time import perf_counter

import bi
import check
import databases
import desk
import hand
import script
from measure import interleaved, shown, table
from product import engine
from questions import ASKED, Told, differences, told

from kpi.answer import answer
from kpi.frames import Frames
from kpi.question import Question

AGAINST_BI = ("fcr-month", "fcr-year", "frt-by-team", "backlog-year")
WEEK = "fcr-week"
CHECKED_EVERY = 997


def ours(frames: Frames, question: Question) -> Told:
    """Return every number of the product's answer."""
    return told(answer(question, frames, desk.END))


def same(name: str, **sides: Told) -> None:
    """Stop when two sides tell different numbers: their times would compare nothing."""
    (first, reference), *others = sides.items()
    for other, found in others:
        wrong = differences(reference, found)
        if wrong:
            raise SystemExit(f"{name}: {first} and {other} differ: {'; '.join(wrong[:5])}")


def checked(place: Path) -> None:
    """Stop when the generated facts are not those that the product makes of the generated events."""
    wrong = list(islice(check.differences(place, CHECKED_EVERY), 5))
    if wrong:
        raise SystemExit(f"generated facts differ from the fold: {'; '.join(wrong)}")


def against_hand(place: Path) -> None:
    """Print complete answers against SQL written by hand over the same tables in the same process."""
    rows = []
    with engine(place) as (frames, connection):
        for name, question in ASKED.items():
            same(name, ours=ours(frames, question), hand=hand.answer(connection, question, desk.END))
            times = interleaved(
                {
                    "hand": lambda asked=question: hand.answer(connection, asked, desk.END),
                    "ours": lambda asked=question: ours(frames, asked),
                }
            )
            rows.append([name, shown(times["hand"]), shown(times["ours"]), f"{times['ours'] / times['hand']:.2f}"])
    table("Against DuckDB SQL written by hand", ("Answer", "by hand", "`answer()`", "times as long"), rows)


def against_bi(place: Path) -> None:
    """Print complete answers against a BI tool's SQL and a pandas script over normalised tables in PostgreSQL."""
    rows = []
    with engine(place) as (frames, _), databases.postgresql() as normalised:
        databases.name_people(normalised)
        databases.fill(normalised, place, databases.EVENTS)
        databases.tune(normalised)
        started = perf_counter()
        tables = script.read(normalised)
        reading = perf_counter() - started
        for name in AGAINST_BI:
            rows += _against_bi(name, frames, normalised, tables, reading)
    head = ("Answer", "baseline", "its time", "`answer()`", "times faster")
    table(f"Against normalised tables in PostgreSQL (reading them into pandas: {shown(reading)})", head, rows)


def _against_bi(
    name: str, frames: Frames, normalised: databases.Engine, tables: script.Tables, reading: float
) -> Iterator[list[str]]:
    # Neither baseline knows opening hours, which would only make them slower: all sides tell calendar time.
    question = replace(ASKED[name], calendar=True)
    with _connected(normalised) as connection:
        sides = {
            "BI SQL": lambda: bi.answer(connection, question, desk.END),
            "pandas": lambda: script.answer(tables, question, desk.END),
            "ours": lambda: ours(frames, question),
        }
        same(name, **{side: run() for side, run in sides.items()})
        times = interleaved(sides)
    mine = times.pop("ours")
    times["pandas, reading included"] = times["pandas"] + reading
    for baseline, time in times.items():
        yield [name, baseline, shown(time), shown(mine), f"{time / mine:,.0f}"]


@contextmanager
def _connected(normalised: databases.Engine) -> Iterator[bi.psycopg.Connection]:
    raw = normalised.raw_connection()
    try:
        yield raw.driver_connection
    finally:
        raw.close()


def as_it_grows(small: Path, large: Path) -> None:
    """Print what a week takes among ten times as many tickets of the same three years, hand-written SQL beside it."""
    tables = ("ticket_facts",)
    with engine(small, tables) as (few, hand_few), engine(large, tables) as (many, hand_many):
        question = ASKED[WEEK]
        for name, frames, connection in (("small", few, hand_few), ("large", many, hand_many)):
            same(name, ours=ours(frames, question), hand=hand.answer(connection, question, desk.END))
        times = interleaved(
            {
                "few": lambda: ours(few, question),
                "many": lambda: ours(many, question),
                "hand, few": lambda: hand.answer(hand_few, question, desk.END),
                "hand, many": lambda: hand.answer(hand_many, question, desk.END),
            }
        )
    rows = [
        [title, shown(times[one]), shown(times[ten]), f"{times[ten] / times[one]:.2f}"]
        for title, one, ten in (("`answer()`", "few", "many"), ("by hand", "hand, few", "hand, many"))
    ]
    table(f"{WEEK} as the helpdesk grows", ("Side", small.name, large.name, "times as long"), rows)
