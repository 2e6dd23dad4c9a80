"""The moments in a ticket's life that place it in a period."""

from kpi.catalogue.definition import Anchor

HOUR_S = 3600
DAY_S = 86_400

CREATED = Anchor(instant="created_at", prefix="created_")
FIRST_SOLVED = Anchor(instant="first_solved_at", prefix="first_solved_")
SOLVED = Anchor(instant="last_solved_at", prefix="solved_")
RATED = Anchor(instant="rated_at", prefix="rated_")
