"""Chaque indicateur tel qu'on le demande en français, le mardi 24 novembre 2026 à 10 h 26 à Paris (semaine ISO 48)."""

from collections import Counter

import pytest
from spoken import asked, table

from bot.commands import language_of
from kpi.catalogue import CATALOGUE

KPIS = """
quel est l'encours aujourd'hui ? | backlog d2026-11-24
encours par équipe | backlog w2026-11-23 by team
combien de tickets non résolus | backlog w2026-11-23
stock de tickets hier | backlog d2026-11-23

encours à traiter | actionable w2026-11-23
combien de tickets à traiter aujourd'hui | actionable d2026-11-24
encours actionnable par équipe | actionable w2026-11-23 by team
demandes à traiter hier | actionable d2026-11-23
tickets nouveaux et ouverts | actionable w2026-11-23

âge de l'encours | backlog_age w2026-11-23
ancienneté des tickets par équipe | backlog_age w2026-11-23 by team
âge des tickets ouverts | backlog_age w2026-11-23
quel est l'âge du stock aujourd'hui | backlog_age d2026-11-24
ancienneté de l'encours par priorité | backlog_age w2026-11-23 by priority

tickets sans réponse | unanswered w2026-11-23
combien de clients attendent une réponse | unanswered w2026-11-23
demandes sans réponse par équipe | unanswered w2026-11-23 by team
tickets en attente de réponse aujourd'hui | unanswered d2026-11-24

tickets en retard | overdue w2026-11-23
combien de tickets sont en retard ? | overdue w2026-11-23
demandes en retard par équipe | overdue w2026-11-23 by team
tickets hors délai aujourd'hui | overdue d2026-11-24
échéances dépassées hier | overdue d2026-11-23

combien de demandes avons-nous reçues la semaine dernière | volume w2026-11-16
volume de tickets par canal le mois dernier | volume m2026-10-01 by channel
tickets entrants par jour le mois dernier | volume m2026-10-01 per day
flux entrant cette année | volume y2026-01-01

combien de tickets résolus ce mois-ci ? | solved m2026-11-01
tickets traités hier | solved d2026-11-23
demandes résolues la semaine dernière par équipe | solved w2026-11-16 by team
tickets résolus par agent | solved w2026-11-23 by agent

résolutions | resolutions w2026-11-23
nombre de résolutions la semaine dernière | resolutions w2026-11-16
combien de résolutions le mois dernier | resolutions m2026-10-01
toutes les résolutions du mois par équipe | resolutions m2026-11-01 by team

taux d'écoulement | clearance w2026-11-23
taux d'absorption le mois dernier | clearance m2026-10-01
taux de traitement la semaine dernière | clearance w2026-11-16
tickets résolus par rapport aux tickets reçus ce mois | clearance m2026-11-01
résolus sur reçus par équipe | clearance w2026-11-23 by team

prévision du volume le mois prochain | volume_forecast m2026-12-01
prévision de tickets la semaine prochaine | volume_forecast w2026-11-30
prévisions | volume_forecast m2026-12-01
combien de tickets allons-nous recevoir la semaine prochaine ? | volume_forecast w2026-11-30
volume prévu ce mois | volume_forecast m2026-11-01
à combien de tickets faut-il s'attendre le mois prochain | volume_forecast m2026-12-01
combien de demandes recevrons-nous le mois prochain | volume_forecast m2026-12-01

taux d'automatisation | automated_rate w2026-11-23
tickets résolus automatiquement le mois dernier | automated_rate m2026-10-01
taux de résolution automatique par canal | automated_rate w2026-11-23 by channel
demandes résolues sans intervention humaine hier | automated_rate d2026-11-23
résolutions automatiques cette année | automated_rate y2026-01-01

temps de première réponse par équipe | frt w2026-11-23 by team
quel est notre délai de première réponse le mois dernier ? | frt m2026-10-01
délai moyen de première réponse hier | frt d2026-11-23
première réponse par canal | frt w2026-11-23 by channel

délai moyen de réponse le mois dernier | reply_time m2026-10-01
temps de réponse moyen par agent | reply_time w2026-11-23 by agent
en combien de temps répondons-nous aux clients | reply_time w2026-11-23
délai de réponse aux e-mails hier | reply_time d2026-11-23 channel=email

tranches de première réponse | response_bands w2026-11-23
répartition des premières réponses le mois dernier | response_bands m2026-10-01
premières réponses par tranche de délai par équipe | response_bands w2026-11-23 by team
combien de premières réponses en moins d'une heure hier | response_bands d2026-11-23

premières réponses dans les délais par équipe | frt_sla w2026-11-23 by team
SLA de première réponse le mois dernier | frt_sla m2026-10-01
respect du SLA de première réponse trimestre dernier | frt_sla q2026-07-01
premières réponses à temps hier | frt_sla d2026-11-23

SLA de réponse suivante | next_reply_sla w2026-11-23
SLA des réponses suivantes le mois dernier | next_reply_sla m2026-10-01
réponses suivantes dans les délais par équipe | next_reply_sla w2026-11-23 by team
réponses aux relances dans les délais hier | next_reply_sla d2026-11-23

SLA de résolution par équipe | resolution_sla w2026-11-23 by team
combien de tickets résolus dans les délais le mois dernier | resolution_sla m2026-10-01
respect du SLA de résolution trimestre dernier | resolution_sla q2026-07-01
tickets résolus à temps hier | resolution_sla d2026-11-23

délai de résolution par priorité le mois dernier | resolution_time m2026-10-01 by priority
en combien de temps résout-on un ticket ? | resolution_time w2026-11-23
temps moyen de résolution trimestre dernier | resolution_time q2026-07-01
délai de traitement hier | resolution_time d2026-11-23

délai complet de résolution | full_resolution_time w2026-11-23
délai de résolution total le mois dernier | full_resolution_time m2026-10-01
temps total de résolution par équipe | full_resolution_time w2026-11-23 by team
délai de résolution attente comprise hier | full_resolution_time d2026-11-23

délai de première résolution | first_resolution_time w2026-11-23
temps de première résolution le mois dernier | first_resolution_time m2026-10-01
délai avant la première résolution par équipe | first_resolution_time w2026-11-23 by team
première résolution hier | first_resolution_time d2026-11-23

taux de résolution au premier contact par équipe | fcr w2026-11-23 by team
FCR le mois dernier | fcr m2026-10-01
demandes résolues au premier contact hier | fcr d2026-11-23
résolution au premier appel trimestre dernier | fcr q2026-07-01

résolution en une seule réponse | one_touch w2026-11-23
tickets résolus en une seule réponse le mois dernier | one_touch m2026-10-01
taux de résolution en une réponse par agent | one_touch w2026-11-23 by agent
one touch hier | one_touch d2026-11-23

taux de résolution | resolution_rate w2026-11-23
quel est le taux de résolution du mois dernier ? | resolution_rate m2026-10-01
part des tickets résolus par équipe | resolution_rate w2026-11-23 by team
tickets résolus en moins d'une semaine trimestre dernier | resolution_rate q2026-07-01

taux de réouverture | reopen_rate w2026-11-23
combien de tickets ont été rouverts la semaine dernière | reopen_rate w2026-11-16
réouvertures par équipe le mois dernier | reopen_rate m2026-10-01 by team
tickets réouverts hier | reopen_rate d2026-11-23

nombre d'échanges par demande | replies_per_ticket w2026-11-23
réponses par ticket le mois dernier | replies_per_ticket m2026-10-01
combien d'échanges pour résoudre un ticket ? | replies_per_ticket w2026-11-23
nombre moyen d'échanges par équipe | replies_per_ticket w2026-11-23 by team

messages par ticket | messages_per_ticket w2026-11-23
combien de messages par ticket le mois dernier | messages_per_ticket m2026-10-01
nombre moyen de messages par ticket par canal | messages_per_ticket w2026-11-23 by channel
messages par demande hier | messages_per_ticket d2026-11-23

taux d'escalade | escalation_rate w2026-11-23
combien de tickets ont été escaladés la semaine dernière ? | escalation_rate w2026-11-16
escalades par équipe le mois dernier | escalation_rate m2026-10-01 by team
demandes escaladées cette année | escalation_rate y2026-01-01

taux de transfert | transfer_rate w2026-11-23
combien de tickets ont été transférés hier | transfer_rate d2026-11-23
tickets transférés à une autre équipe le mois dernier | transfer_rate m2026-10-01
réaffectations par équipe | transfer_rate w2026-11-23 by team

tickets abandonnés | ticket_abandonment w2026-11-23
demandes restées sans réponse le mois dernier | ticket_abandonment m2026-10-01
combien de tickets n'ont jamais eu de réponse trimestre dernier | ticket_abandonment q2026-07-01
abandon des tickets par canal | ticket_abandonment w2026-11-23 by channel
tickets clos sans réponse hier | ticket_abandonment d2026-11-23

nombre moyen de tickets résolus par agent | solved_per_agent w2026-11-23
productivité des agents le mois dernier | solved_per_agent m2026-10-01
productivité par équipe | solved_per_agent w2026-11-23 by team
résolutions par agent hier | solved_per_agent d2026-11-23

effet de la formation | training_effect w2026-11-23
effet de la formation sur le csat | training_effect of csat w2026-11-23
impact de la formation sur la résolution au premier contact cette année | training_effect of fcr y2026-01-01
efficacité de la formation sur le taux de réouverture trimestre dernier | training_effect of reopen_rate q2026-07-01

satisfaction client par agent | csat w2026-11-23 by agent
taux de satisfaction la semaine dernière | csat w2026-11-16
combien de clients satisfaits le mois dernier | csat m2026-10-01
le csat a-t-il baissé le mois dernier ? | csat m2026-10-01
satisfaction de l'agent alice martin | csat w2026-11-23 agent=U1

note de satisfaction | csat_score w2026-11-23
note moyenne le mois dernier | csat_score m2026-10-01
note des clients par équipe | csat_score w2026-11-23 by team
score csat trimestre dernier | csat_score q2026-07-01

clients récurrents | returning_customers w2026-11-23
combien de clients reviennent | returning_customers w2026-11-23
part des clients récurrents le mois dernier | returning_customers m2026-10-01
clients qui nous ont recontactés la semaine dernière | returning_customers w2026-11-16

performance des canaux | channel_performance w2026-11-23
comparer les canaux le mois dernier | channel_performance m2026-10-01
bilan par canal ce trimestre | channel_performance q2026-10-01
comparaison des canaux la semaine dernière | channel_performance w2026-11-16

indice d'efficacité | efficiency_index w2026-11-23
efficacité du support ce mois | efficiency_index m2026-11-01
score d'efficacité par équipe | efficiency_index w2026-11-23 by team
performance globale trimestre dernier | efficiency_index q2026-07-01
"""


@pytest.mark.parametrize(("words", "expected"), table(KPIS))
def test_a_kpi_is_asked_for_in_french(words, expected):
    assert asked(words, language="fr") == expected


def test_every_kpi_is_asked_for_in_four_ways():
    ways = Counter(expected.split()[0] for _, expected in table(KPIS))
    assert set(ways) == set(CATALOGUE)
    assert min(ways.values()) >= 4


def test_what_is_asked_in_french_is_answered_in_french():
    assert [words for words, _ in table(KPIS) if language_of(words, "fr") != "fr"] == []
