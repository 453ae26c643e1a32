"""Maps: the basemap and its disputed lines, clusters, and pictures as SVG."""
