"""What computing a cell consists of: opening its model, sharing its shards, making records of predictions."""
