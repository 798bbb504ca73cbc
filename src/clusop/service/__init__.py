"""The aggregator: what agents send becomes problems, dollars and messages to people. It proposes; it never acts."""
