"""Writing a workbook for planners to fill in."""
