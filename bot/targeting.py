"""`/kpi target`: what is aimed at, shown to everybody and set by those who lead."""

from collections.abc import Mapping, Sequence

from bot.access import Viewer
from bot.asking import Asker
from bot.render.page import Section
from bot.targets import FOR_ALL, OFF, by_team, can_be_aimed_at, read_target, split_target
from bot.text import Text
from kpi.catalogue import CATALOGUE, Listed
from kpi.errors import AccessError, QuestionError
from kpi.language.tokens import plain
from kpi.question import Question

TEAM = "team"


def targeting(words: str, asker: Asker, now: int, text: Text, viewer: Viewer | None) -> tuple[Section, ...]:
    """Return the targets, or what became of setting one: `fcr 75% team:billing`, `fcr off`.

    Raises:
        QuestionError: as `understand`, and `two_targets`, `target_of_one_kpi`, `no_target_for`, `target_not_a_…`.
        AccessError: `target_for_leads`.
        StorageError: `targets_unwritable`, or what is wrong with the database.
    """
    rest, value = split_target(words)
    off, rest = _without_off(rest)
    names = asker.values(TEAM)
    if not rest.strip():
        if value is not None or off:
            raise QuestionError("target_of_what")
        return targets_page(asker, names, text)
    question = asker.understand(rest, now, text.language, viewer=viewer)
    kpi, teams = _aimed_at(question)
    if value is None and not off:
        return targets_page(asker, names, text, kpi)
    set_target(asker, kpi, teams, None if off else read_target(value or "", kpi), now=now, viewer=viewer)
    return targets_page(asker, names, text, kpi)


def set_target(
    asker: Asker, kpi: Listed, teams: Sequence[str], target: float | None, *, now: int, viewer: Viewer | None
) -> None:
    """Set the target of a KPI for teams, or for all when none are named; None takes it away.

    Raises:
        QuestionError: `targets_not_here` without a database to keep it in.
        AccessError: `target_for_leads`.
        StorageError: what is wrong with the database.
    """
    if asker.targets_set is None:
        raise QuestionError("targets_not_here")
    if viewer is not None and not may_aim(viewer, teams, asker.values(TEAM)):
        raise AccessError("target_for_leads")
    by = ("", "") if viewer is None else (viewer.team_id, viewer.user)
    asker.targets_set.aim(kpi.key, teams, target, by=by, now=now)


def leads(viewer: Viewer) -> bool:
    """Tell whether a person leads anybody."""
    return viewer.leads_all or bool(viewer.leads)


def may_aim(viewer: Viewer, teams: Sequence[str], names: Mapping[str, str]) -> bool:
    """Tell whether a person leads all of these teams, or every team when none are named."""
    if viewer.leads_all:
        return True
    led = {name.casefold() for name in viewer.leads}
    return bool(teams) and all({team.casefold(), names.get(team, team).casefold()} & led for team in teams)


def targets_page(asker: Asker, names: Mapping[str, str], text: Text, kpi: Listed | None = None) -> tuple[Section, ...]:
    """Return what is aimed at, for all and by team; of one KPI, or of all that have a target."""
    targets = asker.configuration.targets
    wanted = [kpi.key] if kpi is not None else [key for key in CATALOGUE if can_be_aimed_at(CATALOGUE[key])]
    teams = by_team(targets, names)
    sections = []
    for key in wanted:
        held = {FOR_ALL: targets.general.get(key), **{team: own.get(key) for team, own in teams.items()}}
        lines = [_line(team, value, key, text) for team, value in held.items() if value is not None]
        if lines:
            sections.append(
                Section(heading=text("list.kpi", name=text(f"kpi.{key}.name"), key=key), lines=tuple(lines))
            )
    if not sections and kpi is not None:
        sections = [Section(heading=text(f"kpi.{kpi.key}.name"), lines=(text("targets.none"),))]
    if not sections:
        sections = [Section(heading=text("targets.heading"), lines=(text("targets.nothing"),))]
    return (*sections, Section(heading=text("targets.set.heading"), lines=(text("targets.set.lines"),)))


def _line(team: str, value: float, key: str, text: Text) -> str:
    said = text.target(value, CATALOGUE[key].unit)
    return text("answer.field", label=team or text("targets.all_teams"), value=said)


def _aimed_at(question: Question) -> tuple[Listed, tuple[str, ...]]:
    """Return the KPI and the teams that a target is for."""
    kpi = CATALOGUE[question.kpi]
    if not can_be_aimed_at(kpi):
        raise QuestionError("no_target_for", kpi=kpi.key)
    filters = {chosen.dimension: chosen.values for chosen in question.filters}
    if question.by or question.per or question.versus or set(filters) - {TEAM}:
        raise QuestionError("target_of_one_kpi")
    return kpi, filters.get(TEAM, ())


def _without_off(words: str) -> tuple[bool, str]:
    """Return whether the words take a target away, and the others."""
    said = words.split(" ")
    rest = [word for word in said if plain(word) not in OFF]
    return len(rest) < len(said), " ".join(rest)
