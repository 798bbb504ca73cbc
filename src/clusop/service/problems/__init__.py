"""Problems as people handle them: their life, whose they are, and what nobody wants to be told of."""
