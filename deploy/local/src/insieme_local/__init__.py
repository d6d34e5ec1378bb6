"""Real Kafka and PostgreSQL on one machine, and the supervisor."""
