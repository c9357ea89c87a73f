"""What comes of tables that an instance may leave out: stages of a year, and migrants by years of stay."""
