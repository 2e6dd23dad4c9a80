"""Pages of words, the same on every surface: help, the catalogue, a definition, the freshness, the targets."""

from collections.abc import Collection, Iterator, Mapping

from bot.render.page import Section
from bot.render.parts import in_days
from bot.render.words import definition, freshness
from bot.text import Text
from kpi.bands import bands
from kpi.catalogue import CATALOGUE, Kpi, Listed
from kpi.configuration import edges_of, limit_of, weights_of
from kpi.durations import Duration
from kpi.frames import Freshness
from kpi.question import Reading

HELP_SECTIONS = ("ask", "periods", "narrow", "more", "deeper", "buttons", "targets", "digest", "alerts")

TOPICS = {
    "en": {
        "ask": ("asking", "question", "questions", "kpi", "kpis"),
        "periods": ("period", "dates", "date"),
        "narrow": ("filter", "filters", "breakdown", "breakdowns", "by", "trend", "trends", "per"),
        "more": ("compare", "comparison", "versus", "vs", "cohort", "calendar"),
        "deeper": ("tickets", "why", "forecast", "anomalies", "list"),
        "buttons": ("button", "share", "sharing", "csv", "privacy"),
        "targets": ("target", "language", "languages"),
        "digest": ("digests", "summary", "zone", "holidays"),
        "alerts": ("alert", "sla", "threshold"),
    },
    "fr": {
        "ask": ("question", "questions", "demander", "kpi", "kpis", "indicateurs"),
        "periods": ("periode", "periodes", "dates", "date"),
        "narrow": ("filtre", "filtres", "ventilation", "ventiler", "par", "tendance", "tendances"),
        "more": ("comparer", "comparaison", "versus", "vs", "cohorte", "calendaire"),
        "deeper": ("tickets", "pourquoi", "prevision", "anomalies", "liste"),
        "buttons": ("bouton", "boutons", "partager", "partage", "csv", "confidentialite"),
        "targets": ("objectif", "objectifs", "langue", "langues"),
        "digest": ("digests", "resume", "fuseau", "feries"),
        "alerts": ("alertes", "alerte", "sla", "seuil"),
    },
}
"""What people call each section of the help when they ask for it alone, without accents."""

_SECTION_OF = {word: section for words in TOPICS.values() for section, own in words.items() for word in (section, *own)}


def help_page(text: Text) -> tuple[Section, ...]:
    """Return how to ask, with examples."""
    return tuple(_help(section, text) for section in HELP_SECTIONS)


def topic_page(word: str, text: Text) -> tuple[Section, ...] | None:
    """Return the help on one topic, with more of it; None where nothing goes by that word, said without accents."""
    section = _SECTION_OF.get(word)
    if section is None:
        return None
    said = _help(section, text)
    return (Section(heading=said.heading, lines=(*said.lines, *text(f"help.{section}.more").split("\n"))),)


def topics(text: Text) -> list[str]:
    """Return a word for each section of the help."""
    return [words[0] for words in TOPICS[text.language].values()]


def _help(section: str, text: Text) -> Section:
    return Section(heading=text(f"help.{section}.heading"), lines=tuple(text(f"help.{section}.lines").split("\n")))


def catalogue_page(text: Text) -> tuple[Section, ...]:
    """Return every KPI with its key and definition."""
    return tuple(
        Section(
            heading=text("list.kpi", name=text(f"kpi.{key}.name"), key=key),
            lines=(definition(key, Reading.EVENT, text),),
        )
        for key in CATALOGUE
    )


def definition_page(kpi: Listed, text: Text) -> tuple[Section, ...]:
    """Return what a KPI means and how it is computed."""
    return (Section(heading=text(f"kpi.{kpi.key}.name"), lines=tuple(_explained(kpi, text))),)


def _explained(kpi: Listed, text: Text) -> list[str]:
    lines = [text("define.key", key=kpi.key), definition(kpi.key, Reading.EVENT, text)]
    if Reading.COHORT in kpi.readings:
        lines.append(text("define.cohort", definition=definition(kpi.key, Reading.COHORT, text)))
    lines += [
        text("answer.field", label=text(f"reference.field.{part}"), value=text(f"kpi.{kpi.key}.{part}"))
        for part in ("formula", "example")
    ]
    if isinstance(kpi, Kpi) and isinstance(kpi.measure, Duration) and kpi.measure.business is not None:
        lines.append(text("define.time"))
    lines += _limits(kpi, text)
    if kpi.higher_is_better is not None:
        lines.append(text("define.higher" if kpi.higher_is_better else "define.lower"))
    if kpi.target_range is not None:
        lowest, highest = (text.percent(target, 0) for target in kpi.target_range)
        lines.append(text("define.reference", lowest=lowest, highest=highest))
    return lines


def _limits(kpi: Listed, text: Text) -> list[str]:
    """Return where the bands of a KPI meet, what time its share is within, and what weighs, as the settings have it."""
    edges, limit = edges_of(kpi), limit_of(kpi)
    told = [text.band(band.lower, band.upper, days=in_days(edges)) for band in bands(edges)] if edges else []
    lines = [text("define.bands", bands=" · ".join(told))] if told else []
    if limit is not None:
        lines.append(text("define.within", limit=text.duration(limit)))
    if weights := weights_of(kpi):
        total = sum(weights.values())
        told = [f"{text(f'kpi.{key}.name')} {text.percent(own / total, 0)}" for key, own in weights.items()]
        lines.append(text("define.weights", weights=" · ".join(told)))
    return lines


def status_page(
    known: Mapping[str, Freshness],
    refused: Mapping[str, int],
    now: int,
    zone: str,
    text: Text,
    *,
    read: Collection[str],
) -> tuple[Section, ...]:
    """Return how fresh the data of each helpdesk is, how far back it goes, and what could not be read of it.

    Those that are `read` can be late; what is imported is as fresh as its last file.
    """
    lines = []
    for helpdesk, covered in known.items():
        said = [text("status.helpdesk", helpdesk=helpdesk, freshness=freshness(covered.synced_at, now, zone, text))]
        said += _health(covered, now, zone, text, can_be_late=helpdesk in read)
        said += [text.plural("status.refused", refused[helpdesk])] if refused.get(helpdesk) else []
        lines.append(" · ".join(said))
    return (Section(heading=text("status.heading"), lines=tuple(lines) or (text("status.nothing"),)),)


def _health(known: Freshness, now: int, zone: str, text: Text, *, can_be_late: bool) -> Iterator[str]:
    if can_be_late and known.synced_at is not None and now - known.synced_at > LATE_S:
        yield text("status.late", lag=text.duration(now - known.synced_at))
    if known.history_start is not None:
        yield text("status.history", moment=text.instant(known.history_start, zone))


LATE_S = 3600
"""Data that was read longer ago than this is told to be late."""
