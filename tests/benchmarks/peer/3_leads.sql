-- People as leads: fit, engagement, grade, status and reasons.

create temp table lead as
with fitted as (
    select c, contact_id, a, account_id, segment, seniority, department, email_kind, mask, slot, host, by_id,
        seniority_rank >= 7 as senior_buyer, seniority_rank between 5 and 6 as manager,
        1000000::bigint * (case when senior_buyer then 20 when manager then 10 else 0 end) as person_fit,
        coalesce(account_fit, 0) as account_fit,
        (if(seniority_rank is null, 0, 2) + coalesce(rules_known, 0)) * 250000 as fit_known,
        title ilike '%student%' as student, lifecycle = 'competitor' as competitor
    from contact join seat using (c) left join account using (a)
), engaged as (
    select fitted.*, greatest(0, least(100000000, person_fit + account_fit)) as fit_points,
        coalesce(x, 0) as x, coalesce(r, 0) as r, age, coalesce(hand, false) as hand, fit_points + coalesce(x, 0) as score
    from fitted left join points on who = c
)
select *,
    case when fit_points >= 45000000 then 'A' when fit_points >= 30000000 then 'B' when fit_points >= 15000000 then 'C'
         else 'D' end
    || case when x >= 60000000 then '1' when x >= 30000000 then '2' when x >= 10000000 then '3' else '4' end as grade,
    person_fit >= 10000000 and x >= 15000000 as required,
    case
        when hand and not coalesce(competitor, false) then 'hand_raiser'
        when coalesce(student, false) or coalesce(competitor, false) then 'disqualified'
        when score >= 65000000 and required then 'mql'
        when age is null and fit_known = 0 then 'insufficient_data'
        else 'nurture'
    end as status
from engaged;

copy (
    select contact_id, account_id, segment, seniority, department, email_kind,
        if(a is null, null, ['economic_buyer', 'champion', 'technical_evaluator', 'user'][nullif(slot + 1, 0)]) as role,
        person_fit / 1e6 as person_fit, account_fit / 1e6 as account_fit, fit_points / 1e6 as fit_points,
        fit_known / 1e6 as fit_known, x / 1e6 as engagement, score / 1e6 as score, 65.0::double as threshold,
        grade, status, status in ('mql', 'hand_raiser') as is_mql,
        list_filter([
            if(status = 'hand_raiser', 'hand_raise:demo_request', null), if(student, 'disqualify:student', null),
            if(competitor, 'disqualify:competitor', null), if(score >= 65000000, 'score>=65', 'score<65'),
            if(required, null, 'require:false')
        ], lambda code: code is not null) as reasons,
        day_of(age) as last_activity
    from lead order by c
) to 'OUT/leads.parquet' (format parquet, compression zstd);

copy (
    select contact_id, account_id,
        case when by_id then 'account_id' when a is not null then 'domain' else 'unmatched' end as method,
        case when by_id then 0.99 when a is not null then 0.97 else 0.0 end::double as confidence,
        case when by_id then 'account_id ' || account_id when a is not null then 'mail domain ' || host
             when email_kind = 'free' then host || ' is a consumer mailbox provider; no company'
             else 'no valid mail; no company' end as evidence,
        null::varchar as runner_up, null::double as runner_up_confidence, null::varchar[] as candidates
    from lead order by c
) to 'OUT/matches.parquet' (format parquet, compression zstd);
