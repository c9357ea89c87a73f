"""New instances: an empty one to be filled in, and one province cut out of a national one."""
