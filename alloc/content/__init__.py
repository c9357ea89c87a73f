"""What is said to a reader, whatever the form: blocks of text and typed tables, and the numbers in them."""
