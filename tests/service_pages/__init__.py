"""The pages of docs/services: a part by hand, and one that follows from the code."""
