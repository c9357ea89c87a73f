"""Long work as the page follows it: whole facilities while they are solved, curves, the picture of last time."""
