"""A digest as messages: what matters first, one chart, and in the thread the figures by team."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.digests.content import Digest
from bot.posting.outbox import Delivered
from bot.render.blocks import data_table, joined, section
from bot.render.chart import chart
from bot.render.elements import actions, button, option, plain, select
from bot.render.figures import Figures
from bot.render.limits import HEADER, MESSAGE_TEXT, OPTIONS, SECTION_TEXT, Block, cut
from bot.render.mrkdwn import escape, fenced, link
from bot.render.rows import CROSSED_AT_MOST, GROUPS_SHOWN, NO_INTERVAL, SMALL_SAMPLE_MARK, Table, one_line
from bot.render.text import columns
from bot.render.watching import sentence
from bot.render.words import Wording, freshness
from bot.text import UNSEEN, Text
from kpi.due import Promise
from kpi.period import local_day
from kpi.question import Answer, Figure, Sample, Unit

BULLET = "•"

MISSES_SHOWN = 7
"""How many digests that were not sent are named by their day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a digest says of itself.

    Attributes:
        next_at: when the next one comes; None of one that is shown as a test.
        unsent: those before it that were not surely sent.
        late: the data didn't come in time: no newer one was read since it was `fresh`.
        question: the id of the stored question, for the menu of the figures.
        subscription: its id, for the button that changes it; None of one that isn't stored yet.
    """

    next_at: int | None = None
    unsent: Sequence[Delivered] = ()
    late: bool = False
    question: str | None = None
    subscription: str | None = None


Versions = tuple[str, list[list[Block]]]
"""The text of a message, and its blocks, simpler and simpler."""


def message(told: Digest, frame: Frame, text: Text) -> Versions:
    """Return the digest's one message."""
    made = _Layout(told, frame, text)
    title = made.title()
    parts = list(made.parts())
    notes = [escape(note) for note in made.notes()]
    head: Block = {"type": "header", "text": plain(title, HEADER)}
    body = [section(words) for words in joined(parts, "\n\n")]
    foot: Block = {"type": "context", "elements": [_mrkdwn(cut(note, SECTION_TEXT)) for note in notes]}
    drawn = None if told.trend is None else chart(told.trend, text)
    after = [foot, *made.below()]
    words = cut("\n\n".join([escape(title), *parts, "\n".join(notes)]), MESSAGE_TEXT)
    return words, [[head, *body, drawn, *after], [head, *body, *after]] if drawn else [[head, *body, *after]]


def thread(told: Digest, text: Text) -> Versions | None:
    """Return the figures by team, for the thread; None where there are none."""
    if not told.by_team:
        return None
    made, title = _by_team(told.by_team, text), text("digest.by_team", period=text.period(told.period))
    notes = [{"type": "context", "elements": [_mrkdwn(escape(note)) for note in made.notes]}] if made.notes else []
    simple = section(f"*{escape(title)}*\n{fenced(columns(made), SECTION_TEXT - len(title) - 10)}")
    words = "\n".join((escape(title), fenced(columns(made), SECTION_TEXT), *map(escape, made.notes)))
    return words, [[data_table(made, title), *notes], [simple, *notes]]


class _Layout:
    def __init__(self, told: Digest, frame: Frame, text: Text) -> None:
        self.told, self.frame, self.text = told, frame, text
        self.zone = told.wanted.recurrence.zone

    def title(self) -> str:
        return self.text("digest.title", period=self.text.period(self.told.period))

    # --- What matters first ------------------------------------------------------------------------------------------

    def parts(self) -> Iterator[str]:
        """Yield what is said, in mrkdwn, a heading with its lines each."""
        told, text = self.told, self.text
        if self.frame.unsent:
            yield escape(self._unsent())
        if self.frame.late:
            yield escape(self._late())
        yield from self._lines(text("digest.missed"), told.missed, self._full)
        yield from self._lines(text("digest.worse"), told.worse, self._full)
        yield from self._promises()
        if told.anomalies:
            found = [sentence(one, one.judgement, text) for one in told.anomalies if one.judgement is not None]
            yield self._heading(text("digest.anomalies"), [escape(words) for words in found])
        yield from self._lines(text("digest.otherwise"), told.otherwise, self._full)
        yield from self._lines(text("digest.better"), told.better, self._full)
        yield from self._lines(text("digest.calm"), told.calm, self._short)
        rest = list(self._rest())
        if rest:
            yield "\n".join(map(escape, rest))

    def _lines(self, heading: str, answers: Sequence[Answer], say: Callable[[Answer], str]) -> Iterator[str]:
        if answers:
            yield self._heading(heading, [say(one) for one in answers])

    def _heading(self, heading: str, lines: Sequence[str]) -> str:
        return "\n".join((f"*{escape(heading)}*", *(f"{BULLET} {line}" for line in lines)))

    def _full(self, answer: Answer) -> str:
        """Return a figure with its target and its change."""
        said = Wording(answer, self.text)
        figure = answer.figure
        target = None if figure is None or answer.target_is_usual else said.target(figure)
        return self._line(answer, (target, said.change(), said.restated()))

    def _short(self, answer: Answer) -> str:
        """Return a figure of which nothing is to be told; what was said of it before, where that was another."""
        return self._line(answer, (Wording(answer, self.text).restated(),))

    def _line(self, answer: Answer, details: Sequence[str | None]) -> str:
        name = self.text(f"kpi.{answer.question.kpi}.name")
        said = [figure_words(answer, self.text), *(one for one in details if one is not None)]
        return f"*{escape(name)}*: {escape(' · '.join(said))}"

    # --- SLA today ---------------------------------------------------------------------------------------------------

    def _promises(self) -> Iterator[str]:
        found, text = self.told.promises, self.text
        if found is None or not (found.late or found.coming):
            return
        lines = []
        for key, count, named in (
            ("digest.late", found.late, found.latest),
            ("digest.coming", found.coming, found.soonest),
        ):
            if count:
                lines.append(escape(text.plural(key, count)))
                lines += [f"    {self._promise(one)}" for one in named]
                more = count - len(named)
                lines += [f"    {escape(text.plural('digest.more', more))}"] if more else []
        yield "\n".join((f"*{escape(text('digest.promises'))}*", *lines))

    def _promise(self, one: Promise) -> str:
        text, now, zone = self.text, self.told.now, self.zone
        today = local_day(one.due_at, zone) == local_day(now, zone)
        due = (text.clock if today else text.moment)(one.due_at, zone)
        name = f"#{one_line(one.ticket.external_id)}" if one.ticket else NO_INTERVAL
        address = one.ticket.url if one.ticket else None
        named = escape(name) if address is None or UNSEEN.search(address) else link(address, name)
        subject = one_line(one.ticket.subject) if one.ticket and one.ticket.subject else None
        said = [text(f"alert.promise.{one.metric}"), text("digest.due", moment=due)]
        said += [one_line(one.team)] if one.team else []
        said += [subject] if subject else []
        return f"{named} · {escape(' · '.join(said))}"

    # --- What is left to say -----------------------------------------------------------------------------------------

    def _rest(self) -> Iterator[str]:
        told, text = self.told, self.text
        if not told.told:
            yield text("digest.no_figures")
        for key, kpis in (("digest.nothing", told.nothing), ("digest.unavailable", told.unavailable)):
            if kpis:
                yield text(key, names=text.join([text(f"kpi.{kpi}.name") for kpi in kpis]))
        for kpi, error in told.refused:
            yield text("digest.refused", name=text(f"kpi.{kpi}.name"), reason=text.error(error))

    def _unsent(self) -> str:
        """Return which digests before this one were not surely sent, and why as far as that is known."""
        text, unsent = self.text, self.frame.unsent
        said = []
        for one in unsent[-MISSES_SHOWN:]:
            day = local_day(one.due_at, self.zone)
            why = text(f"digest.unsent.{one.state}", error=one.error or "")
            said.append(text("digest.unsent_day", day=text.day(day), why=why))
        more = len(unsent) - len(said)
        said = [*([text.plural("digest.unsent_more", more)] if more else []), *said]
        return text("digest.unsent", days=" · ".join(said))

    def _late(self) -> str:
        as_of = self.told.fresh.synced_at
        if as_of is None:
            return self.text("answer.never_synced")
        return self.text("digest.sync_failing", moment=self.text.instant(as_of, self.zone))

    def notes(self) -> list[str]:
        """Return what the figures are of, how fresh they are, and when the next ones come."""
        told, text = self.told, self.text
        said = [
            text("digest.period", period=text.period(told.period), compared=text.period(told.compared), zone=self.zone),
            freshness(told.fresh.synced_at, told.now, self.zone, text, told.fresh.behind),
        ]
        named = told.told[0].named_filters if told.told else ()
        for chosen in named:
            values = [one_line(value) for value in chosen.values]
            said.append(text("answer.filter", dimension=text(f"dimension.{chosen.dimension}"), values=values))
        if (narrowed := told.narrowed) is not None:
            said.insert(0, text(f"narrowed.{narrowed.narrowed}"))
        if self.frame.next_at is not None:
            said.append(text("digest.next", moment=text.instant(self.frame.next_at, self.zone)))
        return [" · ".join(said)]

    def below(self) -> list[Block]:
        """Return the menu of the figures and the button that changes the digest."""
        text, frame = self.text, self.frame
        kpis = [] if frame.question is None else [one.question.kpi for one in self.told.told][:OPTIONS]
        options = [option(text(f"kpi.{kpi}.name"), f"{frame.question} {kpi}") for kpi in kpis]
        elements = [select(text("digest.look"), "digest_kpi", options)] if options else []
        if frame.subscription is not None:
            elements.append(button(text("button.subscription_edit"), "digest_edit", frame.subscription))
        return actions(elements)


def figure_words(answer: Answer, text: Text) -> str:
    """Return a figure with how many it rests on."""
    figure, said = answer.figure, Wording(answer, text)
    headline = said.headline()
    if figure is None or not figure.n or not said.figures.has_rows:
        return headline
    # A ratio says both its counts, too small a sample its only one, a count itself.
    told = figure.denominator is not None or figure.sample in {Sample.NOTHING, Sample.COUNTS_ONLY}
    return headline if told or answer.unit is Unit.COUNT else f"{headline} ({said.figures.rows(figure.n)})"


def _by_team(answers: Sequence[Answer], text: Text) -> Table:
    """Return a row for each team and a column for each KPI, each cell with what it rests on."""
    shown = answers[:CROSSED_AT_MOST]
    teams: dict[tuple[str | None, ...], str] = {}
    cells: dict[tuple[tuple[str | None, ...], int], str] = {}
    for place, answer in enumerate(shown):
        figures = Figures(answer, text)
        for group in answer.groups:
            label = group.labels[0] or group.keys[0]
            teams.setdefault(group.keys, one_line(label) if label else text("answer.no_value"))
            cells[group.keys, place] = _cell(figures, group.figure, answer, text)
    kept = list(teams.items())[:GROUPS_SHOWN]
    rows = tuple((name, *(cells.get((keys, place), NO_INTERVAL) for place in range(len(shown)))) for keys, name in kept)
    header = (text("digest.team"), *(text(f"kpi.{one.question.kpi}.name") for one in shown))
    return Table(header=header, rows=rows, numbers=(None,) * len(rows), notes=tuple(_notes(rows, shown, teams, text)))


def _notes(
    rows: Sequence[Sequence[str]], shown: Sequence[Answer], teams: Collection[object], text: Text
) -> Iterator[str]:
    if len(rows) < len(teams):
        yield text("answer.cut", shown=text.number(len(rows)), total=text.number(len(teams)))
    if any(answer.unit is not Unit.COUNT for answer in shown):
        yield text("answer.in_brackets")
    if any(SMALL_SAMPLE_MARK in cell for row in rows for cell in row[1:]):
        yield text("answer.small_sample_mark", mark=SMALL_SAMPLE_MARK)
    for smallest in {answer.smallest for answer in shown if answer.has_withheld}:
        yield text("answer.withheld", smallest=text.number(smallest))


def _cell(figures: Figures, figure: Figure, answer: Answer, text: Text) -> str:
    said = figures.short(figure)
    if answer.unit is Unit.COUNT or figure.sample in {Sample.NOTHING, Sample.COUNTS_ONLY}:
        return said
    mark = SMALL_SAMPLE_MARK if figure.sample is Sample.SMALL else ""
    return f"{said}{mark} ({text.number(figure.n)})"


def _mrkdwn(words: str) -> Block:
    return {"type": "mrkdwn", "text": words, "verbatim": True}
