"""How surely one customer is known as one: sets whose truth is known."""
