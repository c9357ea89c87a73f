"""Cities merged into one: which, what becomes of every row that names them, and what cannot be merged."""
