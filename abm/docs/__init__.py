"""The pages that explain abm: a first list, how each number is computed, and the words.

.. include:: ten_minutes.md
.. include:: numbers.md
.. include:: glossary.md
"""
