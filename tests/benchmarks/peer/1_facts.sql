-- What is known on the as-of day: accounts, opportunities, contacts and where they belong, intent.
-- Keys are integers in the order of the ids. Numbers are integers in millionths of a point or percent.

create temp macro day_of(age) as getvariable('as_of') - age::integer;

create temp table account as
with single as (
    select distinct on (account_id) account_id, name, domain, industry, employees, lifecycle
    from read_parquet('accounts.parquet') where account_id is not null
)
select
    row_number() over (order by account_id) - 1 as a, account_id, name, lower(domain) as domain, lifecycle,
    case when employees >= 1000 then 'enterprise' when employees < 200 then 'smb' else 'default' end as segment,
    case when employees < 200 then 50 else 60 end as bar,
    industry in ('Software', 'Finance', 'Manufacturing') as target_industry,
    employees >= 500 as headcount_500,
    ((industry is not null)::int + (employees is not null)::int) as rules_known,
    1000000::bigint * (if(target_industry, 15, 0) + if(headcount_500, 10, 0)) as account_fit,
    (least(account_fit, 15000000) * 200000000 + 15000000) // 30000000 as fit
from single;

create temp table opportunity as
select
    opportunity_id, a,
    coalesce(not is_closed, false) or coalesce(closed_on > getvariable('as_of'), false)
        or (is_closed is null and closed_on is null) as is_open,
    coalesce(is_won, false) and not is_open as won
from (select distinct on (opportunity_id) * from read_parquet('opportunities.parquet')
      where opportunity_id is not null and created_on <= getvariable('as_of'))
left join account using (account_id);

create temp table role_of_word (word varchar, slot integer);
insert into role_of_word values
    ('economic_buyer', 0), ('decision_maker', 0), ('budget_holder', 0), ('executive_sponsor', 0), ('champion', 1),
    ('technical_evaluator', 2), ('technical_buyer', 2), ('evaluator', 2), ('user', 3), ('end_user', 3),
    ('business_user', 3);

-- Which seats of the template a text such as "Economic Buyer; User" names, as bits.
create temp table said as
with texts as (
    select distinct buying_role as said from read_parquet('contacts/*.parquet') where buying_role is not null
    union select distinct role from read_parquet('opportunity_contacts.parquet') where role is not null
), words as (
    select said, unnest(string_split(said, ';')) as word from texts
)
select said, coalesce(bit_or(1 << slot), 0) as bits
from words left join role_of_word r on r.word = replace(replace(lower(trim(words.word)), ' ', '_'), '-', '_')
where trim(words.word) <> ''
group by said;

create temp table contact as
with single as (
    select distinct on (contact_id) contact_id, account_id, lower(trim(email)) as mail, title, seniority, department,
        buying_role
    from read_parquet('contacts/*.parquet')
    where contact_id is not null and (created_at is null or created_at <= getvariable('as_of'))
), hosted as (
    select *, split_part(mail, '@', 2) as host,
        case
            when mail is null or mail = '' then null
            when not regexp_matches(mail, '^[^@\s]+@[^@\s]+\.[^@\s]+$') then 'invalid'
            when host in ('gmail.com', 'outlook.com', 'hotmail.com', 'yahoo.com', 'icloud.com', 'live.com', 'aol.com')
                then 'free'
            when split_part(mail, '@', 1) in ('info', 'sales', 'contact', 'office', 'support', 'admin') then 'role'
            else 'work'
        end as email_kind
    from single
)
select
    row_number() over (order by contact_id) - 1 as c, contact_id, coalesce(given.a, owner.a) as a, email_kind, host,
    given.a is not null as by_id, title, seniority, department, buying_role,
    case seniority
        when 'owner' then 9 when 'c_level' then 9 when 'vp' then 8 when 'head' then 7 when 'director' then 7
        when 'manager' then 6 when 'lead' then 5 when 'senior' then 4 when 'individual' then 3 when 'junior' then 2
        when 'intern' then 1
    end as seniority_rank
from hosted
left join account given on given.account_id = hosted.account_id
left join account owner
    on given.a is null and email_kind in ('work', 'role') and owner.domain = hosted.host;

-- Who may take which seat: what an opportunity says, else what the contact says, else what the title means.
create temp table seat as
with deal as (
    select c, bit_or(bits) as bits
    from read_parquet('opportunity_contacts.parquet')
    join opportunity o using (opportunity_id) join contact using (contact_id) join said on said.said = role
    where (is_open or won) and o.a = contact.a
    group by c
), inferred as (
    select c,
        if(seniority_rank >= 7 and department in ('finance', 'executive', 'procurement'), 1, 0)
        + if(seniority_rank >= 5 and department in ('operations', 'sales', 'marketing'), 2, 0)
        + if(department in ('it', 'engineering', 'security', 'data'), 4, 0)
        + if(seniority_rank between 2 and 6, 8, 0) as bits
    from contact
)
select c, case when coalesce(deal.bits, said.bits, 0) > 0 then coalesce(deal.bits, said.bits) else inferred.bits end
    as mask,
    -- Explicit roles are equally sure, inferred ones in the order of the template: the first seat is the primary one.
    case when mask & 1 > 0 then 0 when mask & 2 > 0 then 1 when mask & 4 > 0 then 2 when mask & 8 > 0 then 3
         else -1 end as slot
from contact join inferred using (c) left join deal using (c) left join said on said.said = buying_role;

-- Every topic weighs 0.3. Interest is weight * strength * decay.
create temp table topic as
with rows as (
    select a, lower(trim(topic)) as topic, source, score, getvariable('as_of') - observed_on as age
    from read_parquet('intent/*.parquet') join account using (account_id)
    where observed_on <= getvariable('as_of') and observed_on > getvariable('as_of') - 60
        and score is not null and trim(topic) <> ''
), newest as (
    select a, topic, source, min(age) as age, arg_min(score, age * 1000 - score) as score from rows group by all
), judged as (
    select *,
        floor(greatest(0.0, least(1.0, (score - 50.0) / 50.0)) * 1e6 + 0.5)::bigint as strength,
        floor(pow(2.0, -age / 21.0) * 1e6 + 0.5)::bigint as decay,
        score >= 60 and age < 14 as spike
    from newest
)
select a, topic, arg_min(source, (-strength * decay, source)) as source,
    arg_min(strength, (-strength * decay, source)) as strength, bool_or(spike) as spike,
    arg_min(decay, (-strength * decay, source)) as decay, arg_min(score, (-strength * decay, source)) as value,
    arg_min(age, (-strength * decay, source)) as age, 300000 * max(strength * decay) as interest
from judged group by a, topic;
