"""The views of funding, each with the SQL that writes and reads it."""
