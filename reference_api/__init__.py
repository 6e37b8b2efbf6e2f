"""A stand-in of an operator's balance, order and customer systems, spoken to over HTTP only."""
