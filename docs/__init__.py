"""The documentation: its texts, and `building/`, which makes the site of them."""
