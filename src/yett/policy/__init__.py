"""Policy: documents to a program, facts to a decision. It never sees a text."""
