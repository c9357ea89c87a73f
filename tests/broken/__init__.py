"""Broken instances: each a change to the small instance of ``instances.py``, with every finding it gives.

The changes stand in the modules here, by topic; the findings in ``expected.toml``, one a line::

    severity code file[:row][:column][ = value][ | key]
"""

from __future__ import annotations

from broken import cells, files, keys, limits, people, pools, rules, settings, units
from broken.change import Case

CASES: dict[str, Case] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": case
    for module in (files, settings, cells, keys, people, pools, limits, rules, units)
    for name, case in module.CASES.items()
}
