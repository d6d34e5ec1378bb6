"""The service training."""
