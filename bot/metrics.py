"""What is counted and timed while the bot runs, for Prometheus: by helpdesk, kind and outcome, never by person."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily, Metric

REGISTRY = CollectorRegistry(auto_describe=True)
for _usual in (ProcessCollector, PlatformCollector, GCCollector):
    _usual(registry=REGISTRY)

_SYNCS = Histogram(
    "kpi_bot_sync_seconds",
    "How long syncs took.",
    ["helpdesk", "outcome"],
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
    registry=REGISTRY,
)
_ANSWERS = Histogram(
    "kpi_bot_answer_seconds",
    "From a request of Slack's until the reply to it was sent.",
    ["surface", "outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)
_DELIVERIES = Counter(
    "kpi_bot_deliveries", "Digests and alerts that were to be sent.", ["kind", "outcome"], registry=REGISTRY
)
_ALERT_DELAYS = Histogram(
    "kpi_bot_alert_delay_seconds",
    "From the moment that an alert was due until it was sent.",
    buckets=(5, 10, 15, 30, 60, 120, 300, 900, 3600),
    registry=REGISTRY,
)
_REQUESTS = Counter(
    "kpi_bot_helpdesk_requests",
    "Requests to helpdesks, by class of the answer's status.",
    ["status"],
    registry=REGISTRY,
)

UNANSWERED = "none"


def synced(helpdesk: str, outcome: str, seconds: float) -> None:
    """Count a sync that ended: `done`, `failed`, or `elsewhere` when another process was at it."""
    _SYNCS.labels(helpdesk, outcome).observe(seconds)


def answered(surface: str, outcome: str, seconds: float) -> None:
    """Count a reply to something done on a surface of Slack: `told`, `refused` with a sentence, or `failed`."""
    _ANSWERS.labels(surface, outcome).observe(seconds)


def delivered(kind: str, outcome: str) -> None:
    """Count a message that the bot sends by itself, by its kind (`digest`, `kpi`, `alert`, …) and its outcome."""
    _DELIVERIES.labels(kind, outcome).inc()


def alert_delay(seconds: float) -> None:
    """Record how late an alert was sent, counted from the moment that it was due."""
    _ALERT_DELAYS.observe(seconds)


def helpdesk_asked(status: int | None) -> None:
    """Count a request to a helpdesk by the status of the answer; None when there was none."""
    _REQUESTS.labels(UNANSWERED if status is None else f"{status // 100}xx").inc()


class _DataCollector:
    """Looks at the data when it is asked; what can't be told at that moment is left out."""

    def __init__(
        self, lags: Callable[[], Mapping[str, float]], ages: Callable[[], Mapping[str, float]], used: Callable[[], int]
    ) -> None:
        self._lags, self._ages, self._used = lags, ages, used

    def describe(self) -> Iterable[Metric]:
        """Say what there is without looking."""
        return _data({}, {}, None)

    def collect(self) -> Iterable[Metric]:
        """Look."""
        return _data(self._lags(), self._ages(), self._used())


def _data(lags: Mapping[str, float], ages: Mapping[str, float], used: int | None) -> Iterator[Metric]:
    lag = GaugeMetricFamily(
        "kpi_bot_sync_lag_seconds", "How far what is stored of a helpdesk lies behind.", labels=["helpdesk"]
    )
    age = GaugeMetricFamily(
        "kpi_bot_facts_age_seconds", "How far what this process answers from lies behind.", labels=["helpdesk"]
    )
    for family, values in ((lag, lags), (age, ages)):
        for helpdesk, seconds in values.items():
            family.add_metric([helpdesk], seconds)
        yield family
    memory = GaugeMetricFamily("kpi_bot_memory_facts_bytes", "What the facts take in this process's memory.")
    if used is not None:
        memory.add_metric([], used)
    yield memory


@contextmanager
def watching(
    lags: Callable[[], Mapping[str, float]], ages: Callable[[], Mapping[str, float]], used: Callable[[], int]
) -> Iterator[None]:
    """Tell of the data as well while this lasts, whenever somebody looks.

    Args:
        lags: seconds since the instant up to which each helpdesk was read into the database.
        ages: the same for what this process answers from.
        used: bytes that the facts take in memory.
    """
    collector = _DataCollector(lags, ages, used)
    REGISTRY.register(collector)
    try:
        yield
    finally:
        REGISTRY.unregister(collector)
