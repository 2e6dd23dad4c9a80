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

taux de self-service | self_service_rate w2026-11-23
libre-service le mois dernier | self_service_rate m2026-10-01
taux de déflexion trimestre dernier | self_service_rate q2026-07-01
demandes résolues en libre-service cette année | self_service_rate y2026-01-01

taux de réponse sur les réseaux sociaux | social_response_rate w2026-11-23
taux de réponse réseaux sociaux le mois dernier | social_response_rate m2026-10-01
réponses sur les réseaux sociaux hier | social_response_rate d2026-11-23
taux de réponse aux messages des réseaux sociaux cette année | social_response_rate y2026-01-01

taux d'engagement | social_engagement w2026-11-23
engagement sur les réseaux sociaux le mois dernier | social_engagement m2026-10-01
quel est notre engagement ce trimestre | social_engagement q2026-10-01
taux d'engagement sur les réseaux sociaux hier | social_engagement d2026-11-23

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

taux d'abandon | abandonment_rate w2026-11-23
taux d'abandon des appels le mois dernier | abandonment_rate m2026-10-01 channel=phone
appels abandonnés hier | abandonment_rate d2026-11-23 channel=phone
combien d'appels manqués aujourd'hui ? | abandonment_rate d2026-11-24 channel=phone
taux d'appels perdus la semaine dernière | abandonment_rate w2026-11-16 channel=phone
chats abandonnés par équipe | abandonment_rate w2026-11-23 by team channel=chat

tickets abandonnés | ticket_abandonment w2026-11-23
demandes restées sans réponse le mois dernier | ticket_abandonment m2026-10-01
combien de tickets n'ont jamais eu de réponse trimestre dernier | ticket_abandonment q2026-07-01
abandon des tickets par canal | ticket_abandonment w2026-11-23 by channel
tickets clos sans réponse hier | ticket_abandonment d2026-11-23

taux de décroché | answer_rate w2026-11-23
taux de décroché des appels le mois dernier | answer_rate m2026-10-01 channel=phone
appels décrochés hier | answer_rate d2026-11-23 channel=phone
quel est notre taux de décroché aujourd'hui ? | answer_rate d2026-11-24
taux d'appels décrochés par jour la semaine dernière | answer_rate w2026-11-16 per day channel=phone

niveau de service | service_level w2026-11-23
niveau de service téléphonique hier | service_level d2026-11-23 channel=phone
taux de service par jour le mois dernier | service_level m2026-10-01 per day
quel est le niveau de service du chat ? | service_level w2026-11-23 channel=chat
QS de la semaine dernière | service_level w2026-11-16

temps d'attente | wait_time w2026-11-23
temps d'attente moyen des appels hier | wait_time d2026-11-23 channel=phone
durée moyenne d'attente le mois dernier | wait_time m2026-10-01
DMA par équipe | wait_time w2026-11-23 by team
temps d'attente au téléphone la semaine dernière | wait_time w2026-11-16 channel=phone

DMT | aht w2026-11-23
durée moyenne de traitement le mois dernier par canal | aht m2026-10-01 by channel
temps de traitement d'un appel | aht w2026-11-23 channel=phone
temps moyen de traitement des e-mails hier | aht d2026-11-23 channel=email
TMT par agent | aht w2026-11-23 by agent
combien de temps pour traiter un ticket | aht w2026-11-23

durée des appels | call_time w2026-11-23
durée moyenne d'appel le mois dernier | call_time m2026-10-01
temps de conversation par agent | call_time w2026-11-23 by agent
combien de temps durent les appels ? | call_time w2026-11-23
DMC hier | call_time d2026-11-23

taux d'utilisation | utilization w2026-11-23
taux d'utilisation des agents le mois dernier | utilization m2026-10-01
utilisation des agents par équipe | utilization w2026-11-23 by team
taux de charge hier | utilization d2026-11-23

taux d'occupation | occupancy w2026-11-23
taux d'occupation des agents le mois dernier | occupancy m2026-10-01
occupation par équipe | occupancy w2026-11-23 by team
quel était le taux d'occupation hier | occupancy d2026-11-23

nombre moyen de tickets résolus par agent | solved_per_agent w2026-11-23
productivité des agents le mois dernier | solved_per_agent m2026-10-01
productivité par équipe | solved_per_agent w2026-11-23 by team
résolutions par agent hier | solved_per_agent d2026-11-23

coût par contact | cost_per_contact m2026-10-01
coût d'un ticket le mois dernier | cost_per_contact m2026-10-01
coût par appel trimestre dernier | cost_per_contact q2026-07-01 channel=phone
combien nous coûte un ticket ? | cost_per_contact m2026-10-01
coût moyen par contact cette année | cost_per_contact y2026-01-01

taux d'erreur | error_rate w2026-11-23
combien d'erreurs le mois dernier | error_rate m2026-10-01
erreurs par agent | error_rate w2026-11-23 by agent
contacts avec erreur la semaine dernière | error_rate w2026-11-16

effet de la formation | training_effect w2026-11-23
effet de la formation sur le csat | training_effect of csat w2026-11-23
impact de la formation sur la résolution au premier contact cette année | training_effect of fcr y2026-01-01
efficacité de la formation sur le taux de réouverture trimestre dernier | training_effect of reopen_rate q2026-07-01
effet des formations sur la DMT par équipe | training_effect of aht w2026-11-23 by team

rétention des agents | agent_retention w2026-11-23
taux de rétention des agents cette année | agent_retention y2026-01-01
fidélisation des collaborateurs trimestre dernier | agent_retention q2026-07-01
combien d'agents sont restés cette année ? | agent_retention y2026-01-01

satisfaction des agents | agent_satisfaction w2026-11-23
satisfaction des collaborateurs trimestre dernier | agent_satisfaction q2026-07-01
satisfaction du personnel ce mois | agent_satisfaction m2026-11-01
satisfaction des conseillers cette année | agent_satisfaction y2026-01-01
bien-être des agents ce mois | agent_satisfaction m2026-11-01

satisfaction client par agent | csat w2026-11-23 by agent
taux de satisfaction la semaine dernière | csat w2026-11-16
combien de clients satisfaits le mois dernier | csat m2026-10-01
le csat a-t-il baissé le mois dernier ? | csat m2026-10-01
satisfaction de l'agent alice martin | csat w2026-11-23 agent=U1

note de satisfaction | csat_score w2026-11-23
note moyenne le mois dernier | csat_score m2026-10-01
note des clients par équipe | csat_score w2026-11-23 by team
score csat trimestre dernier | csat_score q2026-07-01

NPS | nps w2026-11-23
quel est notre NPS ce trimestre ? | nps q2026-10-01
taux de recommandation le mois dernier | nps m2026-10-01
NPS par marque | nps w2026-11-23 by brand
nos clients nous recommandent-ils cette année | nps y2026-01-01

effort client | ces w2026-11-23
score d'effort client le mois dernier | ces m2026-10-01
CES trimestre dernier | ces q2026-07-01
effort des clients par canal | ces w2026-11-23 by channel
CES | ces w2026-11-23

taux de réponse aux enquêtes | survey_response_rate w2026-11-23
combien de clients répondent à l'enquête ? | survey_response_rate w2026-11-23
taux de retour des questionnaires le mois dernier | survey_response_rate m2026-10-01
participation aux enquêtes par canal | survey_response_rate w2026-11-23 by channel

satisfaction sur le temps d'attente | wait_csat w2026-11-23
satisfaction liée à l'attente le mois dernier | wait_csat m2026-10-01
clients satisfaits du temps d'attente hier | wait_csat d2026-11-23
satisfaction du temps d'attente par canal | wait_csat w2026-11-23 by channel

satisfaction du libre-service | self_service_csat w2026-11-23
utilité des articles le mois dernier | self_service_csat m2026-10-01
articles jugés utiles cette année | self_service_csat y2026-01-01
satisfaction de la base de connaissances trimestre dernier | self_service_csat q2026-07-01

satisfaction perçue | perceived_csat w2026-11-23
satisfaction perçue par les agents le mois dernier | perceived_csat m2026-10-01 by agent
satisfaction client perçue hier | perceived_csat d2026-11-23
ressenti des agents ce trimestre | perceived_csat q2026-10-01

score qualité | qa_score w2026-11-23
note qualité par agent le mois dernier | qa_score m2026-10-01 by agent
qualité des réponses ce trimestre | qa_score q2026-10-01
évaluations qualité la semaine dernière | qa_score w2026-11-16

qualité de communication | communication_quality w2026-11-23
qualité de la communication par agent | communication_quality w2026-11-23 by agent
note de communication le mois dernier | communication_quality m2026-10-01
clarté des réponses ce trimestre | communication_quality q2026-10-01

exactitude des informations | information_accuracy w2026-11-23
fiabilité des réponses le mois dernier | information_accuracy m2026-10-01
précision des informations par agent | information_accuracy w2026-11-23 by agent
justesse des réponses ce trimestre | information_accuracy q2026-10-01

flexibilité | flexibility w2026-11-23
souplesse des agents le mois dernier | flexibility m2026-10-01
flexibilité par agent | flexibility w2026-11-23 by agent
note de flexibilité ce trimestre | flexibility q2026-10-01

rétention client | customer_retention w2026-11-23
taux de rétention des clients trimestre dernier | customer_retention q2026-07-01
taux de fidélisation cette année | customer_retention y2026-01-01
combien de clients avons-nous gardés cette année ? | customer_retention y2026-01-01

taux d'attrition | churn w2026-11-23
attrition le mois dernier | churn m2026-10-01
combien de clients avons-nous perdus trimestre dernier | churn q2026-07-01
taux de churn cette année | churn y2026-01-01

clients récurrents | returning_customers w2026-11-23
combien de clients reviennent | returning_customers w2026-11-23
part des clients récurrents le mois dernier | returning_customers m2026-10-01
clients qui nous ont recontactés la semaine dernière | returning_customers w2026-11-16

taux de conversion | conversion_rate w2026-11-23
contacts transformés en ventes le mois dernier | conversion_rate m2026-10-01
taux de transformation par canal | conversion_rate w2026-11-23 by channel
contacts suivis d'une vente cette année | conversion_rate y2026-01-01

ventes assistées | assisted_sales w2026-11-23
ventes après un contact le mois dernier | assisted_sales m2026-10-01
chiffre d'affaires généré par le support cette année | assisted_sales y2026-01-01
montant des ventes par agent | assisted_sales w2026-11-23 by agent

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
