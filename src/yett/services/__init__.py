"""What waits: the stories of a call, told with the rooms below and the ports."""
