"""Which schedule a ticket is under, and which SLA target a clock runs against."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kpi.events import WAITING, Status
from kpi.hours import Schedule

Attributes = Mapping[str, str | None]
"""What a ticket is at a moment: `team`, `priority`, `level`, `type`, `channel`, `brand`."""

CONDITION_FIELDS = ("team", "priority", "level", "type", "channel", "brand")


class Metric(StrEnum):
    """What an SLA promises."""

    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds when the ticket's `field` is one of `values`; case doesn't count."""

    field: str
    values: tuple[str, ...]

    def holds(self, attributes: Attributes, names: Mapping[str, str]) -> bool:
        """Tell whether it holds; `names` are the teams' names by identifier, since people write names."""
        value = attributes.get(self.field)
        return value is not None and _among(value, self.values, names if self.field == "team" else {})


def _among(value: str, words: Iterable[str], names: Mapping[str, str]) -> bool:
    """Tell whether one of the words means this value, by itself or by its name."""
    said = {value.casefold(), names.get(value, value).casefold()}
    return any(word.casefold() in said for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is promised: `seconds` of business or calendar time; `priority` None holds for every priority."""

    metric: Metric
    seconds: int
    business: bool = True
    priority: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something in force in `[since, until)` for tickets for which every condition holds."""

    when: tuple[Condition, ...] = ()
    since: int | None = None
    until: int | None = None

    def in_force(self, at: int) -> bool:
        """Tell whether it is in force at an instant."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Rule):
    """An SLA policy, for clocks that start while it is in force; its resolution clock stops in `pauses`.

    An `exclusive` one is as helpdesks have theirs: it leaves nothing to the policies after it, not even what it doesn't
    promise itself, and promises business time only under a schedule, as counting nights would make it another promise.
    """

    key: str
    targets: tuple[Target, ...]
    pauses: frozenset[Status] = WAITING
    exclusive: bool = False

    def target(self, metric: Metric, priority: str | None) -> Target | None:
        """Return what it promises; a target for this very priority goes before one for all."""
        offered = {target.priority: target for target in self.targets if target.metric == metric}
        return offered.get(priority, offered.get(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Rule):
    """Puts tickets under a schedule while it is in force; under none, calendar time counts."""

    schedule: Schedule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRules:
    """The schedules and policies that a helpdesk has itself; in each the first that holds counts."""

    schedules: tuple[Assignment, ...] = ()
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """What makes a ticket escalated, any of these; case doesn't count.

    `tiers` are teams by name or identifier, from the first line up; `tags` are the ticket's; a raise is from another
    priority to one of `priorities`.
    """

    tiers: tuple[tuple[str, ...], ...] = ()
    tags: frozenset[str] = frozenset({"escalated", "escalade", "escaladé"})
    priorities: frozenset[str] = frozenset({"urgent"})

    def tagged(self, tags: Iterable[str]) -> bool:
        """Tell whether one of a ticket's tags says so."""
        return not _folded(self.tags).isdisjoint(_folded(tags))

    def raised(self, before: str, after: str) -> bool:
        """Tell whether a change of priority says so."""
        high = _folded(self.priorities)
        return after.casefold() in high and before.casefold() not in high


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Everything configured that facts depend on; in each list the first that holds counts.

    `test_tags` mark test tickets; `team_names` are the teams' names by identifier.
    """

    schedules: tuple[Assignment, ...] = ()
    policies: tuple[Policy, ...] = ()
    test_tags: frozenset[str] = frozenset()
    escalation: Escalation = field(default_factory=Escalation)
    team_names: Mapping[str, str] = field(default_factory=dict)

    def teams_mentioned(self) -> frozenset[str]:
        """Return the teams that rules ask for, by name or identifier as they were written."""
        rules: tuple[Rule, ...] = (*self.schedules, *self.policies)
        conditions = [condition for rule in rules for condition in rule.when if condition.field == "team"]
        asked = [condition.values for condition in conditions]
        return frozenset(word for words in (*asked, *self.escalation.tiers) for word in words)

    def promising(self, metrics: Collection[Metric]) -> "Rulebook":
        """Return these rules without promises of other metrics."""
        kept = [[target for target in policy.targets if target.metric in metrics] for policy in self.policies]
        policies = zip(self.policies, kept, strict=True)
        return replace(self, policies=tuple(replace(policy, targets=tuple(targets)) for policy, targets in policies))

    def _holds(self, rule: Rule, attributes: Attributes, at: int) -> bool:
        return rule.in_force(at) and all(condition.holds(attributes, self.team_names) for condition in rule.when)

    def schedule(self, attributes: Attributes, at: int) -> Schedule | None:
        """Return the schedule of a ticket like this at an instant; under None, calendar time counts."""
        return next((rule.schedule for rule in self.schedules if self._holds(rule, attributes, at)), None)

    def schedule_changes(self) -> list[int]:
        """Return the instants at which some ticket may come under another schedule though nothing happens to it."""
        return sorted({at for rule in self.schedules for at in (rule.since, rule.until) if at is not None})

    def tier(self, team: str | None) -> int | None:
        """Return how many tiers are below a team's; None when it is in none."""
        if team is None:
            return None
        tiers = enumerate(self.escalation.tiers)
        return next((number for number, teams in tiers if _among(team, teams, self.team_names)), None)

    def promise(self, metric: Metric, attributes: Attributes, started_at: int) -> tuple[Policy, Target] | None:
        """Return the policy and target of a clock that starts at this instant; None when nothing is promised."""
        for policy in self.policies:
            if self._holds(policy, attributes, started_at):
                target = policy.target(metric, attributes.get("priority"))
                if policy.exclusive and target is not None and target.business:
                    target = target if self.schedule(attributes, started_at) is not None else None
                if target is not None:
                    return policy, target
                if policy.exclusive:
                    return None
        return None
