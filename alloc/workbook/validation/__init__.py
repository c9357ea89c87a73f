"""What a workbook checks by itself: the check sheet and the drop-downs of cells."""
