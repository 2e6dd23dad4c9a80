"""The kinds of files that can be imported; adding one is adding an entry."""

from datetime import date, datetime

from bot.importing import checks
from bot.importing.columns import Column, Kind, Need, Type
from bot.importing.ticket_kinds import EVENTS, TICKETS
from kpi import schema

_MONDAY, _TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def _at(hour: int, minute: int = 0, second: int = 0, day: date = _MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001  # local, as people write it


_ID = Column(
    name="id",
    type=Type.TEXT,
    french="identifiant",
    also=("identifier", "external id", "uid", "reference", "référence", "n°", "numéro"),
    examples=("1001", "1002"),
    stored="external_id",
)
_TICKET = Column(
    name="ticket",
    type=Type.TEXT,
    french="ticket",
    also=("ticket id", "ticket number", "n° ticket", "numéro de ticket", "case", "case id", "demande", "id ticket"),
    examples=("4711", None),
    stored="ticket_id",
)
_AGENT = Column(
    name="agent",
    type=Type.TEXT,
    french="agent",
    also=("agent id", "agent name", "nom de l’agent", "conseiller", "technicien", "operator", "opérateur", "user"),
    examples=("alice", "chloe"),
)
_TEAM = Column(
    name="team",
    type=Type.TEXT,
    french="équipe",
    also=("group", "groupe", "queue", "file", "service", "department", "département"),
    examples=("support", "billing"),
)
_CUSTOMER = Column(
    name="customer",
    type=Type.TEXT,
    french="client",
    also=("customer id", "requester", "demandeur", "contact", "id client", "account", "compte"),
    examples=("dina", "emil"),
)
_CURRENCY = Column(name="currency", type=Type.TEXT, french="devise", also=("monnaie",), examples=("EUR", "EUR"))


def _moment(name: str, french: str, *also: str, need: Need = Need.NONE, examples: tuple[object, object]) -> Column:
    return Column(name=name, type=Type.MOMENT, french=french, also=also, need=need, examples=examples)


def _when(name: str = "at", french: str = "date", *also: str, need: Need = Need.CELL) -> Column:
    also = ("date", "time", "datetime", "timestamp", "date et heure", "date heure", "horodatage", *also)
    return _moment(name, french, *also, need=need, examples=(_at(9, 30), _at(14, 5, day=_TUESDAY)))


def _amount(*also: str, examples: tuple[float, float]) -> Column:
    return Column(name="amount", type=Type.AMOUNT, french="montant", also=also, need=Need.CELL, examples=examples)


def _count(name: str, french: str, *also: str, examples: tuple[int, int]) -> Column:
    return Column(name=name, type=Type.COUNT, french=french, also=also, examples=examples)


def _duration(name: str, french: str, *also: str, stored: str, examples: tuple[int, int | None]) -> Column:
    return Column(name=name, type=Type.DURATION, french=french, also=also, stored=stored, examples=examples)


def _day(french: str = "jour") -> Column:
    return Column(
        name="day", type=Type.DAY, french=french, also=("date",), need=Need.CELL, examples=(_MONDAY, _TUESDAY)
    )


def _scale(need: Need) -> tuple[Column, Column]:
    lowest = Column(
        name="lowest", type=Type.NUMBER, french="note minimale", also=("min", "minimum"), need=need, examples=(1.0, 1.0)
    )
    highest = Column(
        name="highest",
        type=Type.NUMBER,
        french="note maximale",
        also=("max", "maximum"),
        need=need,
        examples=(5.0, 5.0),
    )
    return lowest, highest


def _people(key: str, table_name: str, name: tuple[str, str]) -> Kind:
    joined = (_at(0, day=date(2025, 3, 17)), _at(0, day=date(2026, 1, 19)))
    return Kind(
        key=key,
        table=schema.metadata.tables[table_name],
        columns=(
            Column(
                name="id",
                type=Type.TEXT,
                french="identifiant",
                also=("identifier", "login", "e-mail", "email", "agent", "client", "customer"),
                need=Need.CELL,
                examples=("alice", "chloe") if key == "agents" else ("dina", "emil"),
                stored="external_id",
            ),
            Column(name="name", type=Type.TEXT, french="nom", also=("full name", "nom complet"), examples=name),
            _moment(
                *("joined_at", "arrivée", "joined", "start date", "since", "date d’entrée", "date d’arrivée", "depuis"),
                examples=joined,
            ),
            _moment(
                *("left_at", "départ", "left", "end date", "churned", "date de sortie", "date de départ"),
                examples=(None, _at(0, day=date(2026, 10, 30))),
            ),
        ),
        covers=("joined_at", "left_at"),
        complete=checks.person,
        lists=True,
    )


CONTACTS = Kind(
    key="contacts",
    table=schema.contacts,
    columns=(
        _ID,
        Column(
            name="channel",
            type=Type.WORD,
            words="channel",
            french="canal",
            also=("media", "média"),
            need=Need.CELL,
            examples=("phone", "chat"),
        ),
        _moment(
            *("queued_at", "arrivée", "queued", "offered at", "start", "début", "date d’appel", "call date", "date"),
            need=Need.CELL,
            examples=(_at(9, 14, 5), _at(14, 2, 30)),
        ),
        Column(
            name="answered_at",
            type=Type.MOMENT,
            french="décroché",
            also=("answered", "answer time", "heure de décroché", "prise en charge"),
            need=Need.HEADER,
            instead="wait",
            examples=(_at(9, 14, 17), None),
        ),
        _moment("ended_at", "fin", "ended", "end", "hung up", "raccroché", examples=(_at(9, 19, 47), _at(14, 4))),
        Column(
            name="direction",
            type=Type.WORD,
            words="direction",
            french="sens",
            also=("type d’appel",),
            examples=("in", "in"),
        ),
        _duration("wait", "attente", "wait time", "queue time", "temps d’attente", stored="wait", examples=(12, None)),
        _duration(
            "talk", "conversation", "talk time", "temps de conversation", "durée", stored="talk_s", examples=(330, None)
        ),
        _duration("hold", "mise en attente", "hold time", "mise en garde", stored="hold_s", examples=(0, None)),
        _duration(
            *("wrap_up", "post-appel", "wrap up time", "after call work", "acw", "traitement post-appel"),
            stored="wrap_up_s",
            examples=(45, None),
        ),
        Column(
            name="abandoned",
            type=Type.FLAG,
            french="abandonné",
            also=("abandon", "lost", "perdu"),
            examples=(False, True),
        ),
        _AGENT,
        _TEAM,
        _CUSTOMER,
        _TICKET,
    ),
    covers=("queued_at", "ended_at"),
    complete=checks.contact,
    defaults={"direction": "in"},
)

WORK = Kind(
    key="work",
    table=schema.work,
    columns=(
        _ID,
        _when(),
        Column(
            name="agent", type=Type.TEXT, french="agent", also=_AGENT.also, need=Need.CELL, examples=_AGENT.examples
        ),
        Column(
            name="duration",
            type=Type.DURATION,
            french="durée",
            also=("time spent", "seconds", "temps passé", "temps"),
            need=Need.CELL,
            examples=(900, 5400),
            stored="seconds",
        ),
        _TICKET,
    ),
    covers=("at",),
)

SHIFTS = Kind(
    key="shifts",
    table=schema.shifts,
    columns=(
        Column(
            name="agent", type=Type.TEXT, french="agent", also=_AGENT.also, need=Need.CELL, examples=_AGENT.examples
        ),
        _moment("started_at", "début", "start", "from", "de", need=Need.CELL, examples=(_at(9), _at(13, 30))),
        _moment("ended_at", "fin", "end", "until", "to", "à", need=Need.CELL, examples=(_at(17), _at(18))),
    ),
    covers=("started_at", "ended_at"),
    complete=checks.shift,
)

REVIEWS = Kind(
    key="reviews",
    table=schema.reviews,
    columns=(
        Column(
            name="id",
            type=Type.TEXT,
            french="identifiant",
            also=_ID.also,
            need=Need.CELL,
            examples=("R1", "R1"),
            stored="external_id",
        ),
        _when(),
        _AGENT,
        _TICKET,
        Column(
            name="criterion",
            type=Type.WORD,
            words="criterion",
            french="critère",
            also=("criteria", "question", "item"),
            need=Need.CELL,
            examples=("communication_quality", "information_accuracy"),
        ),
        Column(name="score", type=Type.NUMBER, french="note", need=Need.HEADER, examples=(4.5, None)),
        *_scale(Need.CELL),
        Column(name="weight", type=Type.NUMBER, french="poids", also=("coefficient",), examples=(2.0, 1.0)),
        Column(name="critical", type=Type.FLAG, french="critique", examples=(False, True)),
        Column(name="error", type=Type.FLAG, french="erreur", examples=(False, False)),
    ),
    covers=("at",),
    complete=checks.review,
    defaults={"weight": 1.0, "critical": 0, "error": 0},
)

SALES = Kind(
    key="sales",
    table=schema.sales,
    columns=(
        _ID,
        _when("at", "date", "sold at", "order date", "date de commande"),
        _CUSTOMER,
        _AGENT,
        _amount("total", "value", "valeur", examples=(1249.5, 89.9)),
        _CURRENCY,
        _TICKET,
    ),
    covers=("at",),
    complete=checks.money,
)

COSTS = Kind(
    key="costs",
    table=schema.costs,
    columns=(
        Column(
            name="month",
            type=Type.MONTH,
            french="mois",
            also=("date", "period", "période"),
            need=Need.CELL,
            examples=(date(2026, 10, 1), date(2026, 10, 1)),
        ),
        Column(
            name="label",
            type=Type.TEXT,
            french="libellé",
            also=("description", "poste"),
            need=Need.CELL,
            examples=("salaries", "telephony"),
        ),
        Column(name="channel", type=Type.WORD, words="channel", french="canal", examples=(None, "phone")),
        _amount("total", "cost", "coût", examples=(31500.0, 840.25)),
        _CURRENCY,
    ),
    covers=("month",),
    complete=checks.money,
)

SELF_SERVICE = Kind(
    key="self-service",
    table=schema.self_service,
    columns=(
        _day(),
        Column(
            name="source", type=Type.TEXT, french="origine", also=("site",), examples=("help centre", "help centre")
        ),
        _count("visits", "visites", "views", "sessions", "vues", examples=(420, 388)),
        _count("solved", "résolues", "deflected", "résolus", examples=(61, 55)),
        _count("helpful", "utiles", "up", "votes positifs", "pouce levé", examples=(34, 29)),
        _count("unhelpful", "inutiles", "down", "votes négatifs", "pouce baissé", examples=(6, 8)),
    ),
    covers=("day",),
    complete=checks.parts_of_visits,
)

SOCIAL = Kind(
    key="social",
    table=schema.social,
    columns=(
        _day(),
        Column(
            name="source",
            type=Type.TEXT,
            french="origine",
            also=("network", "réseau"),
            examples=("mastodon", "mastodon"),
        ),
        _count("received", "reçus", "messages", "mentions", examples=(40, 35)),
        _count("answered_24h", "répondus sous 24 h", "answered within 24 h", "répondus", examples=(31, 30)),
        _count("interactions", "interactions", "engagements", examples=(260, 198)),
        _count("impressions", "impressions", "reach", "portée", examples=(12400, 9870)),
    ),
    covers=("day",),
    complete=checks.parts_of_social,
)

TRAININGS = Kind(
    key="trainings",
    table=schema.trainings,
    columns=(
        Column(
            name="agent", type=Type.TEXT, french="agent", also=_AGENT.also, need=Need.CELL, examples=_AGENT.examples
        ),
        Column(
            name="topic",
            type=Type.TEXT,
            french="sujet",
            also=("course", "training", "formation", "thème"),
            need=Need.CELL,
            examples=("returns", "returns"),
        ),
        _day(),
    ),
    covers=("day",),
)

RATINGS = Kind(
    key="ratings",
    table=schema.ratings,
    columns=(
        _ID,
        _when("at", "date", "rated at", "answered at", "date de réponse", need=Need.NONE),
        Column(
            name="survey",
            type=Type.WORD,
            words="survey",
            french="enquête",
            also=("type", "sondage"),
            examples=("csat", "nps"),
        ),
        Column(
            name="score",
            type=Type.NUMBER,
            french="note",
            also=("rating", "value", "évaluation"),
            need=Need.HEADER,
            examples=(4.0, 9.0),
        ),
        Column(name="lowest", type=Type.NUMBER, french="note minimale", also=("min", "minimum"), examples=(1.0, 0.0)),
        Column(name="highest", type=Type.NUMBER, french="note maximale", also=("max", "maximum"), examples=(5.0, 10.0)),
        _CUSTOMER,
        _AGENT,
        _moment("sent_at", "envoyée le", "sent", "date d’envoi", examples=(_at(9), _at(9, day=_TUESDAY))),
        _TICKET,
    ),
    covers=("at", "sent_at"),
    complete=checks.rating,
    defaults={"survey": "csat"},
)

KINDS = {
    kind.key: kind
    for kind in (
        CONTACTS,
        WORK,
        SHIFTS,
        REVIEWS,
        SALES,
        COSTS,
        SELF_SERVICE,
        SOCIAL,
        TRAININGS,
        RATINGS,
        _people("agents", "agents", ("Alice Martin", "Chloé Dubois")),
        _people("customers", "customers", ("Dina Roux", "Emil Novak")),
        EVENTS,
        TICKETS,
    )
}
"""By their name on the command line."""
