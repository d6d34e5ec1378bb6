"""The views of training: one module per table, written in the transaction of the append."""
