"""The version, read by the package and its build alike: asking the installed metadata takes a tenth of a second."""

__version__ = "0.1.0"
