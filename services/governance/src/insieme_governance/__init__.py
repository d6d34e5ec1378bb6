"""The service governance."""
