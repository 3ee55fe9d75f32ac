"""The machinery under the conversations; who writes a flow need not open it."""
