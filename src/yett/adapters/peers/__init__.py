"""Peers: other policy engines, to be measured beside ours where somebody has installed them; nothing is decided by them."""
