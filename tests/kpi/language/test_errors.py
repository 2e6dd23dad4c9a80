"""What is not understood, or could mean two things: the error, and what it says to type instead."""

from datetime import date

import pytest
from spoken import asked, context, table

from bot.text import Text
from kpi.errors import QuestionError
from kpi.language import parse
from kpi.language.lexicon import lexicon

ENGLISH = """
 | no_kpi
last week | no_kpi
? | no_kpi
frt csat | two_kpis first=frt second=csat
frt week and csat month | two_kpis first=frt second=csat
sla week | ambiguous_kpi word=sla choices=frt sla,next reply sla,resolution sla
response time | ambiguous_kpi word=response time choices=frt,reply time
resolution | ambiguous_kpi word=resolution choices=resolution time,resolution sla,resolution rate,fcr
frt wek | unknown_word word=wek suggestions=week
frt last wek | unknown_word word=last wek suggestions=last week,last 7 days
frt yestreday | unknown_word word=yestreday suggestions=yesterday
frt ocotber | unknown_word word=ocotber suggestions=october
frst response time | unknown_word word=frst suggestions=frt
frt urgent | unknown_word word=urgent suggestions=priority:urgent
frt billing | unknown_word word=billing suggestions=team:Billing
frt alice | unknown_word word=alice suggestions=agent:"Alice Martin"
frt team | unknown_word word=team suggestions=by team
my frt last month | unknown_word word=my suggestions=by agent
how many tickets did I solve last week | unknown_word word=I suggestions=by agent
frt on mon | unknown_word word=mon suggestions=since monday
frt 24 hours | unknown_word word=24 hours suggestions=today,yesterday
frt 24h | unknown_word word=24h suggestions=today,yesterday
frt trend | trend_without_step choices=per day,per week,per month,per quarter,per year
frt 46 | unknown_word word=46
frt last | unknown_word word=last suggestions=last week,last 7 days
frt 2026-10.. | unknown_word word=..
frt Q5 | unknown_word word=Q5
frt €uro | unknown_word word=€uro
frt not priority:high | unknown_word word=not
frt week by teem | unknown_dimension word=teem suggestions=team
frt teem:billing | unknown_dimension word=teem suggestions=team
frt foo:bar | unknown_dimension word=foo suggestions=
frt by tag | no_breakdown dimension=tag
frt by team by agent by channel | three_breakdowns dimensions=team,agent,channel last=channel
frt by team by tag | no_breakdown dimension=tag
frt per week per day | two_trends first=week second=day
frt week month | two_periods first=week second=month
frt last 3 months of 2026 | two_periods first=last 3 months second=2026
frt week vs month vs year | two_comparisons first=vs month second=vs year
frt week vs | no_comparison words=vs
frt compared to csat | no_comparison words=compared to
frt 31 february | no_such_date words=31 february
frt 2026-02-31 | no_such_date words=2026-02-31
frt 29 february 2026 | no_such_date words=29 february 2026
frt 32 october | no_such_date words=32 october
frt 2026-13 | no_such_date words=2026-13
frt 2025-W53 | no_such_date words=2025-W53
frt week 54 | no_such_date words=week 54
frt tuesday 16 november 2026 | no_such_date words=tuesday 16 november 2026
frt 13/13/2026 | no_such_date words=13/13/2026
frt 01/01/0001 | no_such_date words=01/01/0001
frt 9999999999 days | no_such_date words=9999999999 days
frt 3/4/2026 | ambiguous_period words=3/4/2026 choices=2026-04-03,2026-03-04
frt 3/4 | ambiguous_period words=3/4 choices=2026-04-03,2026-03-04
frt 1/10/2026..2/10/2026 | ambiguous_period words=1/10/2026..2/10/2026 choices=2026-10-01,2026-01-10
frt last monday | ambiguous_period words=last monday choices=2026-11-23,2026-11-16
frt from october | ambiguous_period words=from october choices=2026-10-01..2026-11-24,2026-10-01..2026-10-31
frt 2026-10-15..2026-10-01 | reversed_period start=2026-10-15 end=2026-10-01
frt 15 oct to 1 oct | reversed_period start=2026-10-15 end=2026-10-01
frt october to september | reversed_period start=2026-10-01 end=2026-09-30
frt 2026..2025 | reversed_period start=2026-01-01 end=2025-12-31
frt 0 days | empty_period day=2026-11-24
frt tomorrow | period_in_future start=2026-11-25
frt next week | period_in_future start=2026-11-30
frt next 7 days | period_in_future start=2026-11-25
frt 2027 | period_in_future start=2027-01-01
frt 2026-12-01..2026-12-31 | period_in_future start=2026-12-01
frt since 2026-12-01 | period_in_future start=2026-12-01
frt week vs 2027 | period_in_future start=2027-01-01
frt team:bil,zzz | unknown_value dimension=team value=zzz
frt team:bilings | unknown_value dimension=team value=bilings suggestions=team:Billing
frt priority:hihg | unknown_value dimension=priority value=hihg suggestions=priority:high
frt team:"" | unknown_value dimension=team value=
frt team:equipe | ambiguous_value dimension=team value=equipe choices=team:"Équipe Nord",team:"Équipe Sud"
frt team: | filter_without_value dimension=team
frt team:, | filter_without_value dimension=team
frt -priority:high | no_exclusion dimension=priority
frt !priority:high | no_exclusion dimension=priority
frt –priority:high | no_exclusion dimension=priority
frt priority:!high | no_exclusion dimension=priority
frt 1970 vs last year | no_such_date words=vs last year
frt @zoe | unknown_person name=@zoe dimension=agent
frt <@U77|zoe> | unknown_person name=@zoe dimension=agent
frt <#C5|sales> | unknown_channel name=#sales dimension=team
frt team:"billing | unclosed_quote words="billing
frt last weeks | period_without_number words=last weeks
frt the last days | period_without_number words=last days
frt these days | period_without_number words=these days
frt these weeks | period_without_number words=these weeks
frt past months | period_without_number words=past months
frt weeks ago | period_without_number words=weeks ago
frt since last weeks | period_without_number words=since last weeks
frt week vs previous months | period_without_number words=vs previous months
frt the last few days | unknown_word word=last few suggestions=last week,last 7 days
frt this 2 weeks | unknown_word word=this suggestions=this week
frt alerts | unknown_word word=alerts suggestions={offer}
frt digest | unknown_word word=digest suggestions={offer}
frt oldest | unknown_word word=oldest suggestions={offer}
frt Noël | unknown_word word=Noël suggestions={offer}
frt by channel, team and priority | three_breakdowns dimensions=channel,team,priority last=priority
frt by team week agent | unknown_word word=agent suggestions=by agent
frt @kpi | unknown_person name=@kpi dimension=agent
@zoe frt | unknown_person name=@zoe dimension=agent
<@U77|zoe> frt | unknown_person name=@zoe dimension=agent
<@U0BOT> | no_kpi
"""

FRENCH = """
semaine dernière | no_kpi
frt satisfaction | two_kpis first=frt second=satisfaction
sla | ambiguous_kpi word=sla choices=sla de première réponse,sla de réponse suivante,sla de résolution
temps de réponse | ambiguous_kpi word=temps de réponse choices=délai de première réponse,délai de réponse
tickets ouverts hier | ambiguous_kpi word=tickets ouverts choices=volume,encours
frt semane | unknown_word word=semane suggestions=semaine
temps de premiere reponce | unknown_word word=temps de premiere reponce suggestions=temps de première réponse
frt octobe | unknown_word word=octobe suggestions=octobre
frt urgents | unknown_word word=urgents suggestions=priorité:urgent
frt équipe | unknown_word word=équipe suggestions=par équipe
mes tickets résolus hier | unknown_word word=mes suggestions=par agent
combien de tickets ai-je résolus hier | unknown_word word=je suggestions=par agent
frt S1 | unknown_word word=S1 suggestions=semaine 1,T1..T2
frt tendance | trend_without_step choices=par jour,par semaine,par mois,par trimestre,par année
frt début octobre | unknown_word word=début suggestions=du 1er au 15 octobre
frt sauf priorité:haute | unknown_word word=sauf
frt par équippe | unknown_dimension word=équippe suggestions=équipe
frt équippe:nord | unknown_dimension word=équippe suggestions=équipe
frt par étiquette | no_breakdown dimension=étiquette
frt par équipe, par agent et par canal | three_breakdowns dimensions=équipe,agent,canal last=canal
frt par semaine par jour | two_trends first=semaine second=jour
frt semaine mois dernier | two_periods first=semaine second=mois dernier
frt semaine vs mois vs année | two_comparisons first=vs mois second=vs année
frt semaine par rapport à | no_comparison words=par rapport
frt 31 février | no_such_date words=31 février
frt 2026-02-31 | no_such_date words=2026-02-31
frt semaine 53 de 2025 | no_such_date words=semaine 53 de 2025
frt lundi 17 novembre 2026 | no_such_date words=lundi 17 novembre 2026
frt du 15 au 1er octobre | reversed_period start=2026-10-15 end=2026-10-01
frt d'octobre à septembre | reversed_period start=2026-10-01 end=2026-09-30
frt 0 jours | empty_period day=2026-11-24
frt demain | period_in_future start=2026-11-25
frt semaine prochaine | period_in_future start=2026-11-30
frt 7 prochains jours | period_in_future start=2026-11-25
frt depuis demain | period_in_future start=2026-11-25
frt équipe:xyz | unknown_value dimension=équipe value=xyz
frt équipe:équ | ambiguous_value dimension=équipe value=équ choices=équipe:"Équipe Nord",équipe:"Équipe Sud"
frt équipe : | filter_without_value dimension=équipe
frt @zoé | unknown_person name=@zoé dimension=agent
frt équipe:« nord | unclosed_quote words=« nord
frt les derniers jours | period_without_number words=derniers jours
frt ces semaines | period_without_number words=ces semaines
frt ces jours-ci | period_without_number words=ces jours
frt ces derniers mois | period_without_number words=ces derniers mois
frt mois derniers | period_without_number words=mois derniers
frt semaines passées | period_without_number words=semaines passées
frt il y a des semaines | period_without_number words=il y a des semaines
frt depuis les derniers jours | period_without_number words=depuis les derniers jours
frt semaine vs ces derniers mois | period_without_number words=vs ces derniers mois
frt quelques jours | unknown_word word=quelques suggestions=7 derniers jours,4 dernières semaines
frt Noël | unknown_word word=Noël suggestions={offer}
frt envoyée | unknown_word word=envoyée suggestions={offer}
frt alerts | unknown_word word=alerts suggestions={offer}
frt délai 1ère | unknown_word word=délai 1ère suggestions={offer}
frt par canal, équipe et priorité | three_breakdowns dimensions=canal,équipe,priorité last=priorité
frt équipe:en attente | unknown_value dimension=équipe value=en
"""


def refused(words, **changes) -> QuestionError:
    with pytest.raises(QuestionError) as caught:
        parse(words, context(**changes))
    return caught.value


def check(words, expected, language):
    error = refused(words, language=language)
    key, _, said = expected.replace("{offer}", ",".join(lexicon(language).offer)).partition(" ")
    assert error.key == key
    for name, value in error.values.items():
        shown = ",".join(value) if isinstance(value, list) else str(value)
        if f"{name}=" in f" {said}":
            assert f" {name}={shown} " in f" {said} ", (name, shown)
    assert Text(language).error(error)  # it has a sentence, whose every value is there


@pytest.mark.parametrize(("words", "expected"), table(ENGLISH))
def test_what_english_is_refused(words, expected):
    check(words, expected, "en")


@pytest.mark.parametrize(("words", "expected"), table(FRENCH))
def test_what_french_is_refused(words, expected):
    check(words, expected, "fr")


@pytest.mark.parametrize("words", [words for words, expected in table(ENGLISH + FRENCH) if "ambiguous" in expected])
def test_every_choice_an_error_offers_can_be_typed(words):
    choices = refused(words, language="en").values["choices"]
    for choice in choices:
        assert asked(choice if "frt" not in words else f"frt {choice}", language="en")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_offered_for_an_unknown_word_can_be_typed(language):
    error = refused("frt xqzjk", language=language)
    for suggestion in error.values["suggestions"]:
        assert asked(suggestion if "fcr" in suggestion else f"frt {suggestion}", language=language)
    assert asked(error.values["example"], language=language)


def test_a_long_text_is_refused_whole():
    error = refused("frt " + "x" * 500)
    assert (error.key, error.values) == ("too_long", {"length": 504, "limit": 500})


def test_a_dimension_without_known_values_offers_none():
    error = refused("frt team:billing", values={})
    assert (error.key, error.values["suggestions"]) == ("unknown_value", [])
    assert Text("en").error(error)


def test_two_values_of_one_name_are_told_apart_by_their_keys():
    teams = {"3": "Support", "8": "Support"}
    error = refused("frt team:support", values={"team": teams})
    assert (error.key, error.values["choices"]) == ("ambiguous_value", ["team:3", "team:8"])
    assert asked("frt team:8", values={"team": teams}) == "frt w2026-11-23 team=8"


def test_a_value_named_in_full_goes_before_others_that_begin_alike():
    assert asked("frt team:bill", values={"team": {"1": "Bill", "2": "Billing"}}) == "frt w2026-11-23 team=1"


def test_customers_are_never_suggested_for_an_unknown_word():
    assert not any("dina" in words.lower() for words in refused("frt dina").values["suggestions"])


def test_dates_in_figures_are_read_by_the_language_of_the_words_around_them():
    assert asked("frt mois dernier vs 03/04/2026", language="en").endswith("vs d2026-04-03")
    assert refused("frt by team 03/04/2026", language="fr").key == "ambiguous_period"


def test_dates_in_figures_alone_are_read_by_the_readers_language():
    assert asked("frt 03/04/2026", language="fr") == "frt d2026-04-03"
    assert refused("frt 03/04/2026", language="en").key == "ambiguous_period"
    assert refused("frt 03/04/2026", language=None).key == "ambiguous_period"


def test_errors_carry_dates():
    assert refused("frt tomorrow").values["start"] == date(2026, 11, 25)
