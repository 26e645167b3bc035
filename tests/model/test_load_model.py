"""Reading model files: every error at once, in plain words, with its line."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from abm.errors import ModelError
from abm.model import load_model, model_from

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "name: m\nversion: 1\n"


@pytest.fixture
def write(tmp_path: Path):
    def to_file(text: str | bytes) -> Path:
        path = tmp_path / "model.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return to_file


def errors_of(path: Path) -> list[str]:
    """The lines of the error, with the folder left off."""
    with pytest.raises(ModelError) as error:
        load_model(path)
    return str(error.value).replace(f"{path.parent}/", "").split("\n")


FAULTS = {
    # keys
    "signals:\n  - {name: a, event: x, pionts: 5}\n": [
        "model.yaml:4: signal 'a': unknown key 'pionts'. Keys here: name, event, where, points,",
    ],
    "mql:\n  # from sales\n  treshold: 60\n": [
        "model.yaml:5: mql: unknown key 'treshold'. Keys here: threshold, threshold_by_segment, require, hand_raise,",
    ],
    "singals: []\n": ["model.yaml:3: the model: unknown key 'singals'. Keys here: name, version, owners,"],
    "fit: {persons: []}\n": ["fit: unknown key 'persons'. Keys here: person, account, account_full_at. Did you mean"],
    "buying_groups: [{name: g, roles: {r: {wieght: 1}}}]\n": [
        "model.yaml:3: buying group 'g': role 'r': unknown key 'wieght'. Keys here: weight, people, required. Did you"
    ],
    # kinds of values
    "mql: {threshold: high}\n": ["mql.threshold: expected a number, got text 'high'."],
    'mql: {threshold: "60"}\n': ["mql.threshold: expected a number, got text '60'."],
    "mql: {threshold: true}\n": ["mql.threshold: expected a number, got true."],
    "mql: {threshold: .nan}\n": ["mql.threshold: expected a finite number, got number nan."],
    "mql: {hand_raise_days: 1.5}\n": ["mql.hand_raise_days: expected a whole number, got number 1.5."],
    "mql: {disqualify: {name: a}}\n": ["mql.disqualify: expected a list, got a mapping."],
    "mql: [1]\n": ["mql: expected keys with values, got a list."],
    "roles: {trust_crm: yes}\n": ["roles.trust_crm: expected true or false, got text 'yes'."],
    "signals: 5\n": ["signals: expected a list, got number 5."],
    "signals: [page_view]\n": ["signal 1: expected keys with values, got text 'page_view'."],
    "owners: {a: 1}\n": ["owners: expected a list, got a mapping."],
    "owners: [1]\n": ["owners: expected a name, got number 1. Write it in quotes."],
    "tiers: [{name: 1, when: a}]\n": ["model.yaml:3: tier 1: name: expected a name, got number 1. Write it in quotes."],
    "tiers: [{name: '', when: a}]\n": ["tier 1: name: expected a name, got empty text."],
    "tiers: [{name: 'a;b', when: a}]\n": ["tier 'a;b': name: the name 'a;b' has a ';'"],
    'tiers: [{name: "a\\nb", when: a}]\n': ["has a ';', a line break or another control character"],
    "tiers: [{name: a, when: 5}]\n": ["tier 'a': when: expected a condition in quotes, such as"],
    "mql: {threshold_by_segment: {2024: 5}}\n": ["mql.threshold_by_segment: expected a name, got number 2024."],
    "effective_from: 2026-13-01\n": ["effective_from: expected a day such as 2026-01-31, got text '2026-13-01'."],
    "effective_from: 2026-01-01T10:00:00\n": ["effective_from: expected a day such as 2026-01-31, got the time"],
    "frozen_until: soon\n": ["frozen_until: expected a day such as 2026-01-31, got text 'soon'."],
    "frozen_until: 5\n": ["frozen_until: expected a day such as 2026-01-31, got number 5."],
    "intent: {history_from: {g2: soon}}\n": ["intent.history_from.g2: expected a day"],
    "family: rolup\n": ["family: expected one of none, rollup; got text 'rolup'. Did you mean 'rollup'?"],
    "buying_groups: [{name: g, motion: now, roles: {r: }}]\n": [
        "buying group 'g': motion: expected one of new, expansion, renewal; got text 'now'. Did you mean 'new'?"
    ],
    "account: {engagement: {rollup: best}}\n": ["account.engagement.rollup: expected one of by_role, sum, max, mean,"],
    # bounds
    "mql: {threshold: 0}\n": ["mql.threshold: expected a number above 0, got number 0."],
    "mqa: {threshold: -1}\n": ["mqa.threshold: expected a number of at least 0, got number -1."],
    "mql: {threshold_by_segment: {smb: 0}}\n": ["mql.threshold_by_segment.smb: expected a number above 0"],
    "mql: {hand_raise_days: 0}\n": ["mql.hand_raise_days: expected a number of at least 1, got number 0."],
    "roles: {crm_confidence: 1.1}\n": ["roles.crm_confidence: expected a number of at most 1, got number 1.1."],
    "roles: {rules: [{role: r, when: a, confidence: -0.1}]}\n": ["roles rule 1 ('r'): confidence: expected a number"],
    "intent: {topics: {crm: 0}}\n": ["intent.topics.crm: expected a number above 0, got number 0."],
    "intent: {topics: {crm: 1.2}}\n": ["intent.topics.crm: expected a number of at most 1"],
    "intent: {topics: {CRM: 1, ' crm': 0.5}}\n": ["intent.topics: ' crm' is given twice; capitals and surrounding"],
    "intent: {score: {floor: 60, ceiling: 60}}\n": ["intent.score: floor 60 is not below ceiling 60."],
    "intent: {count: {alpha: 1}}\n": ["intent.count.alpha: expected a number below 1, got number 1."],
    "intent: {count: {full_at_ratio: 1}}\n": ["intent.count.full_at_ratio: expected a number above 1"],
    "intent: {top_topics: 0}\n": ["intent.top_topics: expected a number of at least 1"],
    "intent: {half_life_days: 0}\n": ["intent.half_life_days: expected a number above 0"],
    "fit: {account_full_at: 0}\n": ["fit.account_full_at: expected a number above 0"],
    "fit: {person: [{name: a, when: b, points: 1000001}]}\n": ["expected a number of at most 1,000,000"],
    "mql: {grade: {fit: [15, 30, 45]}}\n": ["mql.grade.fit: expected three falling numbers such as [45, 30, 15]"],
    "mql: {grade: {fit: [45, 30]}}\n": ["mql.grade.fit: expected three falling numbers such as [45, 30, 15], got 2"],
    "mql: {grade: {engagement: 5}}\n": ["mql.grade.engagement: expected three falling numbers"],
    "account: {weights: {fit: 0.5, leads: 0.4}}\n": ["account.weights: the weights sum to 0.9 (0.5 + 0.4 + 0 + 0 + 0)"],
    "account: {weights: {fit: 0.5, leeds: 0.5}}\n": ["unknown component 'leeds'. Components: fit, leads, engagement,"],
    "account: {weights: {fit: 1.5, leads: -0.5}}\n": [
        "weights.fit: expected a number of at most 1",
        "weights.leads",
    ],
    "account: {weights: {fit: 0.33, leads: 0.33, intent: 0.33}}\n": ["the weights sum to 0.99"],
    "buying_groups: [{name: g, roles: {a: , b: , c: , d: , e: , f: , g: , h: , i: }}]\n": [
        "buying group 'g': roles: 9 roles are given; at most 8 are possible. Join roles that buy alike."
    ],
    "buying_groups: [{name: g, roles: {}}]\n": ["buying group 'g': roles: expected at least one role"],
    "buying_groups: [{name: g}]\n": ["buying group 'g': the key 'roles' is missing. Expected roles: roles of the"],
    "buying_groups: [{name: g, roles: {r: {people: 0, weight: 0}}}]\n": [
        "buying group 'g': role 'r': weight: expected a number above 0, got number 0.",
        "buying group 'g': role 'r': people: expected a number of at least 1, got number 0.",
    ],
    # decay
    "signals: [{name: a, event: x, points: 1, half_life_days: 30, linear_days: 60}]\n": [
        "signal 'a': linear_days: half_life_days and linear_days are both given. Expected one of half_life_days,"
    ],
    "signals: [{name: a, event: x, points: 1, half_life_days: }]\n": [
        "signal 'a': half_life_days: expected a number of days above 0, or none for points that never fade; got noth"
    ],
    "signals: [{name: a, event: x, points: 1, half_life_days: never}]\n": ["got text 'never'."],
    "signals: [{name: a, event: x, points: 1, half_life_days: -3}]\n": ["got number -3."],
    "signals: [{name: a, event: x, points: 1, linear_days: 0}]\n": ["linear_days: expected a number above 0"],
    "signals: [{name: a, event: x, points: 1, steps: []}]\n": ["steps: expected at least one step"],
    "signals: [{name: a, event: x, points: 1, steps: [{after_days: 9, factor: 1}, {after_days: 9, factor: 0}]}]\n": [
        "signal 'a': steps: expected steps by rising after_days, each age once."
    ],
    "signals: [{name: a, event: x, points: 1, steps: [{after_days: 9, factor: 2}]}]\n": [
        "signal 'a': step 1: factor: expected a number of at most 1, got number 2."
    ],
    "signals: [{name: a, event: [], points: 1}]\n": ["signal 'a': event: expected at least 1 in the list, got 0."],
    "signals: [{name: a, event: x, points: 1, repeat: {times: 0, within_days: 0, points: 1}}]\n": [
        "signal 'a': repeat.times: expected a number of at least 1",
        "signal 'a': repeat.within_days: expected a number of at least 1",
    ],
    "signals: [{name: a, event: x, points: 1, daily_cap: 0, max_points: 0, window_days: 0}]\n": [
        "daily_cap: expected a number of at least 1",
        "max_points: expected a number above 0",
        "window_days: expected a number of at least 1",
    ],
    # names
    "segments:\n  - {name: smb, when: a}\n  - {name: smb, when: b}\n": [
        "model.yaml:5: segment 'smb': name: the name 'smb' is already that of number 1 of this list. Give it another."
    ],
    "signals: [{name: a, event: x, points: 1, group: wbe}]\nsignal_groups: {web: {max_points: 1}}\n": [
        "signal 'a': group: no signal group 'wbe'. Groups: web. Did you mean 'web'?"
    ],
    "signals: [{name: a, event: x, points: 1, group: web}]\n": ["no signal group 'web'. The model has no signal_gr"],
    "signals: [{name: demo, event: x, points: 1}]\nbuying_groups: [{name: g, signals: [dmeo], roles: {r: }}]\n": [
        "model.yaml:4: buying group 'g': signals: no signal 'dmeo'. Signals: demo. Did you mean 'demo'?"
    ],
    "buying_groups: [{name: g, roles: {r: }, blockers: r}]\n": ["'r' is also a role with a seat; expected one or the"],
    "roles: {aliases: {Technical Buyer: a, technical-buyer: b}}\n": ["roles.aliases: 'technical-buyer' is given twice"],
    # conditions
    "ignore: 'type = '\n": ["model.yaml:3: ignore: \"type =\" cannot be read at '=', after 'type'."],
    "mqa: {triggers: [{name: t, when: 'now() > 1'}]}\n": ["mqa trigger 't': when: unknown function 'now'."],
}


@pytest.mark.parametrize(("text", "said"), FAULTS.items())
def test_a_fault_is_named_with_its_place_and_what_was_expected(text: str, said: list[str], write) -> None:
    lines = errors_of(write(HEAD + text))
    assert len(lines) == len(said)
    for line, part in zip(lines, said, strict=True):
        assert line.startswith("model.yaml:")
        assert part in line


def test_all_errors_are_reported_at_once_sorted_by_line(write) -> None:
    text = """\
name: m
family: flat
signals:
  - name: a
    event: x
    where: "url like"
    points: many
    group: wbe
mqa: {threshold: -1}
"""
    lines = errors_of(write(text))
    assert [line.split(":")[1] for line in lines] == ["1", "2", "6", "7", "8", "9"]
    assert "the key 'version' is missing" in lines[0]


def test_no_word_of_pydantic_reaches_the_reader(write) -> None:
    lines = errors_of(write(HEAD + "mql: {threshold: x}\nroles: 5\nsignals: {a: 1}\ntiers: [5, {name: 3}]\nx: 1\n"))
    for word in ("Input should", "pydantic", "type=", "Value error", "Field required", "__"):
        assert word not in " ".join(lines)


def test_yaml_is_version_1_2(write) -> None:
    model = load_model(write("name: no\nversion: 1\nowners: [on, yes, off]\n"))
    assert model.name == "no"
    assert model.owners == ("on", "yes", "off")


BROKEN_FILES = {
    "name: m\nversion: 1\nname: n\n": "model.yaml:3: the key 'name' is given twice. Expected each key once",
    "name: m\nversion: 1\nmql: {threshold: 1, threshold: 2}\n": "model.yaml:3: the key 'threshold' is given twice",
    "": "model.yaml: the file is empty. Expected a model",
    "# nothing yet\n": "model.yaml: the file is empty. Expected a model",
    "- name: m\n": "model.yaml: expected a model, keys with values such as name: starter",
    "just text\n": "model.yaml: expected a model",
    "name: [m\nversion: 1\n": "model.yaml:2: not readable as YAML, column",
    "name: m\n\tversion: 1\n": "model.yaml:2: the line is indented with a tab",
    "ignore: %x\n": "model.yaml:1: not readable as YAML, column 9",
    "name: m\n---\nname: n\n": "model.yaml:2: a second document begins here",
    "name: !!python/object:os.system x\n": "model.yaml:1: the tag tag:yaml.org,2002:python/object:os.system may not be",
    "name: m\nmql: !x {a: 1}\n": "model.yaml:2: the tag !x may not be used",
    "name: \x07\n": "holds the character U+0007, which YAML does not allow",
    b"name: m\nversion: \xff\n": "model.yaml:2: is not UTF-8 text. Expected a model; save the file as UTF-8",
    "name: m\nversion: 1\n? [a, b]\n: 1\n": "model.yaml:3: a key is a list or has keys of its own",
    "name: m\nversion: 1\n1: x\n": "model.yaml:3: 1: the key number 1 is not a word",
    "name: &a [*a]\nversion: 1\n": "model.yaml:1: an alias stands inside what it is the alias of",
    "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
    ): "the file unfolds into too many values",
    "a: " + "[" * 3000 + "]" * 3000 + "\n": "model.yaml",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BROKEN_FILES.items(), ids=range(len(BROKEN_FILES)))
def test_a_file_that_is_no_model_gives_one_clear_error(text: str | bytes, said: str, write) -> None:
    (line,) = errors_of(write(text))
    assert line.startswith("model.yaml")
    assert said in line


def test_a_missing_file_a_folder_and_a_locked_file_are_named(tmp_path: Path, write) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.yaml: there is no such file\. Expected a model; check the path"):
        load_model(tmp_path / "nowhere.yaml")
    with pytest.raises(ModelError, match=r"is a folder\. Expected a model; name the file in it"):
        load_model(str(tmp_path))
    path = write(HEAD)
    path.chmod(0)
    try:
        readable = path.read_bytes() is not None
    except PermissionError:
        readable = False
    if not readable:
        with pytest.raises(ModelError, match=r"cannot be read .* Check its permissions"):
            load_model(path)
    path.chmod(stat.S_IRUSR)


def test_a_byte_order_mark_and_windows_line_ends_are_read(write) -> None:
    model = load_model(write(b"\xef\xbb\xbfname: m\r\nversion: 1\r\nmql:\r\n  threshold: 70\r\n"))
    assert model.mql.threshold == 70


def test_anchors_and_merge_keys_are_read(write) -> None:
    text = HEAD + "signals:\n  - &a {name: a, event: x, points: 1}\n  - {<<: *a, name: b, event: y}\n"
    assert [(s.name, s.points) for s in load_model(write(text)).signals] == [("a", 1.0), ("b", 1.0)]


def test_values_from_python_give_the_same_errors_without_lines() -> None:
    with pytest.raises(ModelError) as error:
        model_from({"name": "m", "version": 1, "mql": {"treshold": 1}}, name="my model")
    assert str(error.value).startswith("my model: mql: unknown key 'treshold'. Keys here:")
    with pytest.raises(ModelError, match="the key 'name' is missing"):
        model_from({})
