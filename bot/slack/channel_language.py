"""`/kpi language`: the language in which a channel is written to, shown to everybody and chosen by those who lead."""

from bot.render.page import Section
from bot.slack.bot import Bot, Reader
from bot.slack.subscribing import Page
from bot.targeting import leads
from bot.targets import OFF
from bot.text import Text
from kpi.errors import AccessError, QuestionError
from kpi.language.tokens import plain

CHOICES = {
    "en": "en",
    "english": "en",
    "anglais": "en",
    "fr": "fr",
    "french": "fr",
    "francais": "fr",
    "auto": None,
    **dict.fromkeys(OFF),
}
"""What people call the languages, without accents; None lets each person be answered in their own."""


def channel_language(bot: Bot, words: str, reader: Reader) -> Page:
    """Return the language of a channel, or what became of choosing one.

    Raises:
        QuestionError: `unknown_channel_language`.
        AccessError: `language_for_leads`.
        StorageError: what is wrong with the database.
    """
    place, text, word = reader.place, reader.text, plain(words.strip())
    if word:
        if word not in CHOICES:
            raise QuestionError("unknown_channel_language", word=words.strip())
        if not place.is_direct and not leads(bot.viewer(place)):
            raise AccessError("language_for_leads")
        bot.languages.choose(place.team_id, place.channel, CHOICES[word], by=place.user, now=bot.now)
    chosen = bot.languages.chosen(place.team_id, place.channel)
    said = text("language.none") if chosen is None else text("language.chosen", language=_name(chosen, text))
    return Page(sections=(Section(heading=text("language.heading"), lines=(said, text("language.how"))),))


def _name(language: str, text: Text) -> str:
    return text(f"language.{language}")
