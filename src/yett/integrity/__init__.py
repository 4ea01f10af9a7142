"""What a file is, and who vouches for it: digests, signatures, manifests."""
