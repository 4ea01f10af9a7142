"""What is text in a payload and what is structure, for every protocol that Yett speaks."""
