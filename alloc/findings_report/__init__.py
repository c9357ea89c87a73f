"""Findings handed back to the planner: on the terminal, and in the cells that they are about."""
