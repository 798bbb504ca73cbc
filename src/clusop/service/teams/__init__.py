"""Messages to people: cards for Teams, the outbox that sends each of them at most once, and the channels they go to."""
