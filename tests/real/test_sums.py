"""On data that nobody here wrote, too, every score is the sum of its lines, and everybody can be explained."""

from pathlib import Path

import pytest

import abm
from abm.output.explanation import explanation_lines
from abm.output.screen import Screen
from abm.scoring.explanation import check_sums

REPOSITORY = Path(__file__).parents[2]
DATA = REPOSITORY.parent / "shared" / "data"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "folder"), [("bombora", "bombora"), ("leadforge", "leadforge/tables")])
def test_sums(name, folder):
    if not (DATA / folder).is_dir():
        pytest.skip(f"the {name} files are not there")
    result = abm.score(abm.load_workspace(REPOSITORY / "fixtures" / name, data=DATA / folder))
    assert check_sums(result).failure is None
    best = abm.rank(result, top=2)["account_id"].to_list()
    leads = result.leads.sort("score", "contact_id", descending=True)["contact_id"].head(2).to_list()
    for entity in (*best, *leads):
        explained = abm.explain(result, entity)
        assert explained.score is not None
        assert sum(line.points or 0 for line in explained.lines) == round(explained.score * 1_000_000)
        assert Screen(80).rendered(explanation_lines(explained, Screen(80), name))
