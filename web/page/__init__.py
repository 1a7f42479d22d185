"""The page: its files, how they are bundled, and how they are served."""
