"""From the bytes that agents send to rows: decoding, exactly-once bookkeeping, roll-up, and the writer that does it in groups."""
