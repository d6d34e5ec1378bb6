"""The whole API of a service on the command line, read off the OpenAPI document that it publishes (decision 29)."""
