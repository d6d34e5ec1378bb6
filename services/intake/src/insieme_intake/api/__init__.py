"""HTTP of intake: thin routes, one module per resource."""
