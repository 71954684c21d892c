"""Forms: what people typed, what is wrong with it, and what to do; what was typed is never thrown away."""
