-- Events become cells (person or account, signal, day), cells points under caps and decay, points a line per signal.

create temp table signal (signal integer, item varchar, points bigint, half_life double, daily_cap integer,
    max_points bigint, web boolean);
insert into signal values
    (0, 'demo_request', 50000000, 60, 1, null, false), (1, 'pricing_view', 15000000, 30, 2, 45000000, true),
    (2, 'event_attended', 12000000, 30, 1, null, false), (3, 'download', 8000000, 30, 2, 24000000, false),
    (4, 'email_click', 3000000, 30, 1, 9000000, false), (5, 'page_view', 1000000, 30, 5, null, true),
    (6, 'unsubscribe', -20000000, 180, 1, null, false);

create temp table factor as
select signal, age::integer as age, round_even(pow(2.0, -age / half_life) * 1e6, 0)::bigint as factor
from signal cross join range(0, 12000) as days(age);

-- Ids that may have come twice, by hash: few, so that only their rows need be compared.
create temp table suspect as
select hash(event_id) as h from read_parquet('events/*.parquet') where event_id is not null
group by h having count(*) > 1;

create temp table repeated as
select file_row_number as row, filename from (
    select file_row_number, filename,
        row_number() over (partition by event_id order by filename, file_row_number) as turn
    from read_parquet('events/*.parquet', file_row_number = true, filename = true)
    where hash(event_id) in (select h from suspect)
        and occurred_at >= timestamp '2000-01-01' and occurred_at < getvariable('as_of') + interval 1 day
) where turn > 1;

create temp table cell as
with event as (
    select e.contact_id, e.account_id, lower(e.domain) as domain, getvariable('as_of') - e.occurred_at::date as age,
        case
            when type in ('demo_request', 'contact_sales') then 0
            when type = 'page_view' and url ilike '%/pricing%' then 1
            when type in ('webinar_attended', 'event_attended') then 2
            when type in ('download', 'form_submit') then 3
            when type in ('email_click', 'email_reply') then 4
            when type = 'page_view' then 5
            when type = 'unsubscribe' then 6
        end as signal
    from read_parquet('events/*.parquet', file_row_number = true, filename = true) e
    anti join repeated r on r.row = e.file_row_number and r.filename = e.filename
    where occurred_at >= timestamp '2000-01-01' and occurred_at < getvariable('as_of') + interval 1 day
)
select coalesce(c, -1 - given.a, -1 - owner.a) as who, signal, age, count(*) as n
from event
left join contact using (contact_id)
left join account given on given.account_id = event.account_id
left join account owner on owner.domain = event.domain
where signal is not null and coalesce(c, given.a, owner.a) is not null
group by all;

create temp table fresh as
select who, signal, age, n, least(n, daily_cap) * points as fresh, max_points, web from cell join signal using (signal);

-- Budgets are spent on the newest activity first; only those that run out need an order.
create temp table kept as
with over_budget as (
    select who, signal from fresh where max_points is not null group by all having sum(fresh) > any_value(max_points)
), within as (
    select * exclude (max_points), fresh as after_cap from fresh anti join over_budget using (who, signal)
    union all
    select * exclude (max_points),
        greatest(0, least(fresh, max_points - (sum(fresh) over (partition by who, signal order by age) - fresh)))::bigint
    from fresh semi join over_budget using (who, signal)
), over_web as (
    select who from within where web group by who having sum(after_cap) > 50000000
)
select *, after_cap as after_group from within where not web or who not in (select who from over_web)
union all
select *, greatest(0, least(after_cap, 50000000
        - (sum(after_cap) over (partition by who order by age, signal rows unbounded preceding) - after_cap)))::bigint
from within where web and who in (select who from over_web);

create temp table line as
select who, signal,
    sum(n)::bigint as n, sum(fresh)::bigint as fresh,
    sum(sign(fresh) * (abs(fresh) * factor // 1000000))::bigint as uncapped,
    sum(sign(fresh) * (abs(after_cap) * factor // 1000000))::bigint as capped,
    sum(sign(fresh) * (abs(after_group) * factor // 1000000))::bigint as worth,
    min(age) as age,
    coalesce(sum(fresh) filter (fresh > 0 and age < 90), 0)::bigint as recent
from kept join factor using (signal, age)
group by all;

create temp table points as
select who, greatest(0, sum(worth))::bigint as x, sum(recent)::bigint as r, min(age) as age,
    coalesce(min(age) filter (signal = 0), 100000) < 30 as hand
from line group by who;
