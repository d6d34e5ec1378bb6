"""How the aggregates pass from state to state, as their own tests show it: the diagrams of docs/services."""
