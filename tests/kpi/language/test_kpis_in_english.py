"""Every KPI as people ask for it in English, on Tuesday 24 November 2026 at 10:26 in Paris (ISO week 48)."""

from collections import Counter

import pytest
from spoken import asked, table

from bot.commands import language_of
from kpi.catalogue import CATALOGUE

KPIS = """
what is in the backlog today | backlog d2026-11-24
how big is our backlog by team | backlog w2026-11-23 by team
unresolved tickets today | backlog d2026-11-24
how many tickets are outstanding | backlog w2026-11-23

actionable backlog | actionable w2026-11-23
how many actionable tickets do we have today | actionable d2026-11-24
new and open tickets by team | actionable w2026-11-23 by team
actionable backlog of team billing yesterday | actionable d2026-11-23 team=7
tickets to work on today | actionable d2026-11-24

backlog age | backlog_age w2026-11-23
how old is our backlog | backlog_age w2026-11-23
age of open tickets by priority | backlog_age w2026-11-23 by priority
what is the age of the backlog today? | backlog_age d2026-11-24
ageing of the backlog by team | backlog_age w2026-11-23 by team
how old are our open tickets | backlog_age w2026-11-23

unanswered | unanswered w2026-11-23
how many tickets are waiting for a reply right now | unanswered w2026-11-23
unanswered tickets by agent | unanswered w2026-11-23 by agent
customers waiting for an answer today | unanswered d2026-11-24
how many customers are waiting for us | unanswered w2026-11-23
open tickets without a reply | unanswered w2026-11-23

overdue | overdue w2026-11-23
how many tickets are overdue? | overdue w2026-11-23
overdue tickets by team | overdue w2026-11-23 by team
which tickets are past due | overdue w2026-11-23
late tickets today | overdue d2026-11-24
tickets past their SLA | overdue w2026-11-23

how many tickets came in last week | volume w2026-11-16
what was our ticket volume last month by channel | volume m2026-10-01 by channel
incoming tickets per day last month | volume m2026-10-01 per day
contact volume this year | volume y2026-01-01

how many tickets have we resolved this month? | solved m2026-11-01
tickets solved last week by team | solved w2026-11-16 by team
what did we solve yesterday | solved d2026-11-23
how many were resolved today | solved d2026-11-24

resolutions | resolutions w2026-11-23
number of resolutions last week | resolutions w2026-11-16
how many resolutions did we have last month | resolutions m2026-10-01
how many solves yesterday | resolutions d2026-11-23
all resolutions this month by team | resolutions m2026-11-01 by team

clearance | clearance w2026-11-23
clearance rate last month | clearance m2026-10-01
solved vs received last week | clearance w2026-11-16
are we keeping up with the volume this month? | clearance m2026-11-01
resolved vs created by team | clearance w2026-11-23 by team
ticket clearance last quarter | clearance q2026-07-01

forecast volume next month | volume_forecast m2026-12-01
volume forecast next week | volume_forecast w2026-11-30
forecast | volume_forecast m2026-12-01
how many tickets should we expect next week? | volume_forecast w2026-11-30
expected volume this month | volume_forecast m2026-11-01
how many tickets will we get next month | volume_forecast m2026-12-01
forecast for next week by channel | volume_forecast w2026-11-30 by channel

automation rate last month | automated_rate m2026-10-01
how many tickets were solved automatically last week | automated_rate w2026-11-16
automated resolutions by channel | automated_rate w2026-11-23 by channel
what share of tickets was solved without a human | automated_rate w2026-11-23
resolved by automation this year | automated_rate y2026-01-01

self-service rate last month | self_service_rate m2026-10-01
self service this month | self_service_rate m2026-11-01
deflection rate last quarter | self_service_rate q2026-07-01
ticket deflection this year | self_service_rate y2026-01-01
requests solved by self-service last week | self_service_rate w2026-11-16

social response rate | social_response_rate w2026-11-23
social media response rate last month | social_response_rate m2026-10-01
response rate on social media last week | social_response_rate w2026-11-16
how many social messages answered yesterday | social_response_rate d2026-11-23
social media responses this month | social_response_rate m2026-11-01

social engagement | social_engagement w2026-11-23
social media engagement last month | social_engagement m2026-10-01
what's our engagement rate this month | social_engagement m2026-11-01
engagement on social media last quarter | social_engagement q2026-07-01

what is our first response time this week? | frt w2026-11-23
time to first reply yesterday | frt d2026-11-23
first answer time by channel | frt w2026-11-23 by channel
average first response time last month | frt m2026-10-01

how quickly did we reply last week | reply_time w2026-11-16
average reply time by agent last month | reply_time m2026-10-01 by agent
how long does it take to answer our customers | reply_time w2026-11-23
time to reply to e-mails | reply_time w2026-11-23 channel=email

response bands | response_bands w2026-11-23
first response bands last month | response_bands m2026-10-01
distribution of first response times last week | response_bands w2026-11-16
how many first responses within an hour last month | response_bands m2026-10-01
response time distribution by team | response_bands w2026-11-23 by team

first response SLA by team last month | frt_sla m2026-10-01 by team
how many first replies on time yesterday | frt_sla d2026-11-23
first reply SLA of team billing | frt_sla w2026-11-23 team=7
breached frt sla last week | frt_sla w2026-11-16
share of first responses within SLA | frt_sla w2026-11-23

next reply SLA | next_reply_sla w2026-11-23
next reply sla last month by team | next_reply_sla m2026-10-01 by team
follow-up SLA last week | next_reply_sla w2026-11-16
later replies within SLA this month | next_reply_sla m2026-11-01
next responses on time yesterday | next_reply_sla d2026-11-23

resolution SLA by priority | resolution_sla w2026-11-23 by priority
tickets resolved within SLA last quarter | resolution_sla q2026-07-01
how many tickets were solved on time last month | resolution_sla m2026-10-01
resolution sla compliance this year | resolution_sla y2026-01-01

resolution time by type last month | resolution_time m2026-10-01 by type
how long do we take to resolve tickets | resolution_time w2026-11-23
mean time to resolve last quarter | resolution_time q2026-07-01
average resolution time priority:urgent | resolution_time w2026-11-23 priority=urgent

full resolution time | full_resolution_time w2026-11-23
full resolution time last month by team | full_resolution_time m2026-10-01 by team
total resolution time last week | full_resolution_time w2026-11-16
resolution time including pending this month | full_resolution_time m2026-11-01
resolution time full last quarter | full_resolution_time q2026-07-01

first resolution time | first_resolution_time w2026-11-23
time to first resolution last month | first_resolution_time m2026-10-01
time to first solve by team | first_resolution_time w2026-11-23 by team
first resolution time this year cohort | first_resolution_time y2026-01-01 cohort
first solve time yesterday | first_resolution_time d2026-11-23

first contact rate last week | fcr w2026-11-16
FCR by team last quarter | fcr q2026-07-01 by team
first call resolution rate this month | fcr m2026-11-01
first time fix rate | fcr w2026-11-23

one-touch | one_touch w2026-11-23
one touch rate last month | one_touch m2026-10-01
one-touch resolution by agent | one_touch w2026-11-23 by agent
how many tickets were solved with one reply last week | one_touch w2026-11-16
tickets solved in one touch this month | one_touch m2026-11-01

resolution rate | resolution_rate w2026-11-23
what is our resolution rate last month | resolution_rate m2026-10-01
share of tickets solved by team | resolution_rate w2026-11-23 by team
tickets solved within a week last quarter | resolution_rate q2026-07-01
ticket resolution rate this year | resolution_rate y2026-01-01

reopen rate | reopen_rate w2026-11-23
how many tickets were reopened last week? | reopen_rate w2026-11-16
reopened tickets by team last month | reopen_rate m2026-10-01 by team
reopens this month | reopen_rate m2026-11-01
re-open rate last quarter | reopen_rate q2026-07-01
how many tickets have we re-opened this year | reopen_rate y2026-01-01

replies per ticket | replies_per_ticket w2026-11-23
how many replies does it take to solve a ticket | replies_per_ticket w2026-11-23
exchanges per request last month | replies_per_ticket m2026-10-01
average replies per ticket by team | replies_per_ticket w2026-11-23 by team
answers per ticket this year | replies_per_ticket y2026-01-01

messages per ticket | messages_per_ticket w2026-11-23
how many messages per ticket last month | messages_per_ticket m2026-10-01
average number of messages per ticket by channel | messages_per_ticket w2026-11-23 by channel
messages per conversation this quarter | messages_per_ticket q2026-10-01

escalation rate | escalation_rate w2026-11-23
how many tickets were escalated last week | escalation_rate w2026-11-16
escalations by team last month | escalation_rate m2026-10-01 by team
escalated tickets this year | escalation_rate y2026-01-01

transfer rate | transfer_rate w2026-11-23
how many tickets were transferred last month | transfer_rate m2026-10-01
tickets moved to another team last week | transfer_rate w2026-11-16
ticket transfers by team | transfer_rate w2026-11-23 by team
reassignment rate this month | transfer_rate m2026-11-01

abandonment rate | abandonment_rate w2026-11-23
call abandonment rate last month | abandonment_rate m2026-10-01 channel=phone
how many calls were abandoned yesterday | abandonment_rate d2026-11-23 channel=phone
abandoned calls yesterday | abandonment_rate d2026-11-23 channel=phone
missed calls today | abandonment_rate d2026-11-24 channel=phone
abandon rate of chats last week | abandonment_rate w2026-11-16 channel=chat
abandonment rate by channel | abandonment_rate w2026-11-23 by channel

ticket abandonment | ticket_abandonment w2026-11-23
abandoned tickets last month | ticket_abandonment m2026-10-01
how many tickets were never answered last quarter | ticket_abandonment q2026-07-01
tickets closed without a reply this month | ticket_abandonment m2026-11-01
requests never answered by channel | ticket_abandonment w2026-11-23 by channel

answer rate | answer_rate w2026-11-23
answer rate for calls last week | answer_rate w2026-11-16 channel=phone
answered calls yesterday | answer_rate d2026-11-23 channel=phone
pick-up rate this month | answer_rate m2026-11-01
answered contacts today | answer_rate d2026-11-24
call answer rate by team last month | answer_rate m2026-10-01 by team channel=phone

service level | service_level w2026-11-23
phone service level yesterday | service_level d2026-11-23 channel=phone
what's the service level of chats this week | service_level w2026-11-23 channel=chat
service level by day last week | service_level w2026-11-16 per day
telephone service factor last month | service_level m2026-10-01 channel=phone

wait time | wait_time w2026-11-23
average waiting time of calls last week | wait_time w2026-11-16 channel=phone
average speed of answer yesterday | wait_time d2026-11-23
ASA this month | wait_time m2026-11-01
time in queue by team | wait_time w2026-11-23 by team

AHT | aht w2026-11-23
average handle time last month by channel | aht m2026-10-01 by channel
handling time of calls yesterday | aht d2026-11-23 channel=phone
time spent per ticket by type | aht w2026-11-23 by type
how long does it take to handle an e-mail | aht w2026-11-23 channel=email

call time | call_time w2026-11-23
talk time per call last week | call_time w2026-11-16
average call duration by agent | call_time w2026-11-23 by agent
how long do calls last | call_time w2026-11-23
time on the phone yesterday | call_time d2026-11-23

utilization | utilization w2026-11-23
agent utilisation last month | utilization m2026-10-01
utilization rate by team | utilization w2026-11-23 by team
how busy are our agents this week | utilization w2026-11-23

occupancy | occupancy w2026-11-23
occupancy rate yesterday | occupancy d2026-11-23
agent occupancy by team last week | occupancy w2026-11-16 by team
what was the occupancy last month | occupancy m2026-10-01

solved per agent | solved_per_agent w2026-11-23
tickets solved per agent last month | solved_per_agent m2026-10-01
agent productivity by team | solved_per_agent w2026-11-23 by team
solved tickets per agent last week | solved_per_agent w2026-11-16
productivity this year per month | solved_per_agent y2026-01-01 per month

cost per contact | cost_per_contact m2026-10-01
cost per ticket last month | cost_per_contact m2026-10-01
cost per call last quarter | cost_per_contact q2026-07-01 channel=phone
how much does a ticket cost this year | cost_per_contact y2026-01-01
support cost per ticket by type | cost_per_contact m2026-10-01 by type

error rate | error_rate w2026-11-23
how many errors last month | error_rate m2026-10-01
reviewed contacts with errors last week | error_rate w2026-11-16
error rate by agent this quarter | error_rate q2026-10-01 by agent

training effect | training_effect w2026-11-23
training effect on csat | training_effect of csat w2026-11-23
effect of the training on first contact resolution this year | training_effect of fcr y2026-01-01
did the training help the reopen rate last quarter | training_effect of reopen_rate q2026-07-01
impact of training on aht by team | training_effect of aht w2026-11-23 by team
csat training effect last month | training_effect of csat m2026-10-01

agent retention | agent_retention w2026-11-23
staff retention this year | agent_retention y2026-01-01
employee retention rate last quarter | agent_retention q2026-07-01
retention of agents by team | agent_retention w2026-11-23 by team
how many agents stayed this year | agent_retention y2026-01-01

agent satisfaction | agent_satisfaction w2026-11-23
employee satisfaction last quarter | agent_satisfaction q2026-07-01
how happy are our agents this month | agent_satisfaction m2026-11-01
staff satisfaction this year | agent_satisfaction y2026-01-01

how satisfied were customers last week | csat w2026-11-16
csat by agent last month | csat m2026-10-01 by agent
customer satisfaction rate this quarter | csat q2026-10-01
did csat drop last month | csat m2026-10-01
satisfaction of agent alice martin | csat w2026-11-23 agent=U1

csat score | csat_score w2026-11-23
average rating last month | csat_score m2026-10-01
mean rating by agent | csat_score w2026-11-23 by agent
customer rating last quarter | csat_score q2026-07-01
show me the CSAT score for last month, please | csat_score m2026-10-01

NPS | nps w2026-11-23
what is our NPS this quarter | nps q2026-10-01
net promoter score last month by brand | nps m2026-10-01 by brand
how likely are customers to recommend us | nps w2026-11-23
NPS score this year vs 2025 | nps y2026-01-01 vs y2025-01-01

CES | ces w2026-11-23
customer effort score last month | ces m2026-10-01
customer effort by channel | ces w2026-11-23 by channel
effort score this year | ces y2026-01-01
CES last quarter | ces q2026-07-01

survey response rate | survey_response_rate w2026-11-23
how many customers answer the survey | survey_response_rate w2026-11-23
survey responses last month | survey_response_rate m2026-10-01
participation rate last quarter | survey_response_rate q2026-07-01
share of surveys answered by channel | survey_response_rate w2026-11-23 by channel

satisfaction with waiting time | wait_csat w2026-11-23
wait satisfaction last month | wait_csat m2026-10-01
how satisfied are customers with the waiting time | wait_csat w2026-11-23
waiting time satisfaction by channel | wait_csat w2026-11-23 by channel

self-service satisfaction | self_service_csat w2026-11-23
article helpfulness last month | self_service_csat m2026-10-01
how helpful are our articles | self_service_csat w2026-11-23
help center satisfaction last quarter | self_service_csat q2026-07-01
satisfaction with the knowledge base this year | self_service_csat y2026-01-01

perceived satisfaction | perceived_csat w2026-11-23
satisfaction as perceived by agents | perceived_csat w2026-11-23 by agent
perceived csat last month | perceived_csat m2026-10-01
agent-perceived satisfaction this quarter | perceived_csat q2026-10-01

QA score | qa_score w2026-11-23
quality score by agent last month | qa_score m2026-10-01 by agent
quality assurance this quarter | qa_score q2026-10-01
IQS last week | qa_score w2026-11-16
ticket quality by team | qa_score w2026-11-23 by team

communication quality | communication_quality w2026-11-23
quality of communication last month | communication_quality m2026-10-01
communication score by agent | communication_quality w2026-11-23 by agent
communication skills this quarter | communication_quality q2026-10-01

information accuracy | information_accuracy w2026-11-23
accuracy of the information given last month | information_accuracy m2026-10-01
how accurate are our answers | information_accuracy w2026-11-23
accuracy score by agent | information_accuracy w2026-11-23 by agent

flexibility | flexibility w2026-11-23
flexibility score by agent last month | flexibility m2026-10-01 by agent
how flexible are our agents | flexibility w2026-11-23
adaptability this quarter | flexibility q2026-10-01

customer retention | customer_retention w2026-11-23
customer retention rate last quarter | customer_retention q2026-07-01
client retention this year | customer_retention y2026-01-01
how many customers have we kept this year | customer_retention y2026-01-01
retention of customers by brand | customer_retention w2026-11-23 by brand

churn | churn w2026-11-23
churn rate last month | churn m2026-10-01
how many customers did we lose last quarter | churn q2026-07-01
lost customers this year | churn y2026-01-01
customer attrition by brand | churn w2026-11-23 by brand

returning customers | returning_customers w2026-11-23
repeat customers last month | returning_customers m2026-10-01
customers who came back last week | returning_customers w2026-11-16
share of returning customers by channel | returning_customers w2026-11-23 by channel

conversion rate | conversion_rate w2026-11-23
how many contacts turned into sales last month | conversion_rate m2026-10-01
conversions by channel | conversion_rate w2026-11-23 by channel
contacts followed by a sale this year | conversion_rate y2026-01-01

assisted sales | assisted_sales w2026-11-23
sales after a contact last month | assisted_sales m2026-10-01
revenue from support this year | assisted_sales y2026-01-01
value of assisted sales by agent | assisted_sales w2026-11-23 by agent
how much have we sold this month | assisted_sales m2026-11-01

channel performance | channel_performance w2026-11-23
compare channels last month | channel_performance m2026-10-01
how do our channels perform this quarter | channel_performance q2026-10-01
channel comparison last week | channel_performance w2026-11-16

efficiency index | efficiency_index w2026-11-23
how efficient are we this month | efficiency_index m2026-11-01
efficiency score by team | efficiency_index w2026-11-23 by team
overall performance last quarter | efficiency_index q2026-07-01
"""


@pytest.mark.parametrize(("words", "expected"), table(KPIS))
def test_a_kpi_is_asked_for_in_english(words, expected):
    assert asked(words, language="en") == expected


def test_every_kpi_is_asked_for_in_four_ways():
    ways = Counter(expected.split()[0] for _, expected in table(KPIS))
    assert set(ways) == set(CATALOGUE)
    assert min(ways.values()) >= 4


def test_what_is_asked_in_english_is_answered_in_english():
    assert [words for words, _ in table(KPIS) if language_of(words, "en") != "en"] == []
