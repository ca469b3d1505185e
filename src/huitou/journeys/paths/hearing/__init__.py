"""What happened to people, as far as journeys ask."""
