"""The desk of journeys: written, tried on the past, started, looked at."""
