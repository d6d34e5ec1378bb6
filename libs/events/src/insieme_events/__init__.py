"""The road of an event: contracts, store, relay, subscription, projection."""
