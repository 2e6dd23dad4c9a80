"""What happened, as lists of plain rows, and the rows that KPIs are told to count."""

from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from reference import Told, next_contact, previous_contact

from kpi.events import UNSOLVED, Contact, History
from kpi.policies import Rulebook

Row = dict[str, Any]

WEEK_S = 7 * 86_400
SHARED = ("helpdesk", "left_out", "opened_by_agent", "channel", "type", "brand", "status", "customer", "tags")
WHOSE = ("team", "agent", "priority")
TOLD_BY = {"first_reply": "first_replies", "next_reply": "messages", "resolution": "tickets"}
"""What tells that a promise was kept: without it nothing is promised."""


@dataclass(repr=False)
class World:
    """Helpdesks with their rules and histories, and what happened beside tickets: rows as the tables hold them.

    `beside` holds by table what belongs to no ticket, and reviews and sales, whose `ticket` is its external id or None.
    `read` are the helpdesks that are read; rows of others are there still and don't count. Those in `briefly` tell no
    whole conversations, only the first reply to each ticket.
    """

    desks: dict[str, tuple[Rulebook, list[History]]]
    beside: dict[str, list[Row]]
    read: tuple[str, ...]
    briefly: frozenset[str] = frozenset()
    ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"World of {', '.join(f'{len(told)} tickets at {desk}' for desk, (_, told) in self.desks.items())}"

    def _repr_pretty_(self, printer, _cycle: object) -> None:
        """Print no more when a failure is told: every event of a world is too much."""
        printer.text(repr(self))

    def counts(self, row: Row) -> bool:
        return row.get("helpdesk") is None or row["helpdesk"] in self.read

    def tells(self, desk: str, need: str) -> bool:
        """Tell whether a helpdesk tells what a KPI needs to know of conversations."""
        if need not in ("messages", "first_replies"):
            return True
        any_told = any(history.messages for history in self.desks[desk][1])
        return any_told and not (need == "messages" and desk in self.briefly)

    @cached_property
    def told(self) -> dict[tuple[str, str], Told]:
        return {
            (desk, history.ticket.external_id): Told(history, rules)
            for desk, (rules, histories) in self.desks.items()
            for history in histories
        }

    # --- Tickets ---

    @cached_property
    def tickets(self) -> dict[tuple[str, str], Row]:
        found = {}
        for (desk, name), told in self.told.items():
            others = [other for (owner, _), other in self.told.items() if owner == desk]
            solves = told.solves()
            found[desk, name] = told.ticket_row() | {
                "helpdesk": desk,
                "ticket": name,
                "id": self.ids[desk, name],
                "channel": told.ticket.channel,
                "brand": told.ticket.brand,
                "tags": told.ticket.tags,
                "next_contact_at": next_contact(told, others),
                "previous_contact_at": previous_contact(told, others),
                "solved_in_contact": bool(solves) and any(_went_on(c, solves[-1].at) for c in told.history.contacts),
            }
        return found

    def _of_tickets(self, rows: str) -> list[Row]:
        found = []
        for key, told in self.told.items():
            shared = {name: self.tickets[key][name] for name in (*SHARED, "created_at")}
            found += [row | shared for row in getattr(told, rows)()]
        return found

    @cached_property
    def turns(self) -> list[Row]:
        return self._of_tickets("turn_rows")

    @cached_property
    def clocks(self) -> list[Row]:
        return [row for row in self._of_tickets("clock_rows") if self.tells(row["helpdesk"], TOLD_BY[row["metric"]])]

    @cached_property
    def solves(self) -> list[Row]:
        return self._of_tickets("solve_rows")

    def open_at(self, instant: int) -> list[Row]:
        """Return the tickets that were open just before an instant, as they were then."""
        found = []
        for key, told in self.told.items():
            state = told.state(instant)
            if state is not None and state["status"] in UNSOLVED:
                waiting = told.waiting_since(instant)
                then = {name: state[name] for name in (*WHOSE, "status")}
                found.append(self.tickets[key] | then | {"waiting_since": waiting})
        return found

    def overdue_at(self, instant: int) -> list[Row]:
        """Return the clocks that ran and were late just before an instant, with whose the ticket was then."""
        found = []
        for key, told in self.told.items():
            shared = {name: self.tickets[key][name] for name in SHARED}
            running = [row for row in told.overdue(instant) if self.tells(key[0], TOLD_BY[row["metric"]])]
            found += [row | shared for row in running]
        return found

    # --- What happened beside tickets ---

    def ticket_of(self, row: Row) -> Row:
        """Return the ticket that something belongs to; nothing is known of none."""
        nothing = dict.fromkeys((*SHARED, "id", "solved_team", "solved_agent", "solved_priority", "created_priority"))
        nothing |= {"opened_by_agent": 0, "tags": ()}
        return self.tickets[row["helpdesk"], row["ticket"]] if row.get("ticket") is not None else nothing

    def _events(self, name: str) -> list[Row]:
        found = [dict(row, ticket=None) for row in self.beside.get(name, [])]
        for (desk, ticket), told in self.told.items():
            found += [{**asdict(e), "helpdesk": desk, "ticket": ticket} for e in getattr(told.history, name)]
        return found

    def _with_ticket(self, row: Row, **own: object) -> Row:
        ticket = self.ticket_of(row)
        return row | {name: ticket[name] for name in SHARED} | {"helpdesk": row["helpdesk"]} | own

    @cached_property
    def ratings(self) -> list[Row]:
        found = []
        for row in self._events("ratings"):
            customer, whose = row["customer"] or self.ticket_of(row)["customer"], self._whose_when_rated(row)
            found.append(self._with_ticket(row, customer=customer, **whose | {"agent": row["agent"] or whose["agent"]}))
        return found

    def _whose_when_rated(self, row: Row) -> Row:
        """Return whose the ticket was when it was solved before, else when it was last open."""
        told = self.told.get((row["helpdesk"], row["ticket"]))
        if told is None:
            return dict.fromkeys(WHOSE)
        solves = [solve.after for solve in told.solves() if solve.at <= row["at"]]
        spans = [span for span in told.span_rows() if span["started_at"] <= row["at"]]
        then = (solves or spans or [dict.fromkeys(WHOSE)])[-1]
        return {name: then[name] for name in WHOSE}

    @cached_property
    def contacts(self) -> list[Row]:
        """Return calls and chats; one that was answered ended at the latest known instant."""
        found = []
        for row in self._events("contacts"):
            ticket, answered, ended = self.ticket_of(row), row["answered_at"], row["ended_at"]
            own = {name: row[name] for name in ("channel", "agent", "team")}
            own |= {"customer": row["customer"] or ticket["customer"], "priority": ticket["created_priority"]}
            found.append(self._with_ticket(row, **own, ended_at=answered if ended is None else ended))
        return found

    @cached_property
    def handled(self) -> list[Row]:
        """Return answered calls and chats, dated by their end, and time entries, with what each was spent on."""
        rostered = {(shift["helpdesk"], shift["agent"]) for shift in self.beside.get("shifts", [])}
        found = []
        for row in self.contacts:
            is_chat = row["channel"] == "chat"
            times = [row["talk_s"], row["hold_s"], row["wrap_up_s"]]
            spent = [row["talk_s"], row["wrap_up_s"]] if is_chat else times
            seconds = None if times == [None] * 3 else sum(second or 0 for second in spent)
            if row["answered_at"] is not None:
                found.append(
                    row
                    | {"at": row["ended_at"], "seconds": seconds, "kind": "chats" if is_chat else "calls"}
                    | {"thing": ("contact", row["helpdesk"], row["external_id"])}
                )
        for row in self._events("work"):
            ticket = self.ticket_of(row)
            whose = {"team": ticket["solved_team"], "priority": ticket["solved_priority"], "agent": row["agent"]}
            thing = None if row["ticket"] is None else ("ticket", row["helpdesk"], row["ticket"])
            found.append(self._with_ticket(row, **whose, direction="in", kind="tickets", thing=thing))
        return [row | {"rostered": (row["helpdesk"], row["agent"]) in rostered} for row in found]

    @cached_property
    def criteria(self) -> list[Row]:
        found = []
        for row in self.beside.get("reviews", []):
            ticket = self.ticket_of(row)
            whose = {"team": ticket["solved_team"], "priority": ticket["solved_priority"], "agent": row["agent"]}
            found.append(self._with_ticket(row, **whose))
        return found

    @cached_property
    def inquiries(self) -> list[Row]:
        """Return tickets, and answered calls and chats of customers that belong to no ticket."""
        found = [
            row
            | {name: row[f"created_{name}"] for name in WHOSE}
            | {"at": row["created_at"], "name": f"ticket/{row['id']}"}
            for row in self.tickets.values()
        ]
        alone = [row for row in self.contacts if row["ticket"] is None and row["answered_at"] is not None]
        calls = [row for row in alone if row["direction"] == "in"]
        found += [row | {"at": row["queued_at"], "name": f"contact/{row['external_id']}"} for row in calls]
        return [row | {"sales": []} for row in found]

    @cached_property
    def sales(self) -> list[Row]:
        """Return sales with the attributes of the inquiry that each follows from; None where there is none.

        That is the ticket which the sale names, else the customer's latest inquiry before it, if not too long ago.
        """
        can = [row for row in self.inquiries if row["left_out"] is None and not row["opened_by_agent"]]
        found = []
        for sale in self.beside.get("sales", []):
            desk, ticket = sale["helpdesk"], sale["ticket"]
            mine = [row for row in can if row["helpdesk"] == desk]
            if ticket is not None:
                named = [row for row in mine if row.get("ticket") == ticket]
            else:
                same = [row for row in mine if sale["customer"] is not None and row["customer"] == sale["customer"]]
                named = [row for row in same if row["at"] <= sale["at"]]
            latest = max(named, key=lambda row: (row["at"], row["name"]), default=None)
            if latest is not None and latest["at"] <= sale["at"] <= latest["at"] + WEEK_S:
                latest["sales"].append(sale)
                own = {name: sale[name] or latest[name] for name in ("agent", "customer")}
                found.append({**latest, **own, "at": sale["at"], "amount": sale["amount"], "of": sale["currency"]})
        return found


def _went_on(contact: Contact, at: int) -> bool:
    """Tell whether a call or chat was going on, or being written up."""
    if contact.answered_at is None or at < contact.answered_at:
        return False
    return contact.ended_at is None or at <= contact.ended_at + (contact.wrap_up_s or 0)
