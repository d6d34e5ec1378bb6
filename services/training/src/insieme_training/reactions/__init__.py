"""What other services, and training itself, tell of, and what training does then: one module for each reaction."""
