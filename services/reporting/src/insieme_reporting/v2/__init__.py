"""Version 2 of the facts: those of version 1, and those of training, funding and governance beside them."""
