"""What other services tell of, and what funding does then: one module for each reaction."""
