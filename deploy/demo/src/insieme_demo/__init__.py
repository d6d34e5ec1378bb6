"""The seeded history of the programme."""
