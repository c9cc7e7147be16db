"""What is known and how it is found: the nouns, the passage store, the vectors and the search."""
