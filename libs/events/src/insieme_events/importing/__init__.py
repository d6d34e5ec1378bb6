"""Files of rows, sent to the services as the commands that they are (decision 27)."""
