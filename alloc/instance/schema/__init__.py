"""What an instance holds: tables, columns, units and settings, each described once."""
