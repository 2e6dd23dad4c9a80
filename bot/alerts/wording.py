"""SLA alerts in the words that make them: `sla team:billing lead 60m,15m escalate 20m @leads quiet 20:00-08:00`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.access import Viewer
from bot.asking import Asker
from bot.recurrence import clock, known_zone
from bot.subscriptions import USUAL_LEADS_S, Quiet, SlaWanted
from bot.text import Text
from kpi.errors import QuestionError
from kpi.language.lexicon import lexicon
from kpi.language.tokens import plain
from kpi.language.writer import filter_words
from kpi.policies import Metric

MINUTE_S = 60
LONGEST_S = 7 * 86_400

OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "lead": {"en": ("lead", "leads", "before"), "fr": ("avant", "délai", "delai")},
    "escalate": {"en": ("escalate",), "fr": ("escalader", "escalade")},
    "quiet": {"en": ("quiet",), "fr": ("silence", "calme")},
}
"""What stands before a value, in each language; the first is what is written back."""

METRICS: Mapping[Metric, Mapping[str, tuple[str, ...]]] = {
    Metric.FIRST_REPLY: {"en": ("first reply", "first response"), "fr": ("premiere reponse",)},
    Metric.NEXT_REPLY: {"en": ("next reply", "replies"), "fr": ("reponse suivante", "reponses")},
    Metric.RESOLUTION: {"en": ("resolution", "resolutions"), "fr": ("resolution",)},
}
"""What the promises are called, without accents."""

UNSHOUTED = {"en": ("no broadcast",), "fr": ("sans diffusion",)}
"""A breach is told in the thread alone."""

_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "j": 86_400}
_DURATION = re.compile(r"(\d{1,4})\s*(minutes?|min|m|heures?|hours?|h|jours?|days?|d|j)", re.IGNORECASE)
_LIST = rf"{_DURATION.pattern}(?:\s*,\s*{_DURATION.pattern})*"
_TIMES = re.compile(r"(\d{1,2})(?:[:h](\d{2})?)?\s*[-–]\s*(\d{1,2})(?:[:h](\d{2})?)?", re.IGNORECASE)
_GROUP = re.compile(r"<!subteam\^([A-Z0-9_]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9_]+)(?:\|[^>]*)?>")
_ZONE = re.compile(r"(?<!\S)(?:zone|timezone|tz|fuseau):(\S+)", re.IGNORECASE)


def read_sla(words: str, asker: Asker, now: int, text: Text, *, zone: str, viewer: Viewer | None = None) -> SlaWanted:
    """Return what the words after `alerts on sla` want; `zone` is where times are meant unless they say otherwise.

    Raises:
        QuestionError: `alert_lead`, `alert_quiet`, `alert_escalation` for an option that isn't understood,
            `unknown_zone`, `alert_words` for what is no filter, and as `understand`.
    """
    rest = f" {words.strip()} "
    rest, named = _taken(rest, _ZONE)
    rest, leads = _option(rest, "lead", _LIST)
    rest, quiet = _option(rest, "quiet", _TIMES.pattern)
    rest, escalation = _option(rest, "escalate", rf"{_DURATION.pattern}\s*(?:{_GROUP.pattern}|{_CHANNEL.pattern})")
    rest, unshouted = _phrase(rest, _both(UNSHOUTED))
    metrics = []
    for metric, phrases in METRICS.items():
        rest, said = _phrase(rest, _both(phrases))
        metrics += [metric.value] if said else []
    made = SlaWanted(
        zone=known_zone(named[1]) if named else zone,
        metrics=tuple(metrics),
        leads_s=lead_times_s(leads) if leads else USUAL_LEADS_S,
        quiet=quiet_hours(quiet) if quiet else None,
        broadcast=not unshouted,
    )
    if escalation:
        made = replace(made, escalate_after_s=_durations(escalation)[0], escalate_to=_recipient(escalation))
    if not rest.strip():
        return made
    question = asker.understand(f"frt_sla {rest}", now, text.language, viewer=viewer)
    if question.by or question.per or question.versus:
        raise QuestionError("alert_words", words=rest.strip())
    return replace(made, filters=question.filters)


def sla_words(wanted: SlaWanted, text: Text, values: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Return the words after `/kpi alerts on` that make these alerts."""
    options = {name: names[text.language][0] for name, names in OPTIONS.items()}
    said = ["sla", *(METRICS[Metric(metric)][text.language][0] for metric in wanted.metrics)]
    said.append(f"{options['lead']} {durations_written(wanted.leads_s)}")
    if wanted.escalate_after_s is not None and wanted.escalate_to is not None:
        to = wanted.escalate_to
        who = f"<!subteam^{to}>" if to.startswith("S") else f"<#{to}>"
        said.append(f"{options['escalate']} {durations_written([wanted.escalate_after_s])} {who}")
    if wanted.quiet is not None:
        said.append(f"{options['quiet']} {clock(wanted.quiet.start)}-{clock(wanted.quiet.end)}")
    said += [] if wanted.broadcast else [UNSHOUTED[text.language][0]]
    spoken = lexicon(text.language)
    said += [filter_words(chosen, spoken, (values or {}).get(chosen.dimension, {})) for chosen in wanted.filters]
    return " ".join((*said, f"zone:{wanted.zone}"))


def duration_s(words: str) -> int:
    """Return a duration such as `2h` or `30 min` in seconds; raises QuestionError `alert_lead`."""
    found = _DURATION.fullmatch(words.strip())
    if found is None:
        raise QuestionError("alert_lead", words=words)
    return _durations(words)[0]


def _taken(words: str, pattern: re.Pattern[str]) -> tuple[str, re.Match[str] | None]:
    """Return words without what a pattern finds in them, and that."""
    found = pattern.search(words)
    return (words, None) if found is None else (f"{words[: found.start()]} {words[found.end() :]}", found)


def _option(words: str, name: str, value: str) -> tuple[str, str | None]:
    """Return words without an option, and its value; raises QuestionError when it has none that fits."""
    asked = re.search(rf"(?<!\S)(?:{'|'.join(_both(OPTIONS[name]))})[\s:]+", words, re.IGNORECASE)
    if asked is None:
        return words, None
    found = re.match(value, words[asked.end() :], re.IGNORECASE)
    if found is None:
        raise QuestionError(f"alert_{_ERRORS[name]}", words=words[asked.start() :].strip())
    return f"{words[: asked.start()]} {words[asked.end() + found.end() :]}", found[0]


_ERRORS = {"lead": "lead", "quiet": "quiet", "escalate": "escalation"}


def _both(words: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return what is said in either language, longer words first."""
    return sorted((word for those in words.values() for word in those), key=len, reverse=True)


def _phrase(words: str, phrases: Sequence[str]) -> tuple[str, bool]:
    """Return words without one of some phrases, and whether it was said."""
    said = words.split()
    for phrase in phrases:
        wanted = phrase.split()
        for place in range(len(said) - len(wanted) + 1):
            if [plain(word) for word in said[place : place + len(wanted)]] == wanted:
                return " ".join([*said[:place], *said[place + len(wanted) :]]), True
    return words, False


def _durations(words: str) -> list[int]:
    return [int(amount) * _SECONDS[unit[0].lower()] for amount, unit in _DURATION.findall(words)]


def lead_times_s(words: str) -> tuple[int, ...]:
    """Return lead times such as `60m,15m` in seconds, longest first; raises QuestionError `alert_lead`."""
    if re.fullmatch(_LIST, words.strip(), re.IGNORECASE) is None:
        raise QuestionError("alert_lead", words=words)
    leads = sorted(set(_durations(words)), reverse=True)
    if not all(MINUTE_S <= lead <= LONGEST_S for lead in leads):
        raise QuestionError("alert_lead", words=words)
    return tuple(leads)


def quiet_hours(words: str) -> Quiet:
    """Return hours such as `20:00-8h`; raises QuestionError `alert_quiet`."""
    hours = _TIMES.fullmatch(words.strip())
    if hours is None:
        raise QuestionError("alert_quiet", words=words)
    start, end = (int(hours[place]) * 60 + int(hours[place + 1] or 0) for place in (1, 3))
    if max(start, end) > 1440 or start == end or any(int(hours[place] or 0) > 59 for place in (2, 4)):  # noqa: PLR2004
        raise QuestionError("alert_quiet", words=words)
    return Quiet(start=start % 1440, end=end % 1440)


def _recipient(words: str) -> str:
    found = _GROUP.search(words) or _CHANNEL.search(words)
    if found is None:
        raise QuestionError("alert_escalation", words=words)
    return found[1]


def durations_written(durations_s: Sequence[int]) -> str:
    """Return durations as they are typed: `60m,15m`."""
    return ",".join(f"{each // 3600}h" if each % 3600 == 0 else f"{each // 60}m" for each in durations_s)
