"""Ground floor: settings, the clock, every Redis key, SQL records, sealing, events, logs."""
