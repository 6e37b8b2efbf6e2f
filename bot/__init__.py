"""What runs inside the Rasa server (Python 3.10): importer, door, tracker store, lock store, NLU components."""
