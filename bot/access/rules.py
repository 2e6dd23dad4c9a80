"""What a person may see: a question is narrowed to that, or refused, before anything is read for it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.access.viewer import Viewer
from bot.settings_access import AccessTable
from kpi.catalogue import Effect, Listed, Projection
from kpi.checked import things
from kpi.dimensions import DIMENSIONS, PERSONS, Identity, split
from kpi.errors import AccessError
from kpi.filters import choose
from kpi.frames import Frames
from kpi.question import Filter, Narrowed, Question
from kpi.sources import OPINIONS

JUDGEMENTS = OPINIONS | {"reviews"}
"""Things that each say how one person did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A question as far as somebody may see its answer.

    Attributes:
        question: what is asked in place of the question.
        narrowed: to what, when that is less than was asked for.
        smallest: the fewest that a figure about persons may rest on; 0 where all may be seen.
    """

    question: Question
    narrowed: Narrowed | None = None
    smallest: int = 0


def permitted(
    question: Question, kpi: Listed, viewer: Viewer | None, frames: Frames, rules: AccessTable, *, rows: bool = False
) -> Permitted:
    """Return what a viewer may ask in place of a question; a None viewer has the database and may see everything.

    Figures that tell persons apart are for those who lead every team, for those who lead some in their teams' rows, and
    for agents in their own. To a whole channel they are only shown where the settings open it.

    Args:
        question: what is asked, every dimension that its answer is told apart by among it.
        kpi: its KPI.
        viewer: who asks.
        frames: the facts, which know what teams and agents are called.
        rules: the settings.
        rows: the rows behind the figure are asked for, each of which judges one person in a survey or a review.

    Raises:
        AccessError: the viewer may not see any of it.
        QuestionError: as `kpi.filters.choose`.
    """
    if viewer is None:
        return Permitted(question=question)
    whole = Permitted(question=question, smallest=rules.smallest_group)
    reasons = _personal(question, kpi, rows=rows)
    if not reasons:
        return whole
    if viewer.public and viewer.channel not in rules.channels:
        raise AccessError("not_in_channel")
    if viewer.leads_all:
        return whole
    ruling = _Ruling(question, kpi, viewer, frames)
    if reasons == {"agent"}:
        if ruling.is_own():
            return whole
        if not ruling.names_agents() and ruling.own and not ruling.knows_teams:
            return replace(whole, question=ruling.of_own(), narrowed=Narrowed.OWN)
    if viewer.leads and "effect" not in reasons:
        return replace(whole, question=ruling.of_teams(), narrowed=Narrowed.TEAMS)
    raise ruling.refusal(reasons)


def check_customers(viewer: Viewer | None, rules: AccessTable) -> None:
    """Raise AccessError when a viewer may not even read what customers are called, as in suggestions for a name."""
    if viewer is None:
        return
    if viewer.public and viewer.channel not in rules.channels:
        raise AccessError("not_in_channel")
    if not viewer.leads_all and not viewer.leads:
        raise AccessError("leads_unsure") if viewer.unsure else AccessError("customer_for_leads")


def _personal(question: Question, kpi: Listed, *, rows: bool) -> frozenset[str]:
    """Return what makes an answer one about persons: a dimension, rows that judge one each, or few trained ones."""
    told_apart = {*question.by, *(chosen.dimension for chosen in question.filters)}
    found = set(told_apart & PERSONS)
    if isinstance(kpi, Effect):
        found.add("effect")  # often of one or two trained agents
    elif rows and not isinstance(kpi, Projection) and things(kpi) in JUDGEMENTS:
        found.add("judgements")
    return frozenset(found)


class _Ruling:
    """What a question about persons comes to for somebody who doesn't lead everybody."""

    def __init__(self, question: Question, kpi: Listed, viewer: Viewer, frames: Frames) -> None:
        self._question, self._viewer, self._frames = question, viewer, frames
        self._helpdesks = frames.helpdesks()
        measured = kpi.of if isinstance(kpi, Projection) else kpi
        self._has_teams = measured.dimensions is None or "team" in measured.dimensions
        self.own = tuple(identity for identity in viewer.agents if identity[0] in self._helpdesks)
        self.knows_teams = bool(viewer.leads) and self._has_teams
        self._asked = self._identities("agent")

    def names_agents(self) -> bool:
        """Tell whether the question is about agents that it names."""
        return self._asked is not None

    def is_own(self) -> bool:
        """Tell whether the question is about the viewer alone."""
        return self._asked is not None and self._asked <= set(self.own)

    def of_own(self) -> Question:
        """Return the question about the viewer."""
        values = tuple(self._name("agent", identity) for identity in self.own)
        return replace(self._question, filters=(*self._question.filters, Filter(dimension="agent", values=values)))

    def of_teams(self) -> Question:
        """Return the question about the teams that the viewer leads; raises AccessError when it is about others."""
        if not self._has_teams:
            raise AccessError("teams_untold", kpi=self._question.kpi)
        led, asked = self._led(), self._identities("team")
        both = led if asked is None else led & asked
        if not both:
            raise AccessError("not_your_team", teams=sorted(self._viewer.leads))
        values = tuple(self._name("team", identity) for identity in sorted(both))
        others = [chosen for chosen in self._question.filters if chosen.dimension != "team"]
        return replace(self._question, filters=(*others, Filter(dimension="team", values=values)))

    def refusal(self, reasons: Collection[str]) -> AccessError:
        """Return why the viewer sees nothing of it."""
        if self._viewer.unsure:
            return AccessError("leads_unsure")
        if "effect" in reasons:
            return AccessError("effect_for_leads")
        if "customer" in reasons:
            return AccessError("customer_for_leads")
        if "judgements" in reasons:
            return AccessError("judgements_for_leads")
        return AccessError("other_agent") if self.own else AccessError("agent_unknown", user=self._viewer.user)

    def _identities(self, dimension: str) -> set[Identity] | None:
        """Return the teams or agents that the question names; None when it names none."""
        filters = [chosen for chosen in self._question.filters if chosen.dimension == dimension]
        found = [set(chosen.identities) for chosen in choose(filters, self._frames)]
        return set.intersection(*found) if found else None

    def _led(self) -> set[Identity]:
        """Return the teams that the viewer leads, as far as there are such."""
        wanted = {word.casefold() for word in self._viewer.leads}
        found = set()
        for key, label in self._frames.values("team").items():
            owner, identifier = split(key, self._helpdesks)
            if not wanted.isdisjoint({key.casefold(), identifier.casefold(), label.casefold()}):
                found.add((owner or self._helpdesks[0], identifier))
        return found

    def _name(self, dimension: str, identity: Identity) -> str:
        return DIMENSIONS[dimension].name(*identity, self._helpdesks) or ""
