"""One file a carrier or aggregator: how it is asked, how its pushes are read. They know no table."""
