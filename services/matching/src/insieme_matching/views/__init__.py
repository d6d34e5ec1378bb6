"""The service's own lists and details, written in the transaction of the append that changed them."""
