"""From questions to answers: compose, verify, render, and the chat around them."""
