"""What tables that an instance may leave out add to the derived numbers."""
