// Kills, stops and races need the machine to themselves; what is only computing spreads over the cores by itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
