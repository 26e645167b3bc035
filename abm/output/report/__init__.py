"""The report: a run as one HTML page that works offline, for somebody who has never seen the program."""

from abm.output.report.writing import Report, report

__all__ = ["Report", "report"]
