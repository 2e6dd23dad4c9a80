"""Ce que l'on tape en français, le mardi 24 novembre 2026 à 10 h 26 à Paris (semaine ISO 48)."""

import pytest
from spoken import asked, table

KPIS = """
volume semaine | volume w2026-11-23
combien de tickets la semaine dernière | volume w2026-11-16
Combien de tickets avons-nous reçus hier ? | volume d2026-11-23
nouveaux tickets ce mois-ci | volume m2026-11-01
demandes reçues en octobre | volume m2026-10-01
flux entrant trimestre dernier | volume q2026-07-01
nombre de demandes aujourd'hui | volume d2026-11-24
combien d'appels avons-nous reçus hier ? | volume d2026-11-23 channel=phone
résolus semaine | solved w2026-11-23
combien de tickets avons-nous résolus hier ? | solved d2026-11-23
tickets résolus le mois dernier par agent | solved m2026-10-01 by agent
tickets résolus par @alice la semaine dernière | solved w2026-11-16 agent=U1
encours | backlog w2026-11-23
en-cours aujourd’hui | backlog d2026-11-24
stock de tickets par équipe | backlog w2026-11-23 by team
tickets en cours aujourd'hui | backlog d2026-11-24
combien de tickets sont encore ouverts ? | backlog w2026-11-23
FRT semaine | frt w2026-11-23
délai de première réponse | frt w2026-11-23
temps de première réponse hier | frt d2026-11-23
Quel est le délai de première réponse cette semaine ? | frt w2026-11-23
DELAI DE PREMIERE REPONSE | frt w2026-11-23
délai moyen de la première réponse | frt w2026-11-23
délai de réponse semaine | reply_time w2026-11-23
temps de réponse moyen hier | reply_time d2026-11-23
en combien de temps répond-on aux e-mails ? | reply_time w2026-11-23 channel=email
à quelle vitesse avons-nous répondu aux e-mails la semaine dernière ? | reply_time w2026-11-16 channel=email
sla de première réponse mois | frt_sla m2026-11-01
premières réponses dans les délais, mois dernier | frt_sla m2026-10-01
SLA première réponse trimestre | frt_sla q2026-10-01
sla de résolution mois | resolution_sla m2026-11-01
tickets résolus dans le SLA hier | resolution_sla d2026-11-23
délai de résolution mois | resolution_time m2026-11-01
temps de résolution par priorité | resolution_time w2026-11-23 by priority
durée de résolution en 2025 | resolution_time y2025-01-01
combien de temps pour résoudre un ticket ? | resolution_time w2026-11-23
fcr semaine | fcr w2026-11-23
résolution au premier contact | fcr w2026-11-23
premier contact semaine dernière | fcr w2026-11-16
RPC mois | fcr m2026-11-01
taux de résolution dès le premier contact en octobre | fcr m2026-10-01
tickets résolus au premier contact hier | fcr d2026-11-23
satisfaction client | csat w2026-11-23
csat trimestre | csat q2026-10-01
quelle est la satisfaction des clients cette année ? | csat y2026-01-01
taux de satisfaction le mois dernier, s’il vous plaît | csat m2026-10-01
Montre-moi le CSAT du mois dernier | csat m2026-10-01
donne-moi notre fcr | fcr w2026-11-23
"""

RELATIVE = """
frt aujourd'hui | frt d2026-11-24
frt aujourd’hui | frt d2026-11-24
frt hier | frt d2026-11-23
le frt d'hier | frt d2026-11-23
peux-tu me donner le frt d'hier ? | frt d2026-11-23
j'aimerais voir le frt d'hier | frt d2026-11-23
frt avant-hier | frt d2026-11-22
frt avant hier | frt d2026-11-22
frt jour | frt d2026-11-24
frt semaine | frt w2026-11-23
frt mois | frt m2026-11-01
frt trimestre | frt q2026-10-01
frt année | frt y2026-01-01
frt cette semaine | frt w2026-11-23
frt semaine en cours | frt w2026-11-23
frt ce mois | frt m2026-11-01
frt ce mois-ci | frt m2026-11-01
frt mois courant | frt m2026-11-01
frt cet an | frt y2026-01-01
frt semaine dernière | frt w2026-11-16
frt la semaine passée | frt w2026-11-16
frt dernière semaine | frt w2026-11-16
frt semaine précédente | frt w2026-11-16
frt la semaine d'avant | frt w2026-11-16
frt mois dernier | frt m2026-10-01
le frt du mois dernier | frt m2026-10-01
frt dernier trimestre | frt q2026-07-01
frt année dernière | frt y2025-01-01
frt l'an dernier | frt y2025-01-01
frt l’an passé | frt y2025-01-01
frt avant-dernière semaine | frt w2026-11-09
frt depuis le début du mois | frt m2026-11-01
frt depuis le début de l'année | frt y2026-01-01
frt il y a 2 semaines | frt w2026-11-09
frt il y a trois mois | frt m2026-08-01
frt il y a un an | frt y2025-01-01
frt lundi | frt d2026-11-23
frt mercredi | frt d2026-11-18
frt lundi dernier | frt d2026-11-23
frt mardi dernier | frt d2026-11-17
frt ce lundi | frt d2026-11-23
frt 7 derniers jours | frt 2026-11-18..2026-11-24
frt les sept derniers jours | frt 2026-11-18..2026-11-24
frt derniers 7 jours | frt 2026-11-18..2026-11-24
frt 7 jours | frt 2026-11-18..2026-11-24
frt 7j | frt 2026-11-18..2026-11-24
frt 30j | frt 2026-10-26..2026-11-24
frt 30 jours | frt 2026-10-26..2026-11-24
frt depuis 7 jours | frt 2026-11-18..2026-11-24
frt 4 semaines | frt 2026-10-28..2026-11-24
frt 3 derniers mois | frt 2026-08-25..2026-11-24
frt sur 12 mois | frt 2025-11-25..2026-11-24
frt 2 ans | frt 2024-11-25..2026-11-24
frt ces 7 jours | frt 2026-11-18..2026-11-24
frt ces 2 dernières semaines | frt 2026-11-11..2026-11-24
frt ces deux derniers mois | frt 2026-09-25..2026-11-24
frt ces 2 semaines passées | frt 2026-11-11..2026-11-24
frt depuis ces 2 dernières semaines | frt 2026-11-11..2026-11-24
"""

DATES = """
frt 2026-10 | frt m2026-10-01
frt 10/2026 | frt m2026-10-01
frt semaine 46 | frt w2026-11-09
frt semaine 46 de 2026 | frt w2026-11-09
frt S46 | frt w2026-11-09
frt 2026-S46 | frt w2026-11-09
frt 2026-W46 | frt w2026-11-09
frt semaine 50 | frt w2025-12-08
frt semaine du 12 octobre | frt w2026-10-12
frt semaine du 12 | frt w2026-11-09
frt semaine 12 | frt w2026-03-16
frt semaine du 14/10/2026 | frt w2026-10-12
frt semaine commençant le 14 octobre | frt w2026-10-14
frt T3 2026 | frt q2026-07-01
frt 2026-T3 | frt q2026-07-01
frt t3 | frt q2026-07-01
frt T4 | frt q2026-10-01
frt 3e trimestre 2026 | frt q2026-07-01
frt 1er trimestre | frt q2026-01-01
frt troisième trimestre 2025 | frt q2025-07-01
frt trimestre 1 2026 | frt q2026-01-01
frt octobre 2026 | frt m2026-10-01
frt octobre | frt m2026-10-01
frt d'octobre | frt m2026-10-01
frt en oct. | frt m2026-10-01
frt mois de mars | frt m2026-03-01
frt août | frt m2026-08-01
frt aout 2026 | frt m2026-08-01
frt décembre | frt m2025-12-01
frt sept. 2026 | frt m2026-09-01
frt 2026 | frt y2026-01-01
frt année 2025 | frt y2025-01-01
frt de 2025 | frt y2025-01-01
frt 2026-10-15 | frt d2026-10-15
frt 15/10/2026 | frt d2026-10-15
frt le 03/04/2026 | frt d2026-04-03
frt 3/4 | frt d2026-04-03
frt 15/10/26 | frt d2026-10-15
frt 15.10.2026 | frt d2026-10-15
frt 15 octobre 2026 | frt d2026-10-15
frt le 1er octobre | frt d2026-10-01
frt du 15 octobre | frt d2026-10-15
frt 25 décembre | frt d2025-12-25
frt lundi 16 novembre 2026 | frt d2026-11-16
"""

RANGES = """
frt du 1er au 15 octobre | frt 2026-10-01..2026-10-15
frt du 1er au 15 octobre 2026 | frt 2026-10-01..2026-10-15
frt du 1 au 15 oct | frt 2026-10-01..2026-10-15
frt 1-15 oct | frt 2026-10-01..2026-10-15
frt 1er – 15 octobre | frt 2026-10-01..2026-10-15
frt entre le 1er et le 15 octobre | frt 2026-10-01..2026-10-15
frt entre le 1er octobre et le 3 novembre | frt 2026-10-01..2026-11-03
frt du 01/10/2026 au 15/10/2026 | frt 2026-10-01..2026-10-15
frt du 1er octobre jusqu'au 15 octobre | frt 2026-10-01..2026-10-15
frt du 1er au 15 | frt 2026-11-01..2026-11-15
frt semaine du 12 au 18 octobre | frt 2026-10-12..2026-10-18
frt 2026-10-01..2026-10-15 | frt 2026-10-01..2026-10-15
frt 2026-S45..2026-S46 | frt 2026-11-02..2026-11-15
frt semaines 45 à 46 | frt 2026-11-02..2026-11-15
frt de janvier à mars 2026 | frt q2026-01-01
frt août à septembre | frt 2026-08-01..2026-09-30
frt entre août et septembre | frt 2026-08-01..2026-09-30
frt de décembre à janvier | frt 2025-12-01..2026-01-31
frt T1..T2 | frt 2026-01-01..2026-06-30
frt T1 à T2 2025 | frt 2025-01-01..2025-06-30
frt de 2024 à 2025 | frt 2024-01-01..2025-12-31
frt du 1er au 31 octobre | frt m2026-10-01
frt du lundi au vendredi | frt 2026-11-23..2026-11-27
frt de lundi à hier | frt d2026-11-23
frt depuis lundi | frt 2026-11-23..2026-11-24
frt depuis lundi dernier | frt 2026-11-23..2026-11-24
frt depuis hier | frt 2026-11-23..2026-11-24
frt depuis le 1er octobre | frt 2026-10-01..2026-11-24
frt depuis le 15 | frt 2026-11-15..2026-11-24
frt depuis octobre | frt 2026-10-01..2026-11-24
frt depuis la semaine dernière | frt 2026-11-16..2026-11-24
frt depuis 2025 | frt 2025-01-01..2026-11-24
frt à partir du 1er novembre | frt 2026-11-01..2026-11-24
frt depuis le 30/09/2026 | frt 2026-09-30..2026-11-24
"""

REST = """
frt mois dernier par agent priorité:haute | frt m2026-10-01 by agent priority=high
csat 2026-10 vs 2026-09 | csat m2026-10-01 vs m2026-09-01
frt trimestre par semaine | frt q2026-10-01 per week
semaine frt par équipe | frt w2026-11-23 by team
par équipe, la semaine dernière, le frt | frt w2026-11-16 by team
frt par semaine trimestre dernier | frt q2026-07-01 per week
frt par équipe et par semaine, trimestre dernier | frt q2026-07-01 by team per week
frt par jour semaine dernière | frt w2026-11-16 per day
évolution du csat par mois en 2026 | csat y2026-01-01 per month
frt par mois année | frt y2026-01-01 per month
frt mensuel 2026 | frt y2026-01-01 per month
frt par an | frt 2022-01-01..2026-12-31 per year
frt par équipe et par canal | frt w2026-11-23 by team by channel
frt par équipe et canal, mois dernier | frt m2026-10-01 by team by channel
frt par canal, équipe | frt w2026-11-23 by channel by team
frt réseaux sociaux | frt w2026-11-23 channel=social
le csat a-t-il baissé le mois dernier ? | csat m2026-10-01
tickets de fcr semaine dernière | fcr w2026-11-16
frt de l'agent alice martin hier | frt d2026-11-23 agent=U1
frt selon le canal | frt w2026-11-23 by channel
frt pour chaque agent | frt w2026-11-23 by agent
frt ventilé par priorité | frt w2026-11-23 by priority
frt équipe:billing | frt w2026-11-23 team=7
frt equipe:BILLING | frt w2026-11-23 team=7
frt équipe : billing | frt w2026-11-23 team=7
frt équipe\u00a0: « front desk » | frt w2026-11-23 team=9
frt l'équipe billing | frt w2026-11-23 team=7
frt équipe:équipe nord | frt w2026-11-23 team=12
frt équipe:"Équipe Sud" | frt w2026-11-23 team=13
frt groupe:"equipe sud" hier | frt d2026-11-23 team=13
frt file:front desk | frt w2026-11-23 team=9
frt canal:email | frt w2026-11-23 channel=email
frt canal:courriel | frt w2026-11-23 channel=email
frt canal:téléphone | frt w2026-11-23 channel=phone
frt courriels | frt w2026-11-23 channel=email
frt appels hier | frt d2026-11-23 channel=phone
frt priorité:haute,urgente | frt w2026-11-23 priority=high,urgent
frt priorité:basse priorité:normale | frt w2026-11-23 priority=low,normal
frt statut:"en attente" | frt w2026-11-23 status=pending
frt étiquette:vip étiquette:"beta test" | frt w2026-11-23 tag=vip tag=beta test
frt agent:chloe | frt w2026-11-23 agent=43
frt agent:"chloé dubois" | frt w2026-11-23 agent=43
frt @chloe | frt w2026-11-23 agent=43
frt <@U1|alice> semaine | frt w2026-11-23 agent=U1
frt client:"dina doe" | frt w2026-11-23 customer=dina@example.org
frt marque:acme motif:refund outil:rt | frt w2026-11-23 brand=acme type=refund helpdesk=rt
frt semaine vs même période l'an dernier | frt w2026-11-23 vs w2025-11-24
frt mois vs l'an dernier | frt m2026-11-01 vs m2025-11-01
frt hier vs année dernière | frt d2026-11-23 vs d2025-11-23
frt mois dernier même période l’année dernière | frt m2026-10-01 vs m2025-10-01
frt mois vs il y a un an | frt m2026-11-01 vs m2025-11-01
frt octobre, d'une année sur l'autre | frt m2026-10-01 vs m2025-10-01
frt cette semaine par rapport à la semaine dernière | frt w2026-11-23 vs w2026-11-16
frt ce mois comparé au mois dernier | frt m2026-11-01 vs m2026-10-01
frt mois contre octobre 2025 | frt m2026-11-01 vs m2025-10-01
frt du 1er au 15 octobre vs même période le mois dernier | frt 2026-10-01..2026-10-15 vs 2026-09-01..2026-09-15
frt semaine vs période précédente | frt w2026-11-23
frt octobre 2025 vs septembre | frt m2025-10-01 vs m2025-09-01
frt T3 vs T2 | frt q2026-07-01 vs q2026-04-01
fcr mois cohorte | fcr m2026-11-01 cohort
fcr en cohorte le mois dernier | fcr m2026-10-01 cohort
frt calendaire semaine | frt w2026-11-23 calendar
frt en temps calendaire, mois dernier, cohorte, par équipe | frt m2026-10-01 by team cohort calendar
first response time semaine dernière by team | frt w2026-11-16 by team
FRT   SEMAINE !!! | frt w2026-11-23
« frt » semaine | frt w2026-11-23
frt vs mois dernier | frt m2026-11-01 vs m2026-10-01
frt vs 2026-09 | frt m2026-11-01 vs m2026-09-01
frt par rapport à la semaine dernière | frt w2026-11-23 vs w2026-11-16
frt vs hier | frt d2026-11-24 vs d2026-11-23
frt vs T2 | frt q2026-10-01 vs q2026-04-01
frt vs l'an dernier | frt y2026-01-01 vs y2025-01-01
frt vs même période l'an dernier | frt w2026-11-23 vs w2025-11-24
frt par jour | frt 2026-10-26..2026-11-24 per day
frt toutes les semaines | frt 2026-09-07..2026-11-29 per week
frt mensuel | frt 2025-12-01..2026-11-30 per month
frt par trimestre | frt 2025-01-01..2026-12-31 per quarter
1ère réponse | frt w2026-11-23
délai de 1re réponse | frt w2026-11-23
1ères réponses dans les délais | frt_sla w2026-11-23
résolution au 1er contact, 1er trimestre | fcr q2026-01-01
@kpi frt semaine | frt w2026-11-23
<@U0BOT> frt | frt w2026-11-23
frt statut:en attente hier | frt d2026-11-23 status=pending
"""


@pytest.mark.parametrize(("words", "expected"), table(KPIS + RELATIVE + DATES + RANGES + REST))
def test_french_is_read(words, expected):
    assert asked(words.replace("\\u00a0", "\u00a0"), language="fr") == expected


def test_the_table_is_long_enough():
    assert len(table(KPIS + RELATIVE + DATES + RANGES + REST)) >= 150
