"""What the service does by itself: jobs, each by one replica at a time."""
