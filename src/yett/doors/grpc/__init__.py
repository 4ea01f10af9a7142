"""The gRPC door: the decision point, as `proto/policy.proto` has it."""
