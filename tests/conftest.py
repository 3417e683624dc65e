"""Settings of all tests."""

from hypothesis import settings

# Machines are shared: how long an example takes says nothing.
settings.register_profile("shared", deadline=None, max_examples=60)
settings.load_profile("shared")
