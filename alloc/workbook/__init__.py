"""An instance as one Excel workbook: written for planners to fill in, read as they hand it in."""
