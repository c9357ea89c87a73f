"""An instance from its files: folders and workbooks in, typed tables and settings out."""
