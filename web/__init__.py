"""HTTP, websockets, the command line and the page."""
