"""The REST door: the decision point and the control plane over HTTP."""
