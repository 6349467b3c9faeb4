"""Pictures of answers: what is drawn (the model), how rows become it, and the drawing as SVG or PNG."""

from claimgraph.picture.compose import can_compose, compose
from claimgraph.picture.draw import draw
from claimgraph.picture.model import Bar, Counts, Edge, Graph, Month, Node, Picture, Timeline
from claimgraph.picture.raster import rasterise

__all__ = [
    "Bar",
    "Counts",
    "Edge",
    "Graph",
    "Month",
    "Node",
    "Picture",
    "Timeline",
    "can_compose",
    "compose",
    "draw",
    "rasterise",
]
