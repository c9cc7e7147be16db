"""How good it is: golden questions, measures and the report."""
