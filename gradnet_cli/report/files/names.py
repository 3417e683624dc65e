"""Names of the files that are written elsewhere and read here."""

MANIFEST = "manifest.json"
STATUS = "status.json"
