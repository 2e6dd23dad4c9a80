"""What desks have decided about their KPIs: as the slow reading takes it, and made once as the settings make it."""

from cast import DAY, HOUR
from slow.reading import Desk

from kpi.catalogue import CATALOGUE
from kpi.configuration import Configuration, changed, limited
from kpi.targets import Targets


def configuration_of(desk: Desk) -> Configuration:
    kpis = {key: limited(CATALOGUE[key], edges, desk.within) for key, edges in desk.edges.items()}
    return Configuration(targets=Targets(general=desk.targets), kpis=changed(kpis))


DESKS = [
    (desk, configuration_of(desk))
    for desk in (
        Desk(),
        Desk(targets={"frt_sla": 0.9, "resolution_time": 2 * HOUR, "backlog_age": 3 * DAY}),
        Desk(
            edges={"response_bands": (7, HOUR // 2, 26 * HOUR), "backlog_age": (6 * HOUR, 10 * DAY)}, within=26 * HOUR
        ),
        Desk(edges={"response_bands": (2 * HOUR,)}, within=2 * HOUR, targets={"backlog_age": DAY}),
    )
]
