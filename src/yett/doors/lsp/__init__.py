"""The editor's door: completion, hover and diagnostics of policies, over the Language Server Protocol."""
