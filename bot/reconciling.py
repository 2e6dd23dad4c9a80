"""Our figures beside those of the helpdesk itself, ticket by ticket, each with the reason where they differ."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, and_, false, or_, select

from bot.facts import batches, read_histories, rules_of, stale_helpdesks
from bot.settings import Settings
from kpi import schema
from kpi.catalogue import Kpi
from kpi.checked import check
from kpi.errors import QuestionError, StorageError
from kpi.events import Quantity
from kpi.frames import DatabaseFrames, Reference
from kpi.history.story import tell
from kpi.otherwise import Basis, Sides
from kpi.period import Period, Span
from kpi.policies import Rulebook
from kpi.question import Filter, Question
from kpi.reconciliation import AGREE, COMPARISONS, Comparison, Reason, Said, Why, agreed, common, explain_difference
from kpi.rows import Row, collected
from kpi.schema import FACTS
from kpi.selection import Selection
from kpi.targets import Targets

LEFT_OUT = {name: Reason(name) for name in schema.LEFT_OUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One ticket: both values, by what they are compared, and why they differ; a value is None where there is none."""

    ticket: Reference
    basis: Basis
    ours: int | None
    theirs: int | None
    why: Why

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to explain."""
        return self.why[0] in AGREE

    @property
    def apart(self) -> int:
        """How far the values are apart, 0 when one is missing."""
        return 0 if self.ours is None or self.theirs is None else abs(self.ours - self.theirs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """A KPI's tickets in a period.

    Attributes:
        kpi: its key.
        tickets: those that it counts, and those that only the helpdesk has there; the worst first.
        needs: the data without which it can't be told; None when it is there.
    """

    kpi: str
    tickets: tuple[Compared, ...] = ()
    needs: str | None = None

    @property
    def told(self) -> bool:
        """Whether the helpdesk says anything that can be compared."""
        return any(one.theirs is not None for one in self.tickets)

    def reasons(self) -> list[tuple[Why, int]]:
        """Return how many tickets there are for each reason, the most first."""
        return Counter(one.why for one in self.tickets).most_common()


def reconcile(
    engine: Engine, settings: Settings, helpdesk: str, period: Period, kpis: Iterable[str], *, now: int
) -> list[Reconciled]:
    """Return KPIs in a period beside what a helpdesk says itself.

    Raises:
        QuestionError: `unknown_value` for a helpdesk that is not read, `not_reconciled` for a KPI that no helpdesk
            says anything of, and as `kpi.checked.check`.
        StorageError: `facts_stale`.
    """
    frames = DatabaseFrames(engine, settings.counted_helpdesks)
    with frames.snapshot() as facts, facts.connect() as connection:
        for stale in stale_helpdesks(connection, (helpdesk,), settings):
            raise StorageError("facts_stale", helpdesk=stale)
        rules = rules_of(connection, helpdesk, settings.rulebook)
        return [
            _Reconciliation(connection, facts, rules, settings, helpdesk).reconciled(key, period, now) for key in kpis
        ]


class _Reconciliation:
    """One KPI of one helpdesk."""

    def __init__(
        self, connection: Connection, facts: DatabaseFrames, rules: Rulebook, settings: Settings, helpdesk: str
    ) -> None:
        self._connection, self._facts, self._rules = connection, facts, rules
        self._settings, self._helpdesk = settings, helpdesk

    def reconciled(self, key: str, period: Period, now: int) -> Reconciled:
        """Return the tickets of a period."""
        kpi, comparison = self._settings.configuration.find(key), COMPARISONS.get(key)
        if comparison is None or not isinstance(kpi, Kpi):
            raise QuestionError("not_reconciled", kpi=key, choices=list(COMPARISONS))
        question = Question(kpi=key, period=period, filters=(Filter(dimension="helpdesk", values=(self._helpdesk,)),))
        asking = check(question, kpi, self._facts, now, Targets()).asking
        if needs := asking.missing(kpi):
            return Reconciled(kpi=key, needs=needs)
        selection = Selection(
            kpi=kpi,
            reading=question.reading,
            frames=self._facts,
            now=now,
            zone=period.zone,
            filters=asking.filters,
            also=frozenset({"ticket_id", *comparison.columns.values()}),
            untold=asking.without(kpi),
        )
        span = period.span(now)
        counted = selection.counted(span).select("ticket_id", *comparison.columns.values())
        rows = {int(row["ticket_id"]): row for row in collected(counted)}
        others = self._others(kpi, comparison, self._placed(comparison, span) - rows.keys())
        found = [*self._compared(comparison, rows, {}), *self._compared(comparison, others, self._why_not(kpi, others))]
        return Reconciled(kpi=key, tickets=tuple(sorted(found, key=_worst_first)))

    def _placed(self, comparison: Comparison, span: Span) -> set[int]:
        """Return the tickets that the helpdesk itself has in a span."""
        said, tickets = schema.vendor_figures.c, schema.tickets.c
        placed = (
            (comparison.said.get(Basis.MOMENT, ()), said.value),
            (comparison.said.get(Basis.CALENDAR, ()), tickets.created_at + said.value),
        )
        when = [
            and_(said.name == name.value, said.business == int(business), at >= span.start, at < span.end)
            for names, at in placed
            for name, business in names
        ]
        query = select(said.ticket_id).join(schema.tickets, tickets.id == said.ticket_id)
        return set(self._connection.scalars(query.where(tickets.helpdesk == self._helpdesk, or_(false(), *when))))

    def _others(self, kpi: Kpi, comparison: Comparison, ids: Iterable[int]) -> dict[int, Row]:
        """Return what we have of tickets that the KPI doesn't count there; nothing of those without such a row."""
        tickets, counted = schema.ticket_facts, FACTS[kpi.fact].alias("counted")
        whole = (tickets.c[name] for name in ("ticket_id", "left_out", "opened_by_agent", "is_solved"))
        columns = (counted.c[name] for name in comparison.columns.values())
        where = (counted.c[name] == value for name, value in kpi.where.items())
        joined = tickets.outerjoin(counted, and_(tickets.c.ticket_id == counted.c.ticket_id, *where))
        query = select(*whole, *columns).select_from(joined)
        found: dict[int, Row] = {}
        for batch in batches(sorted(ids)):
            rows = self._connection.execute(query.where(tickets.c.ticket_id.in_(batch))).mappings()
            found |= {row["ticket_id"]: dict(row) for row in rows}
        return found

    @staticmethod
    def _why_not(kpi: Kpi, others: Mapping[int, Row]) -> dict[int, Reason]:
        """Return why the KPI doesn't count tickets at all."""
        found: dict[int, Reason] = {}
        for name, row in others.items():
            if row["left_out"] is not None:
                found[name] = LEFT_OUT[row["left_out"]]
            elif kpi.customer_opened and row["opened_by_agent"]:
                found[name] = Reason.AGENT_OPENED
            elif "is_solved" in kpi.columns and not row["is_solved"]:
                found[name] = Reason.NOT_SOLVED
        return found

    def _compared(
        self, comparison: Comparison, rows: Mapping[int, Row], why_not: Mapping[int, Reason]
    ) -> Iterator[Compared]:
        for batch in batches(sorted(rows)):
            said = self._said(batch)
            theirs = {name: comparison.theirs(said[name]) for name in batch}
            ours = {name: {} if name in why_not else _sides(comparison, rows[name]) for name in batch}
            reasons: dict[int, Why] = {}
            for name in batch:
                if name in why_not:
                    reasons[name] = (why_not[name],)
                elif not theirs[name]:
                    reasons[name] = (Reason.THEIRS_MISSING if said[name] else Reason.UNREAD,)
                elif reason := agreed(ours[name], theirs[name]):
                    reasons[name] = (reason,)
            differing = [name for name in batch if name not in reasons]
            for name, history in read_histories(self._connection, differing).items():
                otherwise = comparison.otherwise(tell(history, self._rules), self._rules)
                reasons[name] = explain_difference(ours[name], theirs[name], otherwise)
            references = self._facts.tickets(batch)
            for name in batch:
                yield _shown(references[name], ours[name], theirs[name], reasons[name])

    def _said(self, ids: Sequence[int]) -> dict[int, dict[Said, int]]:
        """Return all that the helpdesk says of each ticket."""
        table = schema.vendor_figures.c
        found: dict[int, dict[Said, int]] = {name: {} for name in ids}
        query = select(table.ticket_id, table.name, table.business, table.value)
        for row in self._connection.execute(query.where(table.ticket_id.in_(ids))):
            found[row.ticket_id][Quantity(row.name), bool(row.business)] = row.value
        return found


def _sides(comparison: Comparison, row: Row) -> Sides:
    sides = {basis: row[column] for basis, column in comparison.columns.items()}
    return {basis: int(value) for basis, value in sides.items() if value is not None}


def _shown(ticket: Reference, ours: Sides, theirs: Sides, why: Why) -> Compared:
    """Return both values by what they have in common; where that is nothing, each by what it has."""
    basis = common(ours, theirs) or next(iter(theirs or ours), Basis.CALENDAR)
    return Compared(ticket=ticket, basis=basis, ours=ours.get(basis), theirs=theirs.get(basis), why=why)


def _worst_first(one: Compared) -> tuple[bool, bool, int, str]:
    """Put first what nothing explains, then what differs most."""
    return one.agrees, one.why[-1] is not Reason.UNEXPLAINED, -one.apart, one.ticket.external_id
