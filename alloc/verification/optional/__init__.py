"""What comes of tables that an instance may leave out, worked out from the tables as they are."""
