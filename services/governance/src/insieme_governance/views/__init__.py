"""The views of governance: one module per table, written in the transaction of the append."""
