-- Accounts through the buying group: seats, warmth, leads, intent, score, qualification, rank and what next.

create temp macro sat(x) as 1.0 - pow(2.0, x / 1e6 * -1.0 / 20.0);
create temp macro sat_units(x) as floor(sat(x) * 1125899906842624.0 + 0.5)::bigint;
create temp macro warmth(units, people) as floor(units / 1125899906842624.0 / people * 1e6 + 0.5)::bigint;
create temp macro share(top, bottom, scale) as (top::bigint * 2 * scale + bottom) // (bottom * 2);
create temp macro by_role(warm, rest) as floor(least((warm + rest) * 100.0 / 9.0, 1e8) + 0.5)::bigint;
create temp macro mean(fit, leads, engagement, coverage, intent) as
    (2 * (200000 * fit + 150000 * leads + 200000 * engagement + 250000 * coverage + 200000 * intent) + 1000000)
    // 2000000;

create temp table member as
select a, c, contact_id, score, x, r >= 10000000 and x > 0 as engaged, mask, slot, age
from lead where a is not null and status <> 'disqualified';

create temp table warm as
select *, row_number() over (partition by a, slot order by x desc, c) as place from member where x > 0;

-- Of each role the warmest people (as many as it has seats), its best contact and what the next one is beaten by.
create temp table warmth as
select a,
    sum(sat_units(x)) filter (slot = 0 and place <= 1) as sat_0, sum(sat_units(x)) filter (slot = 1 and place <= 1) as sat_1,
    sum(sat_units(x)) filter (slot = 2 and place <= 2) as sat_2, sum(sat_units(x)) filter (slot = 3 and place <= 2) as sat_3,
    max(sat_units(x)) filter (slot = 0 and place = 1) as last_0, max(sat_units(x)) filter (slot = 1 and place = 1) as last_1,
    max(sat_units(x)) filter (slot = 2 and place = 2) as last_2, max(sat_units(x)) filter (slot = 3 and place = 2) as last_3,
    max(contact_id) filter (slot = 0 and place = 1) as best_0, max(contact_id) filter (slot = 1 and place = 1) as best_1,
    max(contact_id) filter (slot = 2 and place = 1) as best_2, max(contact_id) filter (slot = 3 and place = 1) as best_3
from warm where place <= 2 group by a;

-- Counts of people who may take one of a set of seats: all that the closed form of the best seating asks for.
create temp table crowd as
select a,
    count(*) filter (engaged) as engaged_contacts, max(x) filter (slot < 0) as x_other, sum(x)::bigint as x_sum,
    max(x) as x_top,
    max(score) filter (slot = 0) as lead_0, max(score) filter (slot = 1) as lead_1,
    max(score) filter (slot = 2) as lead_2, max(score) filter (slot = 3) as lead_3,
    count(*) filter (mask & 1 > 0) as n1, count(*) filter (mask & 2 > 0) as n2, count(*) filter (mask & 3 > 0) as n3,
    count(*) filter (mask & 4 > 0) as n4, count(*) filter (mask & 5 > 0) as n5, count(*) filter (mask & 6 > 0) as n6,
    count(*) filter (mask & 7 > 0) as n7, count(*) filter (mask & 8 > 0) as n8, count(*) filter (mask & 9 > 0) as n9,
    count(*) filter (mask & 10 > 0) as n10, count(*) filter (mask & 11 > 0) as n11,
    count(*) filter (mask & 12 > 0) as n12, count(*) filter (mask & 13 > 0) as n13,
    count(*) filter (mask & 14 > 0) as n14, count(*) filter (mask & 15 > 0) as n15,
    count(*) filter (engaged and mask & 1 > 0) as e1, count(*) filter (engaged and mask & 2 > 0) as e2,
    count(*) filter (engaged and mask & 3 > 0) as e3, count(*) filter (engaged and mask & 4 > 0) as e4,
    count(*) filter (engaged and mask & 5 > 0) as e5, count(*) filter (engaged and mask & 6 > 0) as e6,
    count(*) filter (engaged and mask & 7 > 0) as e7, count(*) filter (engaged and mask & 8 > 0) as e8,
    count(*) filter (engaged and mask & 9 > 0) as e9, count(*) filter (engaged and mask & 10 > 0) as e10,
    count(*) filter (engaged and mask & 11 > 0) as e11, count(*) filter (engaged and mask & 12 > 0) as e12,
    count(*) filter (engaged and mask & 13 > 0) as e13, count(*) filter (engaged and mask & 14 > 0) as e14,
    count(*) filter (engaged and mask & 15 > 0) as e15
from member group by a;

-- How many seats the first 1, 2, 3, 4 roles fill together (the roles have 1, 1, 2, 2 seats).
create temp macro rho_1(n1) as least(n1, 1);
create temp macro rho_2(n1, n2, n3) as least(n3, n1 + 1, n2 + 1, 2);
create temp macro rho_3(n1, n2, n3, n4, n5, n6, n7) as
    least(n7, n3 + 2, n5 + 1, n6 + 1, n1 + 3, n2 + 3, n4 + 2, 4);
create temp macro rho_4(n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15) as
    least(n15, n7 + 2, n11 + 2, n13 + 1, n14 + 1, n3 + 4, n5 + 3, n6 + 3, n9 + 3, n10 + 3, n12 + 2,
          n1 + 5, n2 + 5, n4 + 4, n8 + 4, 6);

create temp table seats as
with filled as (
    select a, engaged_contacts, x_other, x_sum, x_top, lead_0, lead_1, lead_2, lead_3, n1, n2, n4, n8,
        rho_1(n1) as f1, rho_2(n1, n2, n3) as f2, rho_3(n1, n2, n3, n4, n5, n6, n7) as f3,
        rho_4(n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15) as f4,
        rho_1(e1) as g1, rho_2(e1, e2, e3) as g2, rho_3(e1, e2, e3, e4, e5, e6, e7) as g3,
        rho_4(e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15) as g4
    from crowd
)
select account.a, coalesce(engaged_contacts, 0) as engaged_contacts, x_other, coalesce(x_sum, 0) as x_sum,
    coalesce(x_top, 0) as x_top, lead_0, lead_1, lead_2, lead_3,
    coalesce(n1, 0) as known_0, coalesce(n2, 0) as known_1, coalesce(n4, 0) as known_2, coalesce(n8, 0) as known_3,
    coalesce(f1, 0) as filled_0, coalesce(f2 - f1, 0) as filled_1, coalesce(f3 - f2, 0) as filled_2,
    coalesce(f4 - f3, 0) as filled_3, coalesce(g1, 0) as engaged_0, coalesce(g2 - g1, 0) as engaged_1,
    coalesce(g3 - g2, 0) as engaged_2, coalesce(g4 - g3, 0) as engaged_3
from account left join filled using (a);

create temp table ranked_topic as
select *, row_number() over (partition by a order by interest desc, topic) as place from topic;

create temp table intent as
with tops as (
    select a, max(interest) filter (place = 1) as p, max(interest) filter (place = 2 and interest > 0) as q,
        max(interest) filter (place = 3 and interest > 0) as s,
        list(topic order by place) filter (spike) as spiking_topics
    from ranked_topic group by a
), united as (
    select *, p / 1e18 as one, one + coalesce(q, 0) / 1e18 * (1.0 - one) as two,
        two + coalesce(s, 0) / 1e18 * (1.0 - two) as three
    from tops
)
select a, if(q is null, (p + 5000000000) // 10000000000, floor(three * 100.0 * 1e6 + 0.5)::bigint) as intent,
    coalesce(spiking_topics, []) as spiking_topics
from united;

create temp table people as
select a, count(*) as known_contacts, count(*) filter (status in ('mql', 'hand_raiser')) as mqls,
    count(*) filter (status = 'hand_raiser') as hand_raisers, min(age) as age,
    arg_max(contact_id, (score, -c)) filter (status <> 'disqualified') as best_lead,
    max(score) filter (status <> 'disqualified') as best_lead_score
from lead where a is not null group by a;

create temp table deals as
select a, count(*) filter (is_open) as open_opportunities, count(*) filter (won) as won_opportunities
from opportunity where a is not null group by a;

create temp table judged as
with joined as (
    select account.*, seats.* exclude (a), warmth.* exclude (a), anonymous.x as x_anonymous,
        coalesce(intent, 0) as intent, coalesce(spiking_topics, []) as spiking_topics,
        coalesce(known_contacts, 0) as known_contacts, coalesce(mqls, 0) as mqls,
        coalesce(hand_raisers, 0) as hand_raisers, best_lead, best_lead_score,
        coalesce(open_opportunities, 0) as open_opportunities, coalesce(won_opportunities, 0) as won_opportunities,
        least(people.age, anonymous.age) as age
    from account join seats using (a) left join warmth using (a)
    left join points anonymous on anonymous.who = -1 - account.a
    left join intent using (a) left join people using (a) left join deals using (a)
), summed as (
    select *,
        6 * engaged_0 + 6 * engaged_1 + 2 * engaged_2 + engaged_3 as seated,
        6 * filled_0 + 6 * filled_1 + 2 * filled_2 + filled_3 as seated_all,
        least(coalesce(lead_0, 0), 65000000) as b_0, least(coalesce(lead_1, 0), 65000000) as b_1,
        least(coalesce(lead_2, 0), 65000000) as b_2, least(coalesce(lead_3, 0), 65000000) as b_3,
        3 * b_0 + 3 * b_1 + 2 * b_2 + b_3 as led,
        warmth(coalesce(sat_0, 0), 1.0) as warmth_0, warmth(coalesce(sat_1, 0), 1.0) as warmth_1,
        warmth(coalesce(sat_2, 0), 2.0) as warmth_2, warmth(coalesce(sat_3, 0), 2.0) as warmth_3,
        3 * warmth_0 + 3 * warmth_1 + 2 * warmth_2 + warmth_3 as warm,
        (sat(coalesce(x_other, 0)) + sat(coalesce(x_anonymous, 0))) * 500000.0 as rest
    from joined
), scored as (
    select *, share(seated, 18, 100000000) as coverage, share(seated_all, 18, 100000000) as completeness,
        share(led, 585000000, 100000000) as leads, by_role(warm, rest) as engagement,
        mean(fit, leads, engagement, coverage, intent) as score,
        if(x_sum > 0, share(x_top, x_sum, 1000000), null) as top_contact_share,
        (engaged_0 > 0)::int + (engaged_1 > 0)::int + (engaged_2 > 0)::int + (engaged_3 > 0)::int as engaged_roles,
        engaged_0 = 0 as missing_0, engaged_1 = 0 as missing_1,
        coalesce(lifecycle in ('competitor', 'customer'), false) as is_excluded,
        hand_raisers >= 1 and fit >= 60000000 as by_hand,
        coverage >= 40000000 and engaged_roles >= 2 and fit >= 40000000 as required,
        not is_excluded and (by_hand or (score >= bar * 1000000 and required)) as is_mqa
    from summed
), stepped as (
    select *,
        -- The score with one more engaged person in each role that has an empty seat.
        if(not is_mqa and engaged_0 < 1, mean(fit, share(led + 3 * (65000000 - b_0), 585000000, 100000000),
            by_role(warm + 3 * (warmth(coalesce(sat_0, 0) + greatest(0, sat_units(10000000) - coalesce(last_0, 0)), 1.0)
                - warmth_0), rest), share(seated + 6, 18, 100000000), intent), null) as next_0,
        if(not is_mqa and engaged_1 < 1, mean(fit, share(led + 3 * (65000000 - b_1), 585000000, 100000000),
            by_role(warm + 3 * (warmth(coalesce(sat_1, 0) + greatest(0, sat_units(10000000) - coalesce(last_1, 0)), 1.0)
                - warmth_1), rest), share(seated + 6, 18, 100000000), intent), null) as next_1,
        if(not is_mqa and engaged_2 < 2, mean(fit, share(led + 2 * (65000000 - b_2), 585000000, 100000000),
            by_role(warm + 2 * (warmth(coalesce(sat_2, 0) + greatest(0, sat_units(10000000) - coalesce(last_2, 0)), 2.0)
                - warmth_2), rest), share(seated + 2, 18, 100000000), intent), null) as next_2,
        if(not is_mqa and engaged_3 < 2, mean(fit, share(led + (65000000 - b_3), 585000000, 100000000),
            by_role(warm + (warmth(coalesce(sat_3, 0) + greatest(0, sat_units(10000000) - coalesce(last_3, 0)), 2.0)
                - warmth_3), rest), share(seated + 1, 18, 100000000), intent), null) as next_3
    from scored
)
select *, greatest(next_0, next_1, next_2, next_3) as next_score,
    case next_score when next_0 then 'economic_buyer' when next_1 then 'champion'
        when next_2 then 'technical_evaluator' when next_3 then 'user' end as next_role,
    list_filter([
        if(lifecycle = 'competitor', 'exclude:competitor', null), if(lifecycle = 'customer', 'exclude:customer', null),
        if(by_hand, 'trigger:hand_raise', null), if(score >= bar * 1000000, 'score>=', 'score<') || bar,
        if(required, null, 'require:false'), if(missing_0, 'missing:economic_buyer', null),
        if(missing_1, 'missing:champion', null)
    ], lambda code: code is not null) as reasons,
    day_of(age) as last_activity,
    case
        when lifecycle = 'customer' then 'customer' when is_excluded then 'excluded'
        when open_opportunities > 0 then 'opportunity' when is_mqa then 'qualified'
        when engaged_contacts >= 1 then 'engaged' when len(spiking_topics) >= 1 then 'in_market'
        when age < 180 or intent > 0 then 'aware' else 'unaware'
    end as stage,
    if(is_excluded, null, row_number() over (
        partition by is_excluded order by score desc, intent desc, coverage desc, engagement desc, a)) as rank
from stepped;

copy (
    select account_id, name, segment, null::varchar as tier, 'core' as "group", fit / 1e6 as fit, leads / 1e6 as leads,
        engagement / 1e6 as engagement, x_sum / 1e6 as engagement_points, coverage / 1e6 as coverage,
        completeness / 1e6 as completeness, intent / 1e6 as intent, score / 1e6 as score, bar::double as threshold,
        is_mqa, is_excluded, reasons, stage, rank, engaged_contacts, engaged_roles::bigint as engaged_roles,
        known_contacts, engaged_contacts = 1 as single_threaded, top_contact_share / 1e6 as top_contact_share,
        0::bigint as blockers_engaged, mqls, hand_raisers, best_lead, best_lead_score / 1e6 as best_lead_score,
        spiking_topics, len(spiking_topics) as spiking_topic_count, null::double as topic_share, open_opportunities,
        won_opportunities, is_mqa::bigint as qualified_groups, last_activity, next_role, next_score / 1e6 as next_score
    from judged order by a
) to 'OUT/accounts.parquet' (format parquet, compression zstd);

copy (
    select account_id, 'core' as "group", 'new' as motion, fit / 1e6 as fit, leads / 1e6 as leads,
        engagement / 1e6 as engagement, x_sum / 1e6 as engagement_points, coverage / 1e6 as coverage,
        completeness / 1e6 as completeness, intent / 1e6 as intent, score / 1e6 as score, bar::double as threshold,
        is_mqa, is_excluded, reasons, engaged_contacts, engaged_roles::bigint as engaged_roles,
        engaged_contacts = 1 as single_threaded, top_contact_share / 1e6 as top_contact_share,
        0::bigint as blockers_engaged, spiking_topics, len(spiking_topics) as spiking_topic_count,
        null::double as topic_share, next_role, next_score / 1e6 as next_score
    from judged order by a
) to 'OUT/groups.parquet' (format parquet, compression zstd);

create temp table committee as
select a, account_id, 0 as slot, 'economic_buyer' as role, 3 as weight, 1 as seats, known_0 as known,
    filled_0 as filled, engaged_0 as filled_engaged, missing_0 as missing, warmth_0 as warmth, best_0 as best_contact,
    lead_0 as best_score, 6 as seat_worth from judged
union all select a, account_id, 1, 'champion', 3, 1, known_1, filled_1, engaged_1, missing_1, warmth_1, best_1, lead_1, 6
    from judged
union all select a, account_id, 2, 'technical_evaluator', 2, 2, known_2, filled_2, engaged_2, false, warmth_2, best_2,
    lead_2, 2 from judged
union all select a, account_id, 3, 'user', 1, 2, known_3, filled_3, engaged_3, false, warmth_3, best_3, lead_3, 1
    from judged;

copy (
    select account_id, 'core' as "group", role, weight::double as weight, seats::bigint as seats, known,
        filled::bigint as filled, filled_engaged::bigint as filled_engaged, missing, warmth / 1e6 as warmth, best_contact
    from committee order by a, slot
) to 'OUT/committee.parquet' (format parquet, compression zstd);

copy (
    select account_id, topic, source, strength / 1e6 as strength, spike, decay / 1e6 as decay, value::double as value,
        day_of(age) as observed_on
    from topic join account using (a) order by a, topic
) to 'OUT/intent.parquet' (format parquet, compression zstd);
