"""Federation: sites that learn one model together, over the network."""
