"""Reads files of every format as rows of text cells. What the cells mean is none of its business."""
