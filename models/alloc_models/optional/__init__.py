"""Levers of tables that an instance may leave out: without them nothing of these modules is declared."""
