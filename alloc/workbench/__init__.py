"""The workbench: one page on the planner's own machine over the same engine and the same files as the commands."""
