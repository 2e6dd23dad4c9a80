"""The story of the demo helpdesk, as data: Maison Véga sells lamps online, from Lyon.

Days are counted from the Monday the story starts on, 65 weeks before the week it was first read in.
"""

from dataclasses import dataclass

from kpi.hours import Schedule, Week

ZONE = "Europe/Paris"
WEEKS = 65
HOUR, DAY = 3600, 86_400

OFFICE = Schedule(key="office", zone=ZONE, country="FR", weeks=(Week(days=(((9 * HOUR, 18 * HOUR),),) * 5 + ((), ())),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """An agent: `pace` multiplies how long replies take, `care` moves ratings; there from `joins` until `leaves`."""

    key: str
    name: str
    team: str
    pace: float = 1.0
    care: float = 0.0
    joins: int = 0
    leaves: int | None = None

    def works(self, day: int) -> bool:
        """Tell whether they are there on that day of the story."""
        return self.joins <= day and (self.leaves is None or day < self.leaves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A type of ticket: its share of the volume, its team, how often one reply settles it, and subjects (fr, en)."""

    key: str
    share: float
    team: str
    settled: float
    subjects: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Days `[start, start + days)` on which a topic comes `volume` times as often and replies take `delay` times."""

    key: str
    start: int
    days: int
    topic: str
    volume: float
    delay: float

    def covers(self, day: int) -> bool:
        """Tell whether that day of the story belongs to it."""
        return self.start <= day < self.start + self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way to write in: its share, its median first reply relative to e-mail, and whether only in office hours."""

    key: str
    share: float
    speed: float
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """An urgency: its share and the median of a first reply, in business seconds."""

    key: str
    share: float
    reply_s: int


TEAMS = {"orders": "Orders", "billing": "Billing", "technical": "Technical", "returns": "Returns"}

# The week the Returns team takes the returns over from Orders: with people of its own, and faster.
RETURNS_FROM = 39 * 7
RETURNS_PACE = 0.6

COLLEAGUES = (
    Colleague(key="alice", name="Alice Martin", team="orders", pace=0.8, care=0.3),
    Colleague(key="bob", name="Bob Keller", team="orders", pace=1.0, care=0.1),
    Colleague(key="emma", name="Emma Rousseau", team="orders", pace=1.2, leaves=30 * 7),
    Colleague(key="hugo", name="Hugo Lefèvre", team="orders", pace=1.1, joins=32 * 7),
    Colleague(key="chloe", name="Chloé Dubois", team="billing", pace=0.9, care=0.2),
    Colleague(key="liam", name="Liam O'Connor", team="billing", pace=1.3, care=-0.3),
    Colleague(key="ines", name="Inès Moreau", team="technical", pace=0.9, care=0.3),
    Colleague(key="jonas", name="Jonas Weber", team="technical", pace=1.2, leaves=48 * 7),
    Colleague(key="maya", name="Maya Patel", team="technical", pace=1.0, care=0.1, joins=50 * 7),
    Colleague(key="noe", name="Noé Garnier", team="returns", pace=0.9, care=0.2, joins=RETURNS_FROM),
    Colleague(key="zoe", name="Zoé Laurent", team="returns", pace=1.0, care=0.2, joins=RETURNS_FROM),
)

TOPICS = (
    Topic(
        key="order",
        share=0.24,
        team="orders",
        settled=0.78,
        subjects=("Modifier ma commande", "Change my order"),
    ),
    Topic(
        key="delivery",
        share=0.26,
        team="orders",
        settled=0.72,
        subjects=("Où est mon colis ?", "Where is my parcel?"),
    ),
    Topic(
        key="return",
        share=0.16,
        team="orders",
        settled=0.66,
        subjects=("Retourner un article", "Return an item"),
    ),
    Topic(
        key="billing",
        share=0.14,
        team="billing",
        settled=0.74,
        subjects=("Facture incorrecte", "Wrong invoice"),
    ),
    Topic(
        key="technical",
        share=0.15,
        team="technical",
        settled=0.52,
        subjects=("La lampe clignote", "The lamp flickers"),
    ),
    Topic(
        key="account",
        share=0.05,
        team="billing",
        settled=0.86,
        subjects=("Mot de passe oublié", "Forgotten password"),
    ),
)

EPISODES = (
    Episode(key="battery recall", start=28 * 7, days=10, topic="technical", volume=3.5, delay=1.8),
    Episode(key="payment outage", start=45 * 7 + 1, days=3, topic="billing", volume=7.0, delay=2.5),
    Episode(key="carrier strike", start=59 * 7, days=7, topic="delivery", volume=6.0, delay=4.5),
)

CHANNELS = (
    Channel(key="email", share=0.52, speed=1.0),
    Channel(key="web", share=0.22, speed=0.9),
    Channel(key="chat", share=0.15, speed=0.04, live=True),
    Channel(key="phone", share=0.11, speed=0.0, live=True),
)

PRIORITIES = (
    Priority(key="low", share=0.18, reply_s=190 * 60),
    Priority(key="normal", share=0.60, reply_s=100 * 60),
    Priority(key="high", share=0.17, reply_s=48 * 60),
    Priority(key="urgent", share=0.05, reply_s=22 * 60),
)

# Tickets on an ordinary day, Monday first; months relative to that; hours of the day by weight.
WEEKDAYS = (13.0, 11.5, 11.0, 10.5, 10.0, 3.5, 2.5)
MONTHS = (1.12, 0.9, 0.92, 0.88, 0.85, 0.9, 0.82, 0.72, 0.95, 1.0, 1.4, 1.65)
HOURS = (1, 1, 0, 0, 0, 1, 2, 4, 8, 12, 13, 12, 9, 9, 11, 11, 10, 9, 7, 6, 6, 6, 4, 2)
HOLIDAY = 0.3

SUMMER = 8
SUMMER_DELAY = 1.5
"""In August half the team is away."""

FIRST_NAMES = {
    "fr": ("Dina", "Camille", "Louis", "Manon", "Yanis", "Léa", "Gabriel", "Sarah", "Théo", "Nadia", "Paul", "Aïcha"),
    "en": ("Grace", "Oliver", "Amelia", "Harry", "Isla", "George", "Freya", "Arthur", "Ruby", "Oscar", "Ellie", "Finn"),
}
LAST_NAMES = {
    "fr": ("Bernard", "Petit", "Durand", "Leroy", "Fournier", "Girard", "Bonnet", "Lambert", "Mercier", "Blanc"),
    "en": ("Smith", "Jones", "Taylor", "Brown", "Evans", "Walker", "Hughes", "Green", "Baker", "Murphy"),
}
FRENCH = 0.65
PRO = 0.15
"""The part of customers that are companies, served under the brand `vega-pro`."""
