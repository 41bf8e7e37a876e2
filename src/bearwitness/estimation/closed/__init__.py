"""Models of a closed population after Otis et al. (1978): people who differ, and who learn."""
