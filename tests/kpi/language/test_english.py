"""What people type in English, on Tuesday 24 November 2026 at 10:26 in Paris (ISO week 48)."""

import pytest
from spoken import asked, table

KPIS = """
volume | volume w2026-11-23
tickets received today | volume d2026-11-24
how many tickets did we get yesterday? | volume d2026-11-23
new tickets this month | volume m2026-11-01
how many tickets were created last week | volume w2026-11-16
How many requests came in last week? | volume w2026-11-16
inflow 2026-10 | volume m2026-10-01
number of tickets last quarter | volume q2026-07-01
how many calls did we receive yesterday | volume d2026-11-23 channel=phone
solved week | solved w2026-11-23
how many tickets did we solve last month? | solved m2026-10-01
tickets resolved yesterday | solved d2026-11-23
how many tickets were solved by @alice last week | solved w2026-11-16 agent=U1
backlog | backlog w2026-11-23
What's our backlog today? | backlog d2026-11-24
how many open tickets do we have right now? | backlog w2026-11-23
open tickets by team | backlog w2026-11-23 by team
unsolved tickets today | backlog d2026-11-24
how many tickets are still open now | backlog w2026-11-23
FRT | frt w2026-11-23
First Response Time | frt w2026-11-23
first-response time yesterday | frt d2026-11-23
first reply time last week | frt w2026-11-16
time to first response, last month | frt m2026-10-01
how long did customers wait for a first reply last week? | frt w2026-11-16
reply time week | reply_time w2026-11-23
average response time last week | reply_time w2026-11-16
reply_time today | reply_time d2026-11-24
how fast did we answer e-mails last week? | reply_time w2026-11-16 channel=email
How quickly do we reply to chats? | reply_time w2026-11-23 channel=chat
frt sla month | frt_sla m2026-11-01
first response SLA last quarter | frt_sla q2026-07-01
first responses within SLA this week | frt_sla w2026-11-23
frt_sla 2026-10 | frt_sla m2026-10-01
resolution sla month | resolution_sla m2026-11-01
tickets solved within SLA last month | resolution_sla m2026-10-01
SLA for resolution in October | resolution_sla m2026-10-01
resolution time month | resolution_time m2026-11-01
time to resolution last week by priority | resolution_time w2026-11-16 by priority
how long does it take to solve tickets with priority:urgent | resolution_time w2026-11-23 priority=urgent
MTTR 2026 | resolution_time y2026-01-01
fcr week | fcr w2026-11-23
first contact resolution week | fcr w2026-11-23
what is our first contact resolution rate this month? | fcr m2026-11-01
tickets solved at first contact last week | fcr w2026-11-16
csat | csat w2026-11-23
customer satisfaction last quarter | csat q2026-07-01
how satisfied are our customers this year? | csat y2026-01-01
Show me the CSAT score for last month, please | csat_score m2026-10-01
Can I get the CSAT of last month? | csat m2026-10-01
I'd like to see fcr | fcr w2026-11-23
/kpi fcr week | fcr w2026-11-23
"""

RELATIVE = """
frt today | frt d2026-11-24
frt yesterday | frt d2026-11-23
frt the day before yesterday | frt d2026-11-22
frt day | frt d2026-11-24
frt week | frt w2026-11-23
frt month | frt m2026-11-01
frt quarter | frt q2026-10-01
frt year | frt y2026-01-01
frt this week | frt w2026-11-23
frt the current month | frt m2026-11-01
frt last week | frt w2026-11-16
last week's frt | frt w2026-11-16
frt previous month | frt m2026-10-01
frt past quarter | frt q2026-07-01
frt last year | frt y2025-01-01
frt week before last | frt w2026-11-09
frt year to date | frt y2026-01-01
frt MTD | frt m2026-11-01
frt 2 weeks ago | frt w2026-11-09
frt three months ago | frt m2026-08-01
frt a year ago | frt y2025-01-01
frt monday | frt d2026-11-23
frt on Wednesday | frt d2026-11-18
frt tuesday | frt d2026-11-24
frt last friday | frt d2026-11-20
frt last tuesday | frt d2026-11-17
frt this monday | frt d2026-11-23
frt last 7 days | frt 2026-11-18..2026-11-24
frt 7 days | frt 2026-11-18..2026-11-24
frt 7d | frt 2026-11-18..2026-11-24
frt over the last seven days | frt 2026-11-18..2026-11-24
frt past 30 days | frt 2026-10-26..2026-11-24
frt 30d | frt 2026-10-26..2026-11-24
frt 1 day | frt d2026-11-24
frt 4w | frt 2026-10-28..2026-11-24
frt last two weeks | frt 2026-11-11..2026-11-24
frt 3 months | frt 2026-08-25..2026-11-24
frt 2 years | frt 2024-11-25..2026-11-24
frt last 2 quarters | frt 2026-05-25..2026-11-24
frt these 2 weeks | frt 2026-11-11..2026-11-24
frt these last 2 weeks | frt 2026-11-11..2026-11-24
these past seven days, frt | frt 2026-11-18..2026-11-24
frt since these last 2 weeks | frt 2026-11-11..2026-11-24
frt previous week | frt w2026-11-16
frt 3 days ago | frt d2026-11-21
"""

DATES = """
frt 2026-10 | frt m2026-10-01
frt 2026-1 | frt m2026-01-01
frt 10/2026 | frt m2026-10-01
frt 2026-W46 | frt w2026-11-09
frt 2026W46 | frt w2026-11-09
frt w46 | frt w2026-11-09
frt week 46 | frt w2026-11-09
frt week 46 of 2026 | frt w2026-11-09
frt week 50 | frt w2025-12-08
frt week 1 2026 | frt w2025-12-29
frt week of 12 october | frt w2026-10-12
frt week of 2026-10-14 | frt w2026-10-12
frt week of the 12th | frt w2026-11-09
frt week starting 2026-10-14 | frt w2026-10-14
frt 2026-Q3 | frt q2026-07-01
frt Q3 2026 | frt q2026-07-01
frt q3 | frt q2026-07-01
frt Q4 | frt q2026-10-01
frt 4th quarter 2025 | frt q2025-10-01
frt third quarter | frt q2026-07-01
frt quarter 1 of 2026 | frt q2026-01-01
frt october 2026 | frt m2026-10-01
frt october | frt m2026-10-01
frt in Oct | frt m2026-10-01
frt december | frt m2025-12-01
frt november | frt m2026-11-01
frt may | frt m2026-05-01
frt month of march | frt m2026-03-01
frt 2026 | frt y2026-01-01
frt year 2025 | frt y2025-01-01
frt 2026-10-15 | frt d2026-10-15
frt 2026/10/15 | frt d2026-10-15
frt 15/10/2026 | frt d2026-10-15
frt 10/25/2026 | frt d2026-10-25
frt 05/05/2026 | frt d2026-05-05
frt 25.12.2025 | frt d2025-12-25
frt 15 october 2026 | frt d2026-10-15
frt october 15, 2026 | frt d2026-10-15
frt Oct 15th | frt d2026-10-15
frt the 15th of october | frt d2026-10-15
frt 25 december | frt d2025-12-25
frt Monday 16 November 2026 | frt d2026-11-16
frt 29 february | frt d2024-02-29
"""

RANGES = """
frt 1-15 oct | frt 2026-10-01..2026-10-15
frt 1–15 October 2026 | frt 2026-10-01..2026-10-15
frt oct 1-15 | frt 2026-10-01..2026-10-15
frt from 1 to 15 october | frt 2026-10-01..2026-10-15
frt from october 1st to october 15th | frt 2026-10-01..2026-10-15
frt between 1 and 15 october | frt 2026-10-01..2026-10-15
frt between October 1 and November 3 | frt 2026-10-01..2026-11-03
frt 2026-10-01..2026-10-15 | frt 2026-10-01..2026-10-15
frt 2026-10-01 to 2026-10-15 | frt 2026-10-01..2026-10-15
frt 2026-08..2026-09 | frt 2026-08-01..2026-09-30
frt 2026-07..2026-09 | frt q2026-07-01
frt 2026-W45..2026-W46 | frt 2026-11-02..2026-11-15
frt weeks 45 to 46 | frt 2026-11-02..2026-11-15
frt Q1..Q2 | frt 2026-01-01..2026-06-30
frt 2024..2025 | frt 2024-01-01..2025-12-31
frt 1 to 31 october | frt m2026-10-01
frt 2026-10-15..2026-10-15 | frt d2026-10-15
frt august to september | frt 2026-08-01..2026-09-30
frt dec to jan | frt 2025-12-01..2026-01-31
frt december to january 2026 | frt 2025-12-01..2026-01-31
frt 20 november to 10 december | frt 2026-11-20..2026-12-10
frt monday to friday | frt 2026-11-23..2026-11-27
frt wed - fri | frt 2026-11-18..2026-11-20
frt last week to yesterday | frt 2026-11-16..2026-11-23
frt since monday | frt 2026-11-23..2026-11-24
frt since mon | frt 2026-11-23..2026-11-24
frt since last week | frt 2026-11-16..2026-11-24
frt since october | frt 2026-10-01..2026-11-24
frt since 1 november | frt 2026-11-01..2026-11-24
frt since the 15th | frt 2026-11-15..2026-11-24
frt since 2026-09-30 | frt 2026-09-30..2026-11-24
frt since today | frt d2026-11-24
frt since 2025 | frt 2025-01-01..2026-11-24
frt from last week | frt w2026-11-16
frt from november | frt m2026-11-01
"""

REST = """
frt last month by agent priority:high | frt m2026-10-01 by agent priority=high
csat 2026-10 vs 2026-09 | csat m2026-10-01 vs m2026-09-01
frt quarter per week | frt q2026-10-01 per week
week frt by team | frt w2026-11-23 by team
by team, last week, frt | frt w2026-11-16 by team
frt per team | frt w2026-11-23 by team
frt for each agent | frt w2026-11-23 by agent
frt split by channel | frt w2026-11-23 by channel
frt weekly, last quarter | frt q2026-07-01 per week
frt daily last week by team | frt w2026-11-16 by team per day
frt by day last week | frt w2026-11-16 per day
csat trend per month, last year | csat y2025-01-01 per month
frt per month year | frt y2026-01-01 per month
frt team:billing | frt w2026-11-23 team=7
frt team:7 | frt w2026-11-23 team=7
frt TEAM:BILLING | frt w2026-11-23 team=7
frt team=billing | frt w2026-11-23 team=7
frt team: billing last week | frt w2026-11-16 team=7
frt team billing | frt w2026-11-23 team=7
frt team:bill | frt w2026-11-23 team=7
frt queue:billing | frt w2026-11-23 team=7
frt équipe:billing | frt w2026-11-23 team=7
frt team:"Front desk" | frt w2026-11-23 team=9
frt team:front desk last week | frt w2026-11-16 team=9
frt team:“front desk” | frt w2026-11-23 team=9
frt team:'front desk' | frt w2026-11-23 team=9
frt team:"equipe nord" | frt w2026-11-23 team=12
frt priority:high,urgent | frt w2026-11-23 priority=high,urgent
frt priority:high priority:urgent | frt w2026-11-23 priority=high,urgent
frt priority:haute | frt w2026-11-23 priority=high
frt status:"on hold" | frt w2026-11-23 status=hold
frt tag:vip tag:"beta test" | frt w2026-11-23 tag=vip tag=beta test
frt tag:vip,"beta test" | frt w2026-11-23 tag=vip,beta test
frt agent:alice | frt w2026-11-23 agent=U1
frt @bob week | frt w2026-11-23 agent=42
frt <@U1|amartin> week | frt w2026-11-23 agent=U1
frt <@W999|chloe> week | frt w2026-11-23 agent=43
frt agent:<@U1> | frt w2026-11-23 agent=U1
frt <#C5|billing> | frt w2026-11-23 team=7
frt customer:dina@example.org | frt w2026-11-23 customer=dina@example.org
frt customer:<mailto:dina@example.org|dina@example.org> | frt w2026-11-23 customer=dina@example.org
frt e-mails | frt w2026-11-23 channel=email
frt via phone last month | frt m2026-10-01 channel=phone
frt helpdesk:rt brand:acme type:refund | frt w2026-11-23 helpdesk=rt brand=acme type=refund
frt week vs last year | frt w2026-11-23 vs w2025-11-24
frt month vs last year | frt m2026-11-01 vs m2025-11-01
frt yesterday vs last year | frt d2026-11-23 vs d2025-11-23
frt 7d vs same period last year | frt 2026-11-18..2026-11-24 vs 2025-11-18..2025-11-24
frt last quarter, same period last year | frt q2026-07-01 vs q2025-07-01
frt october year over year | frt m2026-10-01 vs m2025-10-01
frt 1-15 oct vs same period last month | frt 2026-10-01..2026-10-15 vs 2026-09-01..2026-09-15
frt 1-28 february 2024 vs last year | frt 2024-02-01..2024-02-28 vs m2023-02-01
frt 2025 vs same period last month | frt y2025-01-01 vs 2024-12-01..2025-11-30
frt - priority:high | frt w2026-11-23 priority=high
frt this week compared to last week | frt w2026-11-23 vs w2026-11-16
frt vs last month, month | frt m2026-11-01 vs m2026-10-01
frt week vs previous period | frt w2026-11-23
frt october 2025 vs september | frt m2025-10-01 vs m2025-09-01
frt january vs december | frt m2026-01-01 vs m2025-12-01
frt 2026 vs 2025 | frt y2026-01-01 vs y2025-01-01
fcr month cohort | fcr m2026-11-01 cohort
cohort fcr last month | fcr m2026-10-01 cohort
frt calendar week | frt w2026-11-23 calendar
frt in calendar time, last month, cohort, by team | frt m2026-10-01 by team cohort calendar
FRT   WEEK !!! | frt w2026-11-23
*frt* _week_ | frt w2026-11-23
"frt" week | frt w2026-11-23
frt vs last month | frt m2026-11-01 vs m2026-10-01
frt vs 2026-09 | frt m2026-11-01 vs m2026-09-01
frt vs september | frt m2026-11-01 vs m2026-09-01
frt vs last week | frt w2026-11-23 vs w2026-11-16
frt vs yesterday | frt d2026-11-24 vs d2026-11-23
frt vs last quarter | frt q2026-10-01 vs q2026-07-01
frt vs last year | frt y2026-01-01 vs y2025-01-01
frt vs last 30 days | frt w2026-11-23 vs 2026-10-26..2026-11-24
frt vs previous period | frt w2026-11-23
frt yoy | frt w2026-11-23 vs w2025-11-24
frt per day | frt 2026-10-26..2026-11-24 per day
frt weekly | frt 2026-09-07..2026-11-29 per week
frt per month by team | frt 2025-12-01..2026-11-30 by team per month
frt per quarter | frt 2025-01-01..2026-12-31 per quarter
frt per year | frt 2022-01-01..2026-12-31 per year
frt per day vs last month | frt m2026-11-01 per day vs m2026-10-01
frt by days | frt 2026-10-26..2026-11-24 per day
1st response | frt w2026-11-23
1st response sla last week | frt_sla w2026-11-16
1st contact resolution 1st quarter | fcr q2026-01-01
@kpi frt month | frt m2026-11-01
<@U0BOT> frt week | frt w2026-11-23
<@U0BOT|kpi> frt week | frt w2026-11-23
<@U1> frt week | frt w2026-11-23 agent=U1
@alice frt week | frt w2026-11-23 agent=U1
frt status:on hold last week | frt w2026-11-16 status=hold
frt by team and channel | frt w2026-11-23 by team by channel
frt by channel, team last month | frt m2026-10-01 by channel by team
frt by team by channel per week | frt 2026-09-07..2026-11-29 by team by channel per week
frt by team by team | frt w2026-11-23 by team
frt channel:social | frt w2026-11-23 channel=social
did the csat drop last month? | csat m2026-10-01
tickets behind fcr last week | fcr w2026-11-16
frt of agent alice martin | frt w2026-11-23 agent=U1
customer satisfaction of agent alice martin last week | csat w2026-11-16 agent=U1
frt by channel team billing | frt w2026-11-23 by channel team=7
frt\u00a0last\u202fweek | frt w2026-11-16
frt — last week | frt w2026-11-16
frt 2026‑10‑01…2026‑10‑15 | frt 2026-10-01..2026-10-15
"""


@pytest.mark.parametrize(("words", "expected"), table(KPIS + RELATIVE + DATES + RANGES + REST))
def test_english_is_read(words, expected):
    assert asked(words.replace("\\u00a0", "\u00a0").replace("\\u202f", "\u202f"), language="en") == expected


def test_the_table_is_long_enough():
    assert len(table(KPIS + RELATIVE + DATES + RANGES + REST)) >= 150
