"""What a reader and a writer of Office Open XML workbooks both need to know of the format."""
