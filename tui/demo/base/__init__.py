"""What the whole demo org stands on: ids, times, chance, errors, faults, limits, the agenda."""
