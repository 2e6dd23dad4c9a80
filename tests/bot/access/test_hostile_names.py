"""Names and subjects are anybody's: none of them pings, links, reorders, overflows or calculates anywhere."""

import csv
from io import StringIO

import pytest
from access_desk import LEAD_OF_ALL, NOW, asker
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.render.limits import MESSAGE_TEXT, check
from bot.render.reply import reply_csv, reply_slack, reply_terminal
from bot.text import UNSEEN, VALUE_SHOWN, Text
from kpi import schema
from kpi.errors import QuestionError

EN = Text("en")
WEEK = "2026-W47"

NASTY = (
    "<!channel>",
    "<!here|x> <@U012AB3CD> <#C012AB3CD>",
    "<https://evil.example|click>",
    "&lt;!channel&gt;",
    "*bold* _it_ ~x~ `code` ```",
    "``` \n<!everyone>",
    "\u202eecila\u2066",
    "\x1b[31mred\x07",
    "a\nb\r\nc\u2028d",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "＝1",
    "x" * 100_000,
    "é" * 5_000,
    "👩🏽‍💻" * 500,
    '"quoted", "twice"',
    "",
    " ",
    "\u200e",
    "{name} {0} %s",
)
NAMES = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80),
    st.tuples(st.sampled_from(NASTY), st.sampled_from(NASTY)).map("".join),
)


@pytest.fixture(scope="module")
def engine(new_engine):
    return new_engine()


@pytest.fixture(scope="module")
def desk(engine):
    return asker(engine)


def call_everything(engine, names):
    """Give teams, agents, customers and tickets these names."""
    with engine.begin() as connection:
        for table in (schema.teams, schema.agents, schema.customers):
            keys = connection.scalars(table.select().with_only_columns(table.c.external_id)).all()
            for number, key in enumerate(keys):
                name = names[number % len(names)]
                connection.execute(update(table).where(table.c.external_id == key).values(name=name))
        tickets = schema.tickets
        connection.execute(
            update(tickets).values(subject=names[0], url=f"https://desk.example/{names[-1]}", tags="|a|")
        )


def replies(desk):
    """Return every kind of reply with names in it."""

    def question(words):
        return desk.understand(f"{words} {WEEK}", NOW, "en")

    return [
        *(desk.answer(question(f"{kpi} by {by}"), NOW, LEAD_OF_ALL) for kpi, by in BREAKDOWNS),
        desk.answer(question("frt by agent by team"), NOW, LEAD_OF_ALL),
        desk.answer(question("frt agent:alice team:1 customer:dina1"), NOW, LEAD_OF_ALL),
        desk.behind(question("frt agent:alice"), NOW, LEAD_OF_ALL),
        desk.why(question("solved by agent"), NOW, LEAD_OF_ALL),
        desk.watch(question("solved by team"), ["solved"], NOW, LEAD_OF_ALL),
    ]


BREAKDOWNS = (("frt", "agent"), ("csat", "team"), ("solved", "customer"))


def strings(part):
    """Yield every text in blocks, with whether Slack reads it as markup."""
    if isinstance(part, dict):
        is_markup = part.get("type") == "mrkdwn"
        for name, inner in part.items():
            if isinstance(inner, str):
                yield inner, is_markup and name == "text"
            else:
                yield from strings(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from strings(inner)


def is_harmless(words, *, markup):
    seen = not UNSEEN.search(words.replace("\n", ""))
    return seen and not (markup and any(sign in words for sign in ("<!", "<@", "<#", "<https://evil")))


def is_formula(cell):
    try:
        float(cell)
    except ValueError:
        return cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    return False


@settings(max_examples=4, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # each takes seconds to be made smaller
@example(names=["<!channel>", "=1", "\t=1"])
@given(names=st.lists(NAMES, min_size=1, max_size=4))
def test_no_name_does_anything_on_any_surface(engine, desk, names):
    call_everything(engine, names)
    for said in replies(desk):
        words, forms = reply_slack(said, EN)
        assert is_harmless(words, markup=True)
        assert len(words) <= MESSAGE_TEXT
        for blocks in forms:
            assert check(blocks) == []
            assert all(is_harmless(text, markup=markup) for text, markup in strings(blocks))
        assert is_harmless(reply_terminal(said, EN), markup=False)
        cells = [cell for row in csv.reader(StringIO(reply_csv(said, EN))) for cell in row]
        assert not [cell for cell in cells if is_formula(cell)]


@settings(max_examples=8, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(name=NAMES)
def test_what_is_refused_repeats_no_name_in_full_or_as_it_acts(engine, desk, name):
    call_everything(engine, [name])
    with pytest.raises(QuestionError) as caught:
        desk.ask(f"frt agent:nobody-{name[:300]}", NOW, "en", LEAD_OF_ALL)
    said = EN.error(caught.value)
    assert is_harmless(said, markup=False)
    assert len(said) < 8 * VALUE_SHOWN


@pytest.mark.parametrize("words", [f"frt {'a' * 100_000}", "frt " * 25_000, "tickets " * 9_999, f"why {'(' * 50_000}"])
def test_a_hundred_thousand_characters_are_refused_at_once(desk, words):
    with pytest.raises(QuestionError, match="too_long"):
        desk.ask(words, NOW, "en", LEAD_OF_ALL)


@pytest.mark.parametrize("words", ["\0", "frt \u202eteam:\u2066", "<!channel>", "=frt", "🦊" * 400])
def test_words_that_are_none_are_refused_in_a_sentence_that_does_nothing(desk, words):
    with pytest.raises(QuestionError) as caught:
        desk.ask(words, NOW, "en", LEAD_OF_ALL)
    assert is_harmless(EN.error(caught.value), markup=False)
