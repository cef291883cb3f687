"""Tables of rows for the pages."""
