"""Version 1 of the facts and of the measures over them. Kept as it is until it is retired."""
