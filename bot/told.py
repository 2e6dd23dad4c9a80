"""What the bot tells by itself: how much of it there is, what of it is paused, and what did not get through."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.posting.notices import reason
from bot.posting.outbox import State
from bot.posting.refusals import TOKEN_REFUSED
from bot.subscriptions import ASKED, OWNER_GONE, Kind
from bot.tables import deliveries, subscriptions
from bot.text import Text

LOOKED_BACK_S = 7 * 86_400
"""How long what did not get through is told of."""

OVERDUE_AFTER_S = 3600
"""What should have been told so long ago is told by nobody: longer than fresh data and Slack are waited for."""

UNWATCHED_AFTER_S = 300
"""For so long nobody has looked at the clocks of SLA alerts when a worker must be missing: many ticks."""

NAMED = 5
"""How many channels are named."""

UNDELIVERED = (State.FAILED, State.UNSURE, State.MISSED)

COMMANDS = {Kind.DIGEST: "digest", Kind.SLA: "alerts", Kind.KPI: "alerts"}
"""The command under which each kind goes on, which is also what `told.what.<command>` calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How things stand at an instant.

    Attributes:
        active: how many are told, by command (`digest`, `alerts`).
        paused: the channels of those that aren't, by command and why: `asked`, `owner_gone`, or Slack's word.
        overdue: how many should have been told long ago.
        unwatched: of how many SLA alerts nobody has looked at the clocks for minutes.
        undelivered: what did not surely get through in the last days, by what became of it and Slack's word for why.
    """

    active: Mapping[str, int]
    paused: Mapping[tuple[str, str], Sequence[str]]
    overdue: int
    unwatched: int
    undelivered: Mapping[tuple[State, str | None], int]

    @property
    def is_wanted(self) -> bool:
        """Whether anybody wants anything told."""
        return bool(self.active or self.paused)


def told(connection: Connection, now: int) -> Told:
    """Return how things stand with what is told; `now` in epoch seconds."""
    order, sent = subscriptions.c, deliveries.c
    orders = connection.execute(
        select(order.kind, order.channel, order.paused_at, order.paused_for, order.next_at)
        .where(order.kind.in_([kind.value for kind in Kind]))
        .order_by(order.created_at)
    ).all()
    paused = defaultdict[tuple[str, str], list[str]](list)
    for each in orders:
        if each.paused_at is not None:
            paused[COMMANDS[Kind(each.kind)], each.paused_for or ASKED].append(each.channel)
    lost = connection.execute(
        select(sent.state, sent.error).where(
            sent.due_at >= now - LOOKED_BACK_S, sent.state.in_([state.value for state in UNDELIVERED])
        )
    )
    return Told(
        active=Counter(COMMANDS[Kind(each.kind)] for each in orders if each.paused_at is None),
        paused=paused,
        overdue=sum(_is_late(each.next_at, now - OVERDUE_AFTER_S) for each in orders if each.kind != Kind.SLA),
        unwatched=sum(_is_late(each.next_at, now - UNWATCHED_AFTER_S) for each in orders if each.kind == Kind.SLA),
        undelivered=Counter((State(row.state), row.error) for row in lost),
    )


def _is_late(next_at: int | None, than: int) -> bool:
    return next_at is not None and next_at < than


def active_line(found: Told, text: Text) -> str:
    """Return how many digests and alerts are told."""
    counts = {name: text.plural(f"told.what.{name}", found.active.get(name, 0)) for name in ("digest", "alerts")}
    return text("told.active", **counts)


def problem_lines(found: Told, text: Text, *, named: bool) -> Iterator[str]:
    """Yield what is not told, why, and what to do about it; with the ids of its channels when they may be `named`."""
    for (command, why), channels in found.paused.items():
        yield _paused(command, why, channels if named else (), len(channels), text)
    if found.overdue:
        yield text.plural("told.overdue", found.overdue)
    if found.unwatched:
        yield text.plural("told.unwatched", found.unwatched, minutes=text.number(UNWATCHED_AFTER_S // 60))
    for state in UNDELIVERED:
        errors = {error: n for (became, error), n in found.undelivered.items() if became is state}
        if errors:
            codes = ", ".join(sorted(error for error in errors if error)) or "?"
            days = text.number(LOOKED_BACK_S // 86_400)
            yield text.plural(f"told.{state}", sum(errors.values()), codes=codes, days=days)


def _paused(command: str, why: str, channels: Sequence[str], n: int, text: Text) -> str:
    what = text.plural(f"told.what.{command}", n)
    if channels:
        places = list(dict.fromkeys(channels))
        what = f"{what} ({', '.join(places[:NAMED])}{', …' if len(places) > NAMED else ''})"
    if why in {ASKED, OWNER_GONE}:
        return text(f"told.{why}.{command}", what=what)
    said = text(f"notice.why.{reason(why)}", what=what, code=why)
    # What a refused token paused goes on by itself once one is taken.
    return said if why in TOKEN_REFUSED else f"{said} {text(f'told.resume.{command}')}"
