"""The views of funding: one module per table, written in the transaction of the append."""
