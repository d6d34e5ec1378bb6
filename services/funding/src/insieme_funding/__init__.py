"""The service funding."""
