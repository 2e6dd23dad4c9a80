"""What digests are made with, and one made from it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from bot.access import Access, Viewer
from bot.asking import Asker
from bot.digests.content import Digest, digest, question_of
from bot.digests.layout import Frame, Versions, message, thread
from bot.posting.forms import simpler
from bot.posting.notices import Notices
from bot.posting.outbox import Outbox
from bot.posting.send import Message, Poster
from bot.questions import Asked, Questions
from bot.recurrence import Occurrence
from bot.subscriptions import DigestWanted, Subscription, Subscriptions
from bot.text import Text
from kpi.period import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What digests are made and told with.

    Attributes:
        asker: answers.
        access: knows what an owner may show.
        questions: keeps what the menus ask.
        subscriptions: who wants what.
        outbox: posts each thing once.
        poster: uploads pictures where charts are refused.
        notices: tells owners what is wrong.
        helpdesks: the keys of those that are read again and again.
        is_gone: tells whether a user has left a workspace; raises OSError when Slack can't tell.
        clock: tells the time, seconds since 1970.
    """

    asker: Asker
    access: Access
    questions: Questions
    subscriptions: Subscriptions
    outbox: Outbox
    poster: Poster
    notices: Notices
    helpdesks: Collection[str]
    is_gone: Callable[[str, str], bool]
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What is told of one instant, `now`: `asker` works out once what several of it ask, so that they say the same."""

    asker: Asker
    now: int


class Made:
    """A digest that is made when it is needed, and once."""

    def __init__(
        self,
        means: Means,
        of: Round,
        subscription: Subscription,
        wanted: DigestWanted,
        occurrence: Occurrence,
        *,
        late: bool,
    ) -> None:
        self.occurrence = occurrence
        self._means, self._round, self._subscription = means, of, subscription
        self._wanted, self._late = wanted, late
        self._digest: Digest | None = None

    @property
    def digest(self) -> Digest:
        """What there is to say."""
        if self._digest is None:
            seen_by = viewer(self._means.access, self._subscription)
            self._digest = digest(self._round.asker, self._wanted, self.occurrence, self._round.now, seen_by)
        return self._digest

    def messages(self) -> Iterator[Message]:
        """Yield it in simpler and simpler blocks."""
        means, subscription, told = self._means, self._subscription, self.digest
        frame = Frame(
            next_at=self._wanted.recurrence.next(self.occurrence.at).at,
            unsent=means.outbox.untold(subscription.id, "digest:"),
            late=self._late,
            question=kept_question(means.questions, told, subscription, means.asker.week_start),
            subscription=subscription.id,
        )
        yield from simpler(*message(told, frame, Text(subscription.language)), means.poster)


def preview(asker: Asker, access: Access, subscription: Subscription, now: int) -> tuple[Digest, Versions]:
    """Return a digest as it would be at this moment, with what it says."""
    wanted = subscription.wanted
    if not isinstance(wanted, DigestWanted):
        raise TypeError(subscription.kind)
    today = Occurrence(day=local_day(now, wanted.recurrence.zone), at=now)
    told = digest(asker, wanted, today, now, viewer(access, subscription))
    return told, message(told, Frame(next_at=wanted.recurrence.next(now).at), Text(subscription.language))


def post_now(asker: Asker, access: Access, poster: Poster, subscription: Subscription, now: int) -> None:
    """Post a digest as it is at this moment, whenever it is due. Raises KpiError and SendError."""
    told, (words, versions) = preview(asker, access, subscription, now)
    ts = poster.post(subscription.channel, simpler(words, versions, poster))
    by_team = thread(told, Text(subscription.language))
    if by_team is not None:
        poster.post(subscription.channel, simpler(*by_team, poster), thread=ts)


def viewer(access: Access, subscription: Subscription) -> Viewer:
    """Return the owner of a subscription, for what that person may show there."""
    owner = access.viewer(subscription.team_id, subscription.owner, subscription.channel)
    return owner if subscription.is_personal else owner.shared(subscription.channel)


def kept_question(questions: Questions, told: Digest, subscription: Subscription, week_start: int) -> str | None:
    """Store what the menu of a digest asks, which tells its figures apart by their KPI; return its id."""
    if not told.told:
        return None
    question = question_of(told.wanted, told.told[0].question.kpi, told.period, week_start)
    return kept(questions, Asked(question=question), subscription, told.now)


def kept(questions: Questions, asked: Asked, subscription: Subscription, now: int) -> str | None:
    """Store what a button of something that is told asks; return its id."""
    # Nobody asked it, so it counts for nobody's usual or last questions.
    return questions.keep(
        asked, language=subscription.language, team_id=subscription.team_id, channel="", asker="", now=now
    )
