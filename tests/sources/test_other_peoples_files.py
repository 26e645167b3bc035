"""Files that nobody here wrote: every row that Python's csv module counts is read, field by field the same."""

import csv
from pathlib import Path

import pytest

from abm.sources.files import read_files
from abm.sources.options import FileOptions

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = [
    file
    for folder in ("bombora", "fortune1000", "hubspot_fivetran", "maven_crm", "salesforce_fivetran")
    for file in sorted((DATA / folder).glob("*.csv"))
]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the data lie beside the repository")


def expected(file):
    with file.open(encoding="utf-8-sig", newline="") as handle:
        # A record without any content is no row.
        return [row for row in csv.reader(handle) if "".join(row)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_field_is_read(file):
    has_header = file.parent.name != "bombora"
    rows = expected(file)
    options = FileOptions() if has_header else FileOptions(header=False, names=tuple(map(str, range(len(rows[0])))))
    raw = read_files("events", [file.name], file.parent, options)
    frame = raw.frame.drop("_row").collect()
    truth = rows[has_header:]
    assert frame.height == len(truth)
    names = [name.strip() for name in rows[0]] if has_header else frame.columns
    for at, name in enumerate(names):
        if name and names.count(name) == 1:
            assert frame[name].fill_null("").to_list() == [row[at] for row in truth]
    # What had to be decided is said; of these files nothing is in doubt but their names.
    assert {finding.code for finding in raw.findings} <= {"repeated_column", "same_column"}
