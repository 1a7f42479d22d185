"""Accounts, sign-in, tokens, and access that ends while sockets are open."""
