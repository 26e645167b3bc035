"""The version, where both the package and its build read it: asking the installed metadata takes a tenth of a second."""

__version__ = "0.1.0"
