"""What every HTTP door needs: a request's head and body, an answer sent, and a border for the unforeseen."""
