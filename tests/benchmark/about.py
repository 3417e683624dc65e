"""What a benchmark says of its machine and moment."""

ABOUT = {
    "machine": {"cores": 2, "processor": "some processor", "memory_gib": 8.0, "system": "Linux"},
    "commit": {"hash": "0123456789abcdef", "modified": False},
    "versions": {"gradnet-run": {"python": "3.11.0"}, "gradnet": {"gradnet": "0.5.0"}},
    "full": False,
    "begun": {"time": "2026-01-02 03:04 UTC", "load": 0.1},
    "ended": {"time": "2026-01-02 03:12 UTC", "load": 1.9},
    "minutes": 8.1,
}
