"""The oracle: a slow, obvious scorer in plain Python, written from DESIGN.md alone; it shares no code with abm.

    from tests.oracle import score
    results = score(tables, model, as_of)    # {"leads": [...], "accounts": [...], "groups": [...], ...}

`tables`: any of the canonical tables as lists of dicts of Python values; a table that is missing was not given, a
column that is missing is null. `model`: the raw dict that YAML gives. Results have the columns of DESIGN 6 without
next_role and next_score; families has family_spread too. Points, scores, components, shares, strength, decay, warmth
and weight are integer millionths, lists are lists, days are dates, null is None. Rows are in the order of their keys,
groups and committee in model order within an account. Titles are not read: seniority and department come from their
columns.

Where the page leaves room, these are the readings taken here.

Numbers
1.  `floor(v * 1e6 + 0.5)` is taken of the exact value. Means, shares, leads, warmth sums and role_sum are rational,
    and exact halves are common (the mean of two people's odd micro-points), where a sum in doubles falls to either
    side.
2.  Warmth, strength and decay are columns, so engagement and intent are combined from the rounded ones ("what is
    combined further is the rounded column"); sat(x) of the other and anonymous terms and b_r are inner terms and not
    rounded.
3.  R >= min_ratio * q * B and a rational strength are compared exactly (q = 1/3 hits equality); z is compared in
    doubles.
4.  Points, components and shares in conditions are plain numbers (micro / 1e6, as doubles); / is real division.
5.  `value` of the intent table is the source's number as it is, not millionths.

Tables and identity
6.  Blank text, NaN and infinities are null; ids, types and sources are compared exactly, as they are written.
7.  A row without its key is left out; opportunities without created_on and contacts without created_at exist.
8.  De-duplication by event_id sees neither future nor unusable events (time, count), but it does see orphans, ignored
    events and those that match no signal: the first row wins, whatever becomes of it.
9.  An event with an unknown contact_id is found by its mail. With an unknown account_id it is found by its domain.
    The domain of an event's mail is not looked at. Invalid addresses match each other like any text.
10. The person created after as_of is looked for last: known person, the event's account, its domain, then the
    newcomer by contact_id, else by mail (a newcomer whose id also exists as a known contact is none).
11. A known person without account: the event counts for the lead and for no account, even if it names one.
12. A domain is of the nearest one that an account lists, itself or one it lies below. The giants belong to no account,
    for mail, events and intent alike. What nobody did at a domain of several is of the one whose primary domain it is,
    then of the smallest account_id; people there are told apart by name and country, which the oracle leaves to
    `by_name`, as it does for people whose domain nobody lists.
13. email_kind: invalid is what is not one@some.domain; then free, role, work. A free provider's domain listed by any
    account is work for everybody. role needs a domain that is not free.
14. `count` in conditions is 1 where it was not given.
15. Words of contacts.seniority and department outside the vocabulary are null.
    Contacts with one valid mail, and those merged into one another, are one person: the smallest id that others were
    merged into and that was not, else the smallest; its empty cells are filled from the others in the order of ids.
16. account.x are the columns of accounts with the resolved segment; in `segments` itself it is the given one.

Engagement
17. A group's `signals` list: caps and budgets are worked out as if the other signals had never happened.
18. Cells older than window_days (or decayed to nothing) still spend their share of max_points and of the group's
    budget.
19. A repeat is outside max_points, inside the group's budget if its signal's points are positive, and not in r.
20. steps are given in rising order of after_days.
21. engagement_points, top_contact_share and the roll-ups without roles are over the members, by all signals if no
    group applies.

Leads and roles
22. A lead without account has mql.threshold even if threshold_by_segment names `default`.
23. A table that was not given: no counted events, so insufficient_data is possible without events.
24. Opportunity roles come before buying_role as soon as one value is readable, whether or not the template has it.
    Words and alias keys are normalised alike; an alias is followed once.
25. When inferred roles are dropped the confidence of a role is crm_confidence, even if a rule had given it more; they
    are dropped even if crm_confidence is below min_confidence.
26. A person who is only a blocker has no primary role and is one of the "others" of by_role.
27. leads.role is given for disqualified people too; committee.known counts members only.

Accounts and groups
28. The default of buying_groups is none; of threshold_by_segment, exit_threshold too. Weights not named are 0.
29. No contacts table: engaged_contacts, engaged_roles, blockers_engaged, engagement_points 0, single_threaded false,
    committee: known, filled, filled_engaged and (if required) missing null, warmth 0. No events: filled_engaged,
    warmth, (if required) missing null, and no missing:ROLE reason.
30. Components present but all of weight 0: score null, as if there were none.
31. mqa.* are evaluated per group on the group's row; is_excluded of the account is that of the group shown.
32. With a null score there is no score reason; require:false is given whenever require is not true.
33. The groups table has the columns that can differ between groups: GROUP_COLUMNS in accounts.py.

Intent
34. Topics that the model ignores have no row in the intent table. Rows with neither score nor count, topic or day are
    left out. Negative counts are not expected.
35. A vendor speaks of a topic only within max_age_days; a count source whenever it has any row of it, with R = 0 if
    old.
36. Too short a history: spike null, strength 0, the row stands. A topic's spike is null only if no source knows.
37. A source's first day is over its usable count rows, those of unknown accounts and of ignored topics too.
38. Equal s * d of one source's scores and counts: the scores. Spiking topics are those of any rank, not only
    top_topics.
39. A group's `topics` list may name topics that only "*" weighs; topic_share looks at those that the model names.

Families
40. Segment, fit and tier are the ultimate parent's own; open_opportunities, applies_when and mqa.* see the family's
    counts. An unknown parent is none. Anonymous events of all members are one stream. A topic spikes if it does for
    any member. family_spread is null where engaged_contacts is. Cycles matter only with `family: rollup`.
"""

from tests.oracle.score import score

__all__ = ["score"]
