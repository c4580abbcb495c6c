"""The same condition files in a browser: the folder that is served, and the answers it brings."""
