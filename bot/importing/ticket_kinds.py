"""Histories of tickets: `events` has a row for each thing that happened, `tickets` one row a ticket with its dates."""

from dataclasses import replace
from datetime import datetime

from bot.importing import checks
from bot.importing.columns import Column, Kind, Need, Type, Values
from kpi.errors import FileError
from kpi.events import ENDED, UNSOLVED


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001  # local, as people write it


def _text(name: str, french: str, *also: str, examples: tuple[object, object] = (None, None)) -> Column:
    return Column(name=name, type=Type.TEXT, french=french, also=also, examples=examples)


def _moment(name: str, french: str, *also: str, examples: tuple[object, object] = (None, None)) -> Column:
    return Column(name=name, type=Type.MOMENT, french=french, also=also, examples=examples)


_TICKET = Column(
    name="ticket",
    type=Type.TEXT,
    french="ticket",
    also=(
        *("ticket id", "ticket number", "n° ticket", "numéro de ticket", "id ticket", "case", "case id", "case number"),
        *("reference", "référence", "demande"),
    ),
    need=Need.CELL,
    examples=("4711", "4711"),
)

CHANGING = (
    Column(
        name="status", type=Type.WORD, words="status", french="statut", also=("state", "état", "etat"),
        examples=(None, "solved"),
    ),
    _text("team", "équipe", "group", "groupe", "queue", "file", "service", "department", "département",
          examples=("support", "support")),
    _text("agent", "agent", "assignee", "assigned to", "owner", "attribué à", "assigné à", "technicien", "conseiller",
          examples=(None, "alice")),
    _text("priority", "priorité", "urgency", "urgence", examples=("high", "high")),
    _text("level", "niveau", "service level", "niveau de service", "sla"),
    _text("type", "type", "reason", "motif", "category", "catégorie", "raison", examples=("question", "question")),
)  # fmt: skip
"""What makes history when it differs from the row before."""

_ABOUT = (
    Column(
        name="channel",
        type=Type.WORD,
        words="channel",
        french="canal",
        also=("source", "via"),
        examples=("email", "email"),
    ),
    _text(
        "customer", "client", "requester", "demandeur", "customer id", "id client", "contact", examples=("dina", "dina")
    ),
    Column(
        name="tags", type=Type.TAGS, french="étiquettes", also=("labels", "mots-clés"), examples=("vip, returns", "vip")
    ),
    _text("brand", "marque"),
    _text("language", "langue"),
    Column(name="opened_by_agent", type=Type.FLAG, french="ouvert par un agent", also=("created by agent",)),
    _text("merged_into", "fusionné avec", "merged with"),
    _text("subject", "objet", "title", "titre", "sujet"),
    _text("url", "lien", "link"),
)

ABOUT = tuple(column.name for column in _ABOUT)
"""What a ticket has without a history."""


ENDS = ("first_solved_at", "solved_at", "closed_at")
DATES = ("first_replied_at", "first_solved_at", "reopened_at", "solved_at", "closed_at")
"""What `tickets` tells of a ticket's life."""

EVENTS = Kind(
    key="events",
    table=None,
    columns=(
        _TICKET,
        Column(
            name="at",
            type=Type.MOMENT,
            french="date",
            also=("time", "datetime", "timestamp", "date et heure", "horodatage", "complete timestamp"),
            need=Need.CELL,
            examples=(_at(23, 9, 14), _at(24, 11, 2)),
        ),
        _text("event", "événement", "activity", "activité", "action", "evenement", examples=("message", "status")),
        _text("value", "valeur", "new value", "new", "nouvelle valeur", examples=(None, "solved")),
        _text("author", "auteur", "actor", "resource", "by", "par", "user", "utilisateur", examples=("dina", "alice")),
        Column(
            name="role",
            type=Type.WORD,
            words="role",
            french="rôle",
            also=("author role", "author type"),
            examples=("customer", "agent"),
        ),
        Column(name="public", type=Type.FLAG, french="public", also=("is public", "visible"), examples=(True, None)),
        Column(name="automatic", type=Type.FLAG, french="automatique", also=("auto",)),
        Column(name="length", type=Type.COUNT, french="longueur", also=("characters", "caractères")),
        _text("id", "identifiant de l’événement", "event id", "id événement"),
        _moment("created_at", "créé le", "created", "creation date", "date de création"),
        *CHANGING,
        *_ABOUT,
    ),
    covers=("at",),
)


def _ticket(values: Values) -> Values:
    """A ticket's dates follow each other and lead to its status; a rating has a date and is on its scale."""
    for name in (*DATES, "rated_at"):
        checks.in_order(values, "created_at", name)
    checks.in_order(values, "first_solved_at", "solved_at")
    ends = max((values[name] for name in ENDS if values.get(name) is not None), default=None)
    reopened = values.get("reopened_at")
    ended = ends is not None and (reopened is None or reopened < ends)
    status = values.get("status")
    if status in ENDED and not ended:
        raise FileError("row_needs_other", column="status", other="solved_at")
    if status in UNSOLVED and ended:
        raise FileError("row_status_contradicts", status=status)
    if values.get("rating") is not None:
        if values.get("rated_at") is None:
            raise FileError("row_needs_other", column="rating", other="rated_at")
        checks.on_scale({name: values.get(name) for name in ("lowest", "highest")} | {"score": values["rating"]}, None)
    return values


TICKETS = Kind(
    key="tickets",
    table=None,
    columns=(
        Column(
            name="ticket",
            type=Type.TEXT,
            french="ticket",
            also=(*_TICKET.also, "id", "number", "numéro", "n°", "identifiant"),
            need=Need.CELL,
            examples=("4711", "4712"),
        ),
        Column(
            name="created_at",
            type=Type.MOMENT,
            french="créé le",
            also=("created", "creation date", "date de création", "opened", "ouvert le", "date d’ouverture"),
            need=Need.CELL,
            examples=(_at(23, 9, 14), _at(24, 8, 40)),
        ),
        _moment("first_replied_at", "première réponse", "first reply", "first response", "date de première réponse",
                "première réponse le", examples=(_at(23, 9, 52), None)),
        _moment("first_solved_at", "première résolution", "first resolution", "first solved"),
        _moment("solved_at", "résolu le", "solved", "resolved", "date de résolution", "resolution date", "resolved at",
                examples=(_at(23, 16, 5), None)),
        _moment("reopened_at", "rouvert le", "reopened", "date de réouverture"),
        _moment("closed_at", "fermé le", "closed", "clos le", "date de fermeture", "date de clôture", "clôturé le"),
        replace(CHANGING[0], examples=("solved", "open")),
        *CHANGING[1:],
        *_ABOUT,
        Column(name="rating", type=Type.NUMBER, french="note", also=("csat", "satisfaction", "score")),
        _moment("rated_at", "noté le", "rating date", "date de la note"),
        Column(name="lowest", type=Type.NUMBER, french="note minimale", also=("min",)),
        Column(name="highest", type=Type.NUMBER, french="note maximale", also=("max",)),
    ),
    covers=("created_at", *DATES, "rated_at"),
    complete=_ticket,
)  # fmt: skip
