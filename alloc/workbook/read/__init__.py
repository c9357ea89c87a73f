"""Reading a workbook as planners hand it in."""
