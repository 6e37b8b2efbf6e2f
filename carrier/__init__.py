"""The operator's systems as we see them: balance, orders, catalogue, payments. Start reading at operator.py."""
