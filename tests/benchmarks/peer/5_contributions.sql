-- Every point of every score as a line; the lines of an entity sum to its score.

create temp table share_line as
select a, 'fit' as component, 'target_industry' as item, 15000000 as raw_points, 15000000 as points,
    null::bigint as count, null::bigint as age, 'rule' as note, 0 as place from judged where target_industry
union all select a, 'fit', 'headcount_500', 10000000, 10000000, null, null, 'rule', 1 from judged where headcount_500
union all select a, 'leads', role, best_score, least(best_score, 65000000) * weight, null, null, 'role',
    1000000000000 + slot from committee where best_score > 0
union all select a, 'engagement', contact_id, x,
    case
        when slot < 0 and place = 1 then floor(sat(x) * (0.5 / 3.0 * 1e12))
        when slot = 0 and place <= 1 or slot = 1 and place <= 1 then floor(sat(x) * 1e12)
        when slot = 2 and place <= 2 then floor(sat(x) * (2.0 / 2.0 / 3.0 * 1e12))
        when slot = 3 and place <= 2 then floor(sat(x) * (1.0 / 2.0 / 3.0 * 1e12))
    end::bigint as share, null, age,
    coalesce(['economic_buyer', 'champion', 'technical_evaluator', 'user'][nullif(slot + 1, 0)], 'other'),
    2000000000000 + (if(slot < 0, 8, slot) * 10000000 + place) * 10000
    from warm where share > 0
union all select a, 'engagement', 'anonymous', x, floor(sat(x) * (0.5 / 3.0 * 1e12))::bigint as share, null,
    points.age, 'anonymous', 2900000000000 from points join account on a = -1 - who where share > 0
union all select a, 'coverage', role, null, filled_engaged * seat_worth, filled_engaged, null, 'role',
    3000000000000 + slot from committee where filled_engaged > 0
union all select a, 'intent', topic, null, interest // 1000, null, age, if(spike, 'spike', 'topic'),
    4000000000000 + place from ranked_topic where interest > 0 and place <= 3;

-- A component's part of the score in proportion to the shares; what rounding leaves goes to the largest line.
create temp table account_line as
with part as (
    select a, score, unnest([
        {'component': 'fit', 'part': fit * 200000},
        {'component': 'leads', 'part': leads * 150000},
        {'component': 'engagement', 'part': engagement * 200000},
        {'component': 'coverage', 'part': coverage * 250000},
        {'component': 'intent', 'part': intent * 200000}], recursive := true)
    from judged
), pointed as (
    select s.* exclude (points), score,
        floor(part::double * points::double
            / ((sum(points) over (partition by a, component))::double * 1000000) + 0.5)::bigint as points
    from share_line s join part using (a, component)
)
select * exclude (points, score), points
    + if(row_number() over (partition by a order by points desc, place) = 1,
         score - sum(points) over (partition by a), 0)::bigint as points
from pointed;

-- What the people did who made the engagement, below each of them.
create temp table deed as
select l.a, 'engagement' as component, signal.item, line.fresh as raw_points, null::bigint as points, line.n as count,
    line.age, l.item as note, l.place + line.signal + 1 as place
from share_line l
join account on account.a = l.a
left join contact on contact.contact_id = l.item
join line on line.who = coalesce(contact.c, -1 - l.a)
join signal using (signal)
where l.component = 'engagement';

create temp table lead_line as
with own as (select line.*, item, web from line join signal using (signal) where who >= 0)
select who as c, 'engagement' as component, item, fresh as raw_points, uncapped as points, n as count, age,
    'signal' as note, 2000000000000 + signal * 4 as place from own
union all select who, 'engagement', item, null, capped - uncapped, null, null, 'cap', 2000000000001 + signal * 4
    from own where capped <> uncapped
union all select who, 'engagement', 'web', null, sum(worth - capped)::bigint, null, null, 'group cap', 2000000500000
    from own where worth <> capped group by who
union all select who, 'engagement', 'floor', null, -sum(worth)::bigint, null, null, 'floor', 2000000900000
    from own group by who having sum(worth) < 0
union all select c, 'fit', 'senior_buyer', 20000000, 20000000, null, null, 'person', 0 from lead where senior_buyer
union all select c, 'fit', 'manager', 10000000, 10000000, null, null, 'person', 1 from lead where manager
union all select c, 'fit', 'target_industry', 15000000, 15000000, null, null, 'account', 2
    from lead join account using (a) where target_industry
union all select c, 'fit', 'headcount_500', 10000000, 10000000, null, null, 'account', 3
    from lead join account using (a) where headcount_500
union all select c, 'fit', 'clamp', null, fit_points - person_fit - account_fit, null, null, 'clamp', 4
    from lead where fit_points <> person_fit + account_fit;

copy (
    with every as (
        select 0 as level_place, 'lead' as level, c as key, contact_id as entity_id, component, item, raw_points, points,
            count, age, note, place from lead_line join contact using (c)
        union all
        select 1, 'account', a, account_id, component, item, raw_points, points, count, age, note, place
        from (select a, component, item, raw_points, points, count, age, note, place from account_line
              union all select a, component, item, raw_points, points, count, age, note, place from deed)
        join account using (a)
    )
    select level, entity_id, component, item, raw_points, points, count, day_of(age) as last_day,
        note
    from every order by level_place, key, place
) to 'OUT/contributions.parquet' (format parquet, compression zstd);
