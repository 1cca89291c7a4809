"""Street graphs: nodes, edges and shortest paths; arrays in, arrays out."""
