"""Pages of docs/ that are followed to the letter: their commands run, and what they show is what comes."""
