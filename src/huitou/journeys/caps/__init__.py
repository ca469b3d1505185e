"""How often somebody is addressed at most: kept as reservations."""
