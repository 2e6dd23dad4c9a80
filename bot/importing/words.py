"""Words in cells and headers, in English and in French, and what they mean."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from kpi.errors import FileError, suggest

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "flag": {
        "1": ("yes", "oui", "true", "vrai", "y", "o", "x", "✓"),
        "0": ("no", "non", "false", "faux", "n"),
    },
    "status": {
        "new": ("new", "nouveau", "nouvelle"),
        "open": ("open", "ouvert", "ouverte", "reopened", "rouvert", "in progress", "en cours", "assigned", "assigné"),
        "pending": ("pending", "en attente", "waiting", "waiting for customer", "attente client", "en attente client"),
        "hold": ("hold", "suspendu", "on hold", "en pause", "attente tiers"),
        "solved": ("solved", "résolu", "résolue", "resolved", "traité", "done", "terminé"),
        "closed": ("closed", "fermé", "fermée", "clos", "close", "clôturé", "clôturée"),
        "deleted": ("deleted", "supprimé", "supprimée"),
        "spam": ("spam", "indésirable"),
        "merged": ("merged", "fusionné", "fusionnée"),
    },
    "role": {
        "agent": ("agent", "agent", "support", "staff", "technicien", "conseiller"),
        "customer": ("customer", "client", "cliente", "requester", "demandeur", "end user", "utilisateur", "contact"),
        "bot": ("bot", "robot", "chatbot"),
        "system": ("system", "système", "automation", "automatisation", "trigger", "rule", "règle"),
    },
    "direction": {
        "in": ("in", "entrant", "inbound", "incoming", "entrante"),
        "out": ("out", "sortant", "outbound", "outgoing", "sortante"),
    },
    "survey": {
        "csat": ("csat", "satisfaction"),
        "nps": ("nps", "recommandation", "recommendation"),
        "ces": ("ces", "effort"),
        "wait": ("wait", "attente", "waiting time", "temps d’attente"),
        "self_service": ("self-service", "libre-service", "article", "articles"),
        "perceived": ("perceived", "perçue", "agent-perceived", "satisfaction perçue"),
        "agent": ("agent", "agents", "agent satisfaction", "satisfaction des agents"),
    },
    "channel": {
        "email": ("email", "e-mail", "courriel", "mail", "mél"),
        "phone": ("phone", "téléphone", "call", "appel", "telephone", "voice", "voix", "tel"),
        "chat": ("chat", "tchat", "live chat", "messagerie instantanée"),
        "web": ("web", "formulaire", "form", "portal", "portail", "web form"),
        "social": ("social", "réseaux sociaux", "social media"),
    },
    "criterion": {
        "communication_quality": ("communication quality", "qualité de la communication", "communication"),
        "information_accuracy": ("information accuracy", "exactitude des informations", "accuracy", "exactitude"),
        "flexibility": ("flexibility", "flexibilité", "souplesse"),
    },
    "event": {
        "created": ("created", "créé", "creation", "création", "opened", "ouverture"),
        "message": ("message", "message", "reply", "réponse", "comment", "commentaire"),
        "note": ("note", "note interne", "internal note", "private note"),
        "status": ("status", "statut", "état", "state"),
        "team": ("team", "équipe", "group", "groupe"),
        "agent": ("agent", "agent", "assignee", "assigned", "attribution", "assignation"),
        "priority": ("priority", "priorité"),
        "level": ("level", "niveau"),
        "type": ("type", "type", "reason", "motif"),
    },
}
"""By table and meaning, the words for it: the first is English, the second French, then others."""

OPEN = frozenset({"channel", "criterion"})
"""Tables of which other words are kept as they are."""

EMPTY = frozenset({"", "null", "(null)", "\\n", "none", "nan", "n/a", "na", "#n/a", "-", "–", "—", "s.o.", "so", "nc"})
"""What a cell holds where there is nothing; in a column of free text only the first three count."""
EMPTY_TEXT = frozenset({"", "null", "(null)", "\\n"})


@lru_cache(maxsize=65_536)
def same(text: str) -> str:
    """Return a text without case, accents, spaces and signs: what is equal then is the same word."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in plain if letter.isalnum() or letter == "✓")
    return kept or plain.strip()


@lru_cache(maxsize=1024)
def _known(table: str) -> Mapping[str, str]:
    found = {same(word): meaning for meaning, words in WORDS[table].items() for word in words}
    return found | {same(meaning): meaning for meaning in WORDS[table]}


def meaning(table: str, word: str) -> str:
    """Return what a word means; raises FileError `cell_not_a_choice` for one that isn't known."""
    known = _known(table)
    found = known.get(same(word))
    if found is not None:
        return found
    if table in OPEN:
        return word
    raise FileError(
        "cell_not_a_choice", cell=word, choices=Choices(table), suggestions=suggest(word, WORDS[table], limit=1)
    )


class Choices(list[str]):
    """The meanings of a table, to be told in any language."""

    def __init__(self, table: str) -> None:
        super().__init__(WORDS[table])
        self._table = table

    def written(self, language: str) -> list[str]:
        """Return their words in a language."""
        return [written(self._table, meaning, language) for meaning in self]


def written(table: str, value: str, language: str) -> str:
    """Return the word of a meaning in a language."""
    words = WORDS[table].get(value)
    return value if words is None else words[1 if language == "fr" else 0]
