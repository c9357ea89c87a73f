"""Forms by the departments that supply figures: one workbook each, filled in there and merged back."""
