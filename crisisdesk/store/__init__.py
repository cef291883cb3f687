"""The data file: one SQLite database, one writing connection, every act in one transaction."""
