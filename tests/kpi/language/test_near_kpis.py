"""Words near a KPI, or said of several: what is offered, in both languages."""

import pytest
from spoken import context, table

from kpi.errors import QuestionError
from kpi.language import parse
from kpi.language.lexicon import lexicon

NEAR = {
    "en": """
net promotor | net promoter
servce level | service level
handeling time | handling time
churning | churn
attritoin | attrition
utilizaton | utilization
efficency | efficiency
acurate | accurate information
forcast | forecast
trainng effect | training effect
training | training effect
knowledge | knowledge base satisfaction
backlg age | backlog age
turnover | agent retention
escalate | escalation rate
hung up | abandoned calls
resolution time last week full | full resolution time
full | full resolution time
breached | overdue
answered | answer rate
""",
    "fr": """
niveau de servise | niveau de service
rétenton | rétention
exactitde | exactitude
dmtt | dmt
formation | effet de la formation
note | note de satisfaction
performance | performance des canaux
rapidité | rapidité de réponse
turnover | rétention des agents
complet | délai complet de résolution
attente | temps d'attente
clients mécontents | satisfaction client
raccroché | appels abandonnés
taux d'ecoulemnt | écoulement
taux de reouvertur | réouverture
""",
}

ASKED = {
    "en": """
sla breaches last month | overdue frt_sla next_reply_sla resolution_sla
on time | frt_sla next_reply_sla resolution_sla
response rate | answer_rate social_response_rate survey_response_rate
how long do customers wait | frt reply_time wait_time
abandonment | abandonment_rate ticket_abandonment
abandoned yesterday | abandonment_rate ticket_abandonment
unanswered calls | unanswered abandonment_rate
retention rate | agent_retention customer_retention
satisfaction score | csat csat_score
quality of service | service_level qa_score
resolution | resolution_time resolution_sla resolution_rate fcr
""",
    "fr": """
sla dépassés hier | overdue frt_sla next_reply_sla resolution_sla
dans les délais | frt_sla next_reply_sla resolution_sla
taux de réponse | answer_rate social_response_rate survey_response_rate
combien de temps attendent les clients | frt reply_time wait_time
abandons hier | abandonment_rate ticket_abandonment
appels sans réponse | unanswered abandonment_rate
taux de rétention | agent_retention customer_retention
score de satisfaction | csat csat_score
qualité de service | service_level qa_score
tickets remontés | escalation_rate transfer_rate
résolution | resolution_time resolution_sla resolution_rate fcr
""",
}


def lines(tables):
    return [(language, *line) for language, text in tables.items() for line in table(text)]


def refused(words, language) -> QuestionError:
    with pytest.raises(QuestionError) as caught:
        parse(words, context(language=language))
    return caught.value


@pytest.mark.parametrize(("language", "words", "offered"), lines(NEAR))
def test_what_is_near_a_kpi_is_offered(language, words, offered):
    error = refused(words, language)
    assert error.key == "unknown_word"
    assert offered in error.values["suggestions"]


@pytest.mark.parametrize(("language", "words", "kpis"), lines(ASKED))
def test_what_is_said_of_several_kpis_is_asked(language, words, kpis):
    error = refused(words, language)
    assert error.key == "ambiguous_kpi"
    assert error.values["choices"] == [lexicon(language).name("kpi", kpi) for kpi in kpis.split()]
    assert [parse(choice, context(language=language)).kpi for choice in error.values["choices"]] == kpis.split()


@pytest.mark.parametrize(
    ("words", "first", "second"),
    [
        ("forecast csat", "forecast", "csat"),
        ("training effect on csat and nps", "csat", "nps"),
        ("effet de la formation sur le csat et le nps", "csat", "nps"),
        ("tickets escalated and transferred", "tickets escalated", "transferred"),
        ("appels décrochés dans les délais", "appels décrochés", "dans les délais"),
    ],
)
def test_two_kpis_are_asked_one_at_a_time(words, first, second):
    error = refused(words, None)
    assert (error.key, error.values) == ("two_kpis", {"first": first, "second": second})


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("forecast december", "2026-12-01"),
        ("prévision de mars", "2027-03-01"),
        ("forecast november", "2026-11-01"),
        ("forecast friday", "2026-11-27"),
        ("prévision du 1er au 15 décembre", "2026-12-01"),
        ("forecast next 3 weeks", "2026-11-25"),
        ("forecast this month", "2026-11-01"),
        ("forecast october 2026", "2026-10-01"),
        ("forecast", "2026-12-01"),
    ],
)
def test_a_forecast_looks_ahead(words, start):
    question = parse(words, context())
    assert (question.kpi, question.period.start.isoformat()) == ("volume_forecast", start)


@pytest.mark.parametrize(
    "words",
    ["volume next month", "effet de la formation le mois prochain", "forecast next month vs 2027-03", "csat demain"],
)
def test_nothing_else_looks_ahead(words):
    assert refused(words, None).key == "period_in_future"
