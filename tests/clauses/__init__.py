"""Every clause of the protocol with its code, its tests and what a person uses of it; `make clauses`."""
