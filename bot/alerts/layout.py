"""What an alert says: one message that is edited as the ticket goes on, and a line in its thread for what is new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from bot.alerts.clocks import Clock
from bot.alerts.life import ENDED, WAITING, Alert, News, Phase
from bot.posting.send import Message
from bot.render.blocks import joined, section
from bot.render.elements import actions, button, option, select
from bot.render.limits import Block, cut
from bot.render.mrkdwn import escape, link
from bot.text import Text, one_line
from kpi.events import Status
from kpi.question import Unit

LISTED = 20
"""How many tickets one message names."""

SUBJECT, NAME = 120, 60
MESSAGE_TEXT = 3000

MARKS = {
    Phase.AT_RISK: "⏳",
    Phase.BREACHED: "🔴",
    Phase.CALM: "🕓",
    Phase.PAUSED: "⏸️",
    Phase.PAUSED_LATE: "⏸️",
    Phase.IN_TIME: "✅",
    Phase.LATE: "☑️",
    Phase.UNANSWERED: "⚪",
    Phase.GONE: "⚪",
    Phase.MOVED: "➡️",
}
"""What makes a message found at a glance; its words say the same."""

SNOOZES = ("30m", "2h", "tomorrow", "opening")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert as a message tells it; `team` is its team's name, `left_s` how long until it is due in its own time."""

    alert: Alert
    clock: Clock | None
    team: str | None = None
    left_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Makes the words and blocks of the messages of a subscription."""

    text: Text
    zone: str

    # --- The message ---------------------------------------------------------------------------------------------

    def message(self, key: str, told: Sequence[Told]) -> list[Message]:
        """Return a message in simpler and simpler forms; `key` is what its buttons carry."""
        ordered = sorted(told, key=_urgency)
        parts = [self._alone(ordered[0])] if len(told) == 1 else self._together(ordered)
        words = "\n".join(parts)
        blocks = [section(part) for part in joined(parts)]
        return [
            Message(text=words, blocks=[*blocks, *self._buttons(key, told)]),
            Message(text=cut(words, MESSAGE_TEXT)),
        ]

    def _alone(self, told: Told) -> str:
        clock = told.clock
        lines = [f"{MARKS[told.alert.phase]} *{escape(self._headline(told))}* · {self._ticket(clock)}"]
        if clock is not None:
            lines += [self._about(told), escape(self._due(told, clock))]
        return "\n".join(filter(None, [*lines, *self._done(told.alert)]))

    def _together(self, told: Sequence[Told]) -> list[str]:
        counted = {phase: sum(one.alert.phase is phase for one in told) for phase in Phase}
        sums = [self.text(f"alert.count.{phase}", n=self.text.number(n)) for phase, n in counted.items() if n]
        heading = self.text.plural("alert.together", len(told))
        parts = [f"*{escape(heading)}* · {escape(self.text.join(sums))}"]
        parts += [self._line(one) for one in told[:LISTED]]
        if len(told) > LISTED:
            shown, total = self.text.number(LISTED), self.text.number(len(told))
            parts.append(escape(self.text("alert.cut", shown=shown, total=total)))
        return [*parts, *self._done(told[0].alert)]

    def _line(self, told: Told) -> str:
        clock = told.clock
        said = [f"{MARKS[told.alert.phase]} {self._ticket(clock)}", escape(self._headline(told))]
        if clock is not None and told.alert.phase not in ENDED:
            said += [escape(self._due(told, clock)), self._about(told)]
        return " · ".join(filter(None, said))

    def _headline(self, told: Told) -> str:
        """Return where a clock stands, in words: `First reply at risk`, `Solved 12 min late`."""
        clock, phase = told.clock, told.alert.phase
        if clock is None:
            return self.text(f"alert.phase.{phase}", promise=self.text("alert.promise"))
        promise = self.text(f"alert.promise.{clock.metric}")
        if phase in {Phase.IN_TIME, Phase.LATE}:
            late = self._duration(max((clock.elapsed_s or 0) - clock.target_s, 0), clock)
            return self.text(f"alert.phase.{phase}.{_kept(clock)}", late=late)
        return self.text(f"alert.phase.{phase}", promise=promise)

    def _ticket(self, clock: Clock | None) -> str:
        if clock is None:
            return escape(self.text("alert.no_ticket"))
        name = self.text("alert.ticket", ticket=one_line(clock.external_id, NAME))
        return escape(name) if clock.url is None else link(clock.url, name)

    def _about(self, told: Told) -> str:
        """Return what is known of a ticket: its subject where subjects are kept, team, priority and channel."""
        clock = told.clock
        if clock is None:
            return ""
        known = [clock.subject and one_line(clock.subject, SUBJECT)]
        known += [value and one_line(value, NAME) for value in (told.team, clock.priority, clock.channel)]
        return " · ".join(escape(value) for value in known if value)

    def _due(self, told: Told, clock: Clock) -> str:
        target = self._duration(clock.target_s, clock)
        hours = self.text("alert.business" if clock.business else "alert.calendar")
        if clock.due_at is None:
            return self.text("alert.promised", target=target, hours=hours)
        key = "alert.was_due" if told.alert.phase not in {Phase.AT_RISK, Phase.CALM} else "alert.due"
        return self.text(key, at=self.text.instant(clock.due_at, self.zone), target=target, hours=hours)

    def _done(self, alert: Alert) -> list[str]:
        """Return what people did about it; an edit pings nobody that it names."""
        lines = []
        for what, by, at in (
            ("acknowledged", alert.acknowledged_by, alert.acknowledged_at),
            ("snoozed", alert.snoozed_by, alert.snoozed_until),
            ("muted", alert.muted_by, alert.muted_at),
        ):
            if by is not None and at is not None:
                said = escape(self.text(f"alert.done.{what}", who="\0", at=self.text.instant(at, self.zone)))
                lines.append(said.replace("\0", f"<@{by}>"))
        return lines

    def _buttons(self, key: str, told: Sequence[Told]) -> list[Block]:
        waiting = [one.alert for one in told if one.alert.phase not in ENDED]
        if not waiting or all(alert.muted_at is not None for alert in waiting):
            return []
        row = []
        if any(alert.acknowledged_at is None for alert in waiting):
            row.append(button(self.text("alert.button.acknowledge"), "alert_ack", key, style="primary"))
        choices = [option(self.text(f"alert.snooze.{each}"), f"{key} {each}") for each in SNOOZES]
        row += [
            select(self.text("alert.button.snooze"), "alert_snooze", choices),
            button(self.text("alert.button.mute"), "alert_mute", key),
        ]
        return actions(row)

    # --- The thread ----------------------------------------------------------------------------------------------

    def news(self, told: Mapping[News, Sequence[Told]], escalate_to: str | None) -> list[Message]:
        """Return what is new as one message; it pings who acknowledged, or the group that it is escalated to."""
        lines = []
        for news, those in told.items():
            if news is News.ESCALATION:
                lines.append(self._escalation(those, escalate_to))
            else:
                lines += [self._new(news, one) for one in those[:LISTED]]
        return [Message(text=cut("\n".join(lines), MESSAGE_TEXT))]

    def _new(self, news: News, told: Told) -> str:
        clock = told.clock
        if clock is None or clock.due_at is None:
            return self._line(told)
        key = "late" if told.alert.phase is Phase.BREACHED else "soon"
        said = self.text(
            f"alert.news.{key}",
            promise=self.text(f"alert.promise.{clock.metric}"),
            left=self._duration(max(told.left_s, 0), clock),
            at=self.text.instant(clock.due_at, self.zone),
        )
        again = f"{escape(self.text(f'alert.news.{news}'))} " if news in {News.AGAIN, News.SNOOZE_OVER} else ""
        who = f"<@{told.alert.acknowledged_by}> " if news is News.REMINDER else ""
        return f"{who}{MARKS[told.alert.phase]} {self._ticket(clock)} · {again}{escape(said)}"

    def _escalation(self, told: Sequence[Told], to: str | None) -> str:
        tickets = ", ".join(self._ticket(one.clock) for one in told[:LISTED])
        group = f"<!subteam^{to}> " if to is not None and to.startswith("S") else ""
        return f"{group}{escape(self.text('alert.news.escalation'))} {tickets}"

    def _duration(self, seconds: float, clock: Clock) -> str:
        return self.text.value(seconds, Unit.SECONDS, business=bool(clock.business))


def shown(messages: Sequence[Message]) -> str:
    """Return a digest of what a message says."""
    return sha256(dumps([message.body for message in messages], sort_keys=True).encode()).hexdigest()


def _kept(clock: Clock) -> str:
    return Status.SOLVED.value if clock.metric == "resolution" else "replied"


def _urgency(told: Told) -> tuple[bool, bool, int]:
    due = told.clock.due_at if told.clock is not None else None
    return told.alert.phase not in WAITING, told.alert.phase is not Phase.BREACHED, due or 0
