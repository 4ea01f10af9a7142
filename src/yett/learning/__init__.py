"""Learning: fitting detectors to labelled texts, and measuring how well they do on texts that they have not seen."""
