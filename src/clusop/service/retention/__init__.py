"""What is forgotten, and what is kept of it as sums."""
